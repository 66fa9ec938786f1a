package dev.taskstop;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How long an answer asks to wait: the {@code Retry-After} header in seconds or as an HTTP date in any of its three
 * forms, or else an instant in the body.
 */
final class DialectRetryAfter {

    private static final Pattern SECONDS = Pattern.compile("\\d+(\\.\\d*)?");

    /** As long as any duration of this library; who asks for longer asks for this. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    /** The Date header is cut to seconds and was some time on its way. */
    private static final Duration SAME_CLOCK = Duration.ofSeconds(3);

    private DialectRetryAfter() {}

    static @Nullable Duration read(TaskResponse response, @Nullable Instant resetAt, Instant now) {
        String header = response.header("Retry-After");
        Duration asked = header == null ? null : read(header, response, now);
        if (asked != null) {
            return asked;
        }
        return resetAt == null ? null : between(serverTime(response, now), resetAt);
    }

    private static @Nullable Duration read(String header, TaskResponse response, Instant now) {
        Duration longest = null;
        for (String value : header.split(",", -1)) {
            Duration asked = seconds(value.trim());
            if (asked != null && (longest == null || asked.compareTo(longest) > 0)) {
                longest = asked;
            }
        }
        if (longest != null) {
            return longest;
        }
        Instant until = DialectHttpDate.read(header);
        return until == null ? null : between(serverTime(response, now), until);
    }

    /** A proxy may join several headers to one; the longest wait does for all. */
    private static @Nullable Duration seconds(String value) {
        if (!SECONDS.matcher(value).matches()) {
            return null;
        }
        double millis = Double.parseDouble(value) * 1000;
        return millis < LONGEST.toMillis() ? Duration.ofMillis(Math.round(millis)) : LONGEST;
    }

    /** Where the two clocks are far apart the server's counts; else this machine's, which knows more than seconds. */
    private static Instant serverTime(TaskResponse response, Instant now) {
        Instant serverTime = DialectHttpDate.of(response);
        return serverTime == null || Duration.between(serverTime, now).abs().compareTo(SAME_CLOCK) < 0
                ? now
                : serverTime;
    }

    private static Duration between(Instant from, Instant until) {
        if (!until.isAfter(from)) {
            return Duration.ZERO;
        }
        return until.isAfter(from.plus(LONGEST)) ? LONGEST : Duration.between(from, until);
    }
}
