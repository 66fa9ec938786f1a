package dev.taskstop;

import io.netty.handler.codec.DateFormatter;
import java.time.Instant;
import java.util.Date;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the date of an HTTP header in any of its three forms (RFC 9110, 5.6.7). */
final class DialectHttpDate {

    /** The longest form of a date has 33; of a longer text, the parser throws something instead of saying that it is none. */
    private static final int MAX_LENGTH = 64;

    /** Such a date is in Greenwich time; the parser passes over any other zone as if it were not there. */
    private static final Pattern ANOTHER_ZONE = Pattern.compile(
            ".*\\d\\s*(?:[+-](?!00:?00$)\\d{2}:?\\d{2}|(?!(?:GMT|UTC?|Z)$)[a-z]+)", Pattern.CASE_INSENSITIVE);

    private DialectHttpDate() {}

    /** The server's clock when it answered, to the second; null if it did not send it. */
    static @Nullable Instant of(TaskResponse response) {
        String date = response.header("Date");
        return date == null ? null : read(date);
    }

    /** Null if it is no date. */
    static @Nullable Instant read(String header) {
        String text = header.trim();
        if (text.length() > MAX_LENGTH
                || (!text.endsWith("GMT") && ANOTHER_ZONE.matcher(text).matches())) {
            return null;
        }
        Date date = DateFormatter.parseHttpDate(text);
        return date == null ? null : date.toInstant();
    }
}
