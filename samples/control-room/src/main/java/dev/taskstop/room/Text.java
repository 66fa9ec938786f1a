package dev.taskstop.room;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the page writes numbers and times, in one way wherever they stand. */
final class Text {

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(s|m|min|h|d)");

    private Text() {}

    static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static String tasks(long number) {
        return number(number) + (number == 1 ? " task" : " tasks");
    }

    static String duration(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3600 ? seconds / 60 + " min" : number(seconds / 3600) + " h " + seconds % 3600 / 60 + " min";
    }

    /** Reads what a person writes: 90s, 30m, 6h, 2d. */
    static Optional<Duration> parseDuration(String text) {
        Matcher matcher = DURATION.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long amount = Long.parseLong(matcher.group(1));
        return Optional.of(
                switch (matcher.group(2)) {
                    case "s" -> Duration.ofSeconds(amount);
                    case "h" -> Duration.ofHours(amount);
                    case "d" -> Duration.ofDays(amount);
                    default -> Duration.ofMinutes(amount);
                });
    }

    /** The beginning of a text that is longer than so many characters; none is cut in half. */
    static String cut(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length);
    }

    /** The same, with a sign that there was more. */
    static String shorten(String text, int length) {
        return text.length() <= length ? text : cut(text, length - 1) + "…";
    }

    /** Takes out what would be seen as something else: control characters and those that turn the direction of text. */
    static String plain(String text) {
        return text.replaceAll("\\x1B\\[[0-9;?]*[ -/]*[@-~]", "")
                .replaceAll("[\\p{Cc}&&[^\\n\\t]]|[\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069]", "");
    }
}
