package dev.taskstop;

import static dev.taskstop.Seeds.oneOf;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Bodies that begin as good JSON and are then spoilt at random, and heads to go with them. */
final class HostileBodies {

    private static final Pattern VALUE = Pattern.compile("(?<=:)\\s*(\"[^\"]*\"|[^\",{}\\[\\]\\s]+)");
    private static final Pattern FIELD = Pattern.compile("\"\\w+\":\\s*(\"[^\"]*\"|[^\",{}\\[\\]\\s]+)");

    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "0",
            "-1",
            "1.5",
            "1e400",
            "-1e999999999",
            "9223372036854775807",
            "-9223372036854775808",
            "99999999999999999999999999",
            "7".repeat(70),
            "0x10",
            "NaN",
            "[]",
            "[null]",
            "{}",
            "[".repeat(100) + "]".repeat(100),
            "{\"a\":".repeat(80) + "1" + "}".repeat(80),
            "\"\"",
            "\" \"",
            "\"\\ud800\"",
            "\"\\u0000\"",
            "\"-9999-99-99T99:99:99Z\"",
            "\"+999999999-12-31T23:59:59Z\"",
            "\"2024-13-45T10:30:00.000Z\"",
            "\"NaN\"",
            "\"" + "x".repeat(20_000) + "\"",
            "");

    private HostileBodies() {}

    static byte[] spoilt(Random random, String json) {
        String text = json;
        for (int i = random.nextInt(4); i > 0; i--) {
            text = spoilText(random, text);
        }
        byte[] body = text.getBytes(UTF_8);
        return random.nextInt(3) == 0 ? spoilBytes(random, body) : body;
    }

    private static String spoilText(Random random, String text) {
        return switch (random.nextInt(7)) {
            case 0, 1, 2 -> replaced(random, VALUE, text, VALUES.get(random.nextInt(VALUES.size())));
            case 3 -> replaced(random, FIELD, text, "\"other\":1");
            case 4 -> replaced(random, FIELD, text, "\"status\":\"stopped\",\"status\":\"completed\",\"id\":7");
            case 5 -> oneOf(random, "\uFEFF", " ", "\u0000", "[", "{}", "null", "//", ")]}',\n") + text;
            default -> text + oneOf(random, "{}", "]", "x", "\u0000", "null", "\n");
        };
    }

    private static String replaced(Random random, Pattern pattern, String text, String by) {
        Matcher matcher = pattern.matcher(text);
        long count = pattern.matcher(text).results().count();
        for (long i = count == 0 ? -1 : random.nextLong(count); i >= 0; i--) {
            if (!matcher.find()) {
                return text;
            }
        }
        return count == 0 ? text : text.substring(0, matcher.start()) + by + text.substring(matcher.end());
    }

    private static byte[] spoilBytes(Random random, byte[] body) {
        byte[] spoilt = body.clone();
        switch (random.nextInt(5)) {
            case 0 -> spoilt = Arrays.copyOf(body, random.nextInt(body.length + 1));
            case 1 -> spoilt[random.nextInt(Math.max(1, body.length))] = (byte) random.nextInt(256);
            case 2 -> spoilt = new String(body, UTF_8).getBytes(UTF_16LE);
            case 3 -> {
                spoilt = new byte[random.nextInt(300)];
                random.nextBytes(spoilt);
            }
            default -> {
                byte[] wrong = oneOf(
                        random,
                        new byte[] {(byte) 0xC0, (byte) 0x80},
                        new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
                        new byte[] {(byte) 0xFF, (byte) 0xFE, 0, 0},
                        new byte[] {0, 0, (byte) 0xFE, (byte) 0xFF},
                        new byte[] {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80});
                int at = random.nextInt(body.length + 1);
                spoilt = Arrays.copyOf(body, body.length + wrong.length);
                System.arraycopy(body, at, spoilt, at + wrong.length, body.length - at);
                System.arraycopy(wrong, 0, spoilt, at, wrong.length);
            }
        }
        return spoilt;
    }

    static int status(Random random) {
        return random.nextInt(3) == 0
                ? oneOf(
                        random, 201, 204, 206, 299, 300, 301, 304, 400, 400, 401, 402, 403, 404, 408, 409, 418, 429,
                        429, 500, 503, 599, 600, 999, 0, -1, 100, 103)
                : 200;
    }

    /** A date, or how long to wait. */
    static String header(Random random) {
        return oneOf(
                random,
                "",
                " ",
                "0",
                "0.001",
                "-1",
                "1e9",
                "999999999",
                "99999999999999999999",
                "0x10",
                "\u0663",
                "\u0000",
                "x".repeat(64),
                "x".repeat(65),
                "9".repeat(5_000),
                "Tue, 24 Nov 2026 14:00:00 GMT",
                "Tue, 24 Nov 9999 14:00:00 GMT",
                "Tue, 99 Foo 99999 99:99:99 GMT",
                "Sunday, 06-Nov-94 08:49:37 GMT",
                "Sun Nov  6 08:49:37 1994",
                "Sun, 06 Nov 1994 08:49:37 GMT" + " ".repeat(60));
    }
}
