package dev.taskstop.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/** Reads durations and moments as people write them. */
final class Durations {

    private static final Pattern PART = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)(ms|s|m|h|d)");
    private static final Pattern WHOLE = Pattern.compile("(?:" + PART + ")+");
    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

    /** What the library takes at the most: what is longer was not meant. */
    private static final Duration MAX = Duration.ofDays(36_500);

    private Durations() {}

    static Duration parse(String text) {
        Duration duration = WHOLE.matcher(text).matches() ? sumOfParts(text) : iso(text);
        if (duration.isNegative() || duration.isZero()) {
            throw wrong(text);
        }
        if (duration.compareTo(MAX) > 0) {
            throw new TypeConversionException("'" + text + "' is longer than 36500 days");
        }
        return duration;
    }

    /** The other way round, without days. */
    static String text(Duration duration) {
        return duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }

    static Instant moment(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new TypeConversionException("'" + text
                    + "' is not a moment with its zone such as 2026-01-31T08:00:00Z or 2026-01-31T08:00+01:00");
        }
    }

    private static Duration sumOfParts(String text) {
        BigDecimal millis = BigDecimal.ZERO;
        for (Matcher part = PART.matcher(text); part.find(); ) {
            long unit = MILLIS.getOrDefault(part.group(2), 0L);
            millis = millis.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unit)));
        }
        return Duration.ofMillis(millis.min(BigDecimal.valueOf(Long.MAX_VALUE)).longValue());
    }

    private static Duration iso(String text) {
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw wrong(text);
        }
    }

    private static TypeConversionException wrong(String text) {
        return new TypeConversionException(
                "'" + text + "' is not a duration above zero such as 90s, 5m, 1h30m or PT5M (units: ms, s, m, h, d)");
    }
}
