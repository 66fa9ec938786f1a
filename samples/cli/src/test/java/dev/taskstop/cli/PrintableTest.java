package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class PrintableTest {

    private static final Pattern VISIBLE_ASCII = Pattern.compile("[ -~]+");

    @Test
    void of_all_characters_none_that_is_printed_acts_on_what_stands_beside_it() {
        assertThat(IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                        .filter(c -> isHarmful(Printable.line("a" + new String(Character.toChars(c)) + "\u00e9")))
                        .mapToObj(Integer::toHexString))
                .isEmpty();
    }

    @Test
    void of_all_characters_each_comes_back_from_json_and_is_visible_ascii_there() {
        assertThat(IntStream.rangeClosed(0, Character.MAX_VALUE)
                        .mapToObj(c -> "a" + (char) c)
                        .filter(text -> !isKept(text, Json.with("text", text).line())))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "a\u001b[31mb, ab",
        "a\u009b31mb, ab",
        "a\u001b[?25lb, ab",
        "a\u001b]0;title\u0007b, ab",
        "a\u001b]8;;https://example.org\u001b\\b, ab",
        "a\u009d0;title\u009cb, ab",
        "a\u001bPdevice\u001b\\b, ab",
        "a\u001bcb, ab",
        "a\u001b(0b, ab",
        "a\u001b]never ended, a]never ended",
        "a\u001b, a",
        "caf\u00e9 \ud83d\udc68\u200d\ud83d\udcbb, caf\u00e9 \ud83d\udc68\u200d\ud83d\udcbb"
    })
    void what_a_terminal_obeys_goes_as_a_whole_and_the_rest_stays(String text, String printed) {
        assertThat(Printable.line(text)).isEqualTo(printed);
    }

    private static boolean isKept(String text, String json) {
        return VISIBLE_ASCII.matcher(json).matches()
                && JsonMapper.shared().readTree(json).get("text").stringValue().equals(text);
    }

    private static boolean isHarmful(String printed) {
        return !printed.startsWith("a")
                || !printed.endsWith("\u00e9")
                || printed.codePoints().anyMatch(PrintableTest::isActive);
    }

    private static boolean isActive(int c) {
        int type = Character.getType(c);
        boolean joiner = c == 0x200C || c == 0x200D;
        return type == Character.CONTROL
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.SURROGATE
                || (type == Character.FORMAT && !joiner);
    }
}
