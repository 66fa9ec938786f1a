package dev.taskstop;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * Reads an ISO 8601 time. What servers mostly write, {@code 2024-01-15T10:30:00.000Z}, is read here: each answer has
 * several, and {@code java.time}'s own parser would make them the dearest part of it.
 */
final class DialectTimestamp {

    private static final int FRACTION = 19;

    private final String text;

    private DialectTimestamp(String text) {
        this.text = text;
    }

    /**
     * Reads a time.
     *
     * @throws DateTimeException when it is none
     */
    static Instant parse(String text) {
        DialectTimestamp timestamp = new DialectTimestamp(text);
        return timestamp.isUsual()
                ? timestamp.read()
                : OffsetDateTime.parse(text).toInstant();
    }

    /** Whether it has the form {@code yyyy-MM-ddTHH:mm:ss[.f…]Z}. */
    private boolean isUsual() {
        int end = text.length() - 1;
        if (end < FRACTION || end > FRACTION + 10 || end == FRACTION + 1 || text.charAt(end) != 'Z') {
            return false;
        }
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            boolean expected = switch (i) {
                case 4, 7 -> c == '-';
                case 10 -> c == 'T';
                case 13, 16 -> c == ':';
                case FRACTION -> c == '.';
                default -> c >= '0' && c <= '9';
            };
            if (!expected) {
                return false;
            }
        }
        return true;
    }

    private Instant read() {
        int end = text.length() - 1;
        int nanos = end > FRACTION ? number(FRACTION + 1, end) : 0;
        for (int digits = end - FRACTION - 1; digits < 9; digits++) {
            nanos *= 10;
        }
        LocalDate date = LocalDate.of(number(0, 4), number(5, 7), number(8, 10));
        LocalTime time = LocalTime.of(number(11, 13), number(14, 16), number(17, 19), nanos);
        return Instant.ofEpochSecond(date.toEpochSecond(time, ZoneOffset.UTC), nanos);
    }

    private int number(int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }
}
