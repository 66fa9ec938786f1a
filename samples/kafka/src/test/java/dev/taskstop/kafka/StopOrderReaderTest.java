package dev.taskstop.kafka;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.taskstop.kafka.StopOrder.SetAside;
import dev.taskstop.kafka.StopOrder.Stop;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StopOrderReaderTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "task-1",
                " task-1",
                "task-1\r",
                "task-1\r\n",
                "\t task-1 \n",
                "\uFEFFtask-1",
                "\uFEFF task-1\r\n",
                "task-1\u0000",
                "task-1\u0000\u0000\n",
                "task-1\uFEFF",
                "\u00A0task-1\u00A0",
                "\u200Btask-1\u3000",
                "\u2028task-1\u0085",
                "{\"id\":\"\u00A0task-1\\u0000\"}",
                "\"task-1\"",
                "\" task-1\\r\\n\"",
                "{\"id\":\"task-1\"}",
                "{\"taskId\":\"task-1\"}",
                "\uFEFF {\"id\": \" task-1\\r\", \"reason\": null, \"unknown\": [{}]} \r\n",
                "{\"id\":\"task-1\",\"taskId\":\"task-1\"}",
            })
    void blanks_a_byte_order_mark_and_unknown_fields_are_passed_over(String value) {
        assertThat(read(value)).isEqualTo(new Stop("task-1", null));
    }

    @Test
    void a_reason_is_read_whatever_its_type_and_cut() {
        assertThat(read("{\"id\":\"a\",\"reason\":\" over budget\\n\"}")).isEqualTo(new Stop("a", "over budget"));
        assertThat(read("{\"id\":\"a\",\"reason\":\" \"}")).isEqualTo(new Stop("a", null));
        assertThat(read("{\"id\":\"a\",\"reason\":{\"code\":7}}")).isEqualTo(new Stop("a", "{\"code\":7}"));
        assertThat(read("{\"id\":\"a\",\"reason\":7}")).isEqualTo(new Stop("a", "7"));
        assertThat(read("{\"id\":\"a\",\"reason\":\"" + "r".repeat(900_000) + "\"}"))
                .isEqualTo(new Stop("a", "r".repeat(255) + "…"));
        assertThat(read("{\"id\":\"a\",\"reason\":\"\\ud800\"}")).isEqualTo(new Stop("a", "\uFFFD"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\r\n",
                "not/an/id",
                "task-1,task-2",
                "task-1\ntask-2",
                "'task-1'",
                "null",
                "17",
                "task\u00001"
            })
    void whether_a_text_can_be_an_id_is_left_to_the_client(String value) {
        assertThat(read(value)).isEqualTo(new Stop(value.strip(), null));
    }

    @Test
    void whatever_the_command_line_passes_over_is_passed_over_around_an_id() {
        for (int c = 0; c <= Character.MAX_VALUE; c++) {
            // README of the command line: white space of any kind, byte order marks, NUL.
            boolean blank = Character.isWhitespace(c)
                    || Character.isSpaceChar(c)
                    || List.of(0, 0x85, 0x200B, 0xFEFF).contains(c);
            String around = Character.toString(c);
            if (blank) {
                assertThat(read(around + "task-1" + around)).as("U+%04X", c).isEqualTo(new Stop("task-1", null));
            } else if (!Character.isSurrogate((char) c) && "{[\"".indexOf(c) < 0) {
                assertThat(read(around + "task-1")).as("U+%04X", c).isEqualTo(new Stop(around + "task-1", null));
            }
        }
    }

    static List<Arguments> noOrders() {
        return List.of(
                arguments("x".repeat(257).getBytes(UTF_8), "at most 256 characters; this one has 257"),
                arguments(("\"" + "x".repeat(257) + "\"").getBytes(UTF_8), "at most 256 characters; this one has 257"),
                arguments("x".repeat(600_000).getBytes(UTF_8), "this one has 600000"),
                arguments("\u0001".repeat(200_000).getBytes(UTF_8), "this one has 200000"),
                arguments("😀".repeat(129).getBytes(UTF_8), "this one has 258"),
                arguments(new byte[] {'a', (byte) 0xFF}, "not UTF-8"),
                arguments(new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}, "not UTF-8"),
                arguments("task-1".getBytes(UTF_16), "not UTF-8"),
                arguments(ByteBuffer.allocate(8).putLong(-1).array(), "not UTF-8"),
                arguments("{".getBytes(UTF_8), "not one JSON value"),
                arguments("{\"id\":\"a\"}{\"id\":\"b\"}".getBytes(UTF_8), "not one JSON value"),
                arguments("{\"id\":\"a\",\"id\":\"b\"}".getBytes(UTF_8), "not one JSON value"),
                arguments("{\"id\":\"a\",\"reason\":\"b\",\"reason\":\"c\"}".getBytes(UTF_8), "not one JSON value"),
                arguments("{'id':'a'}".getBytes(UTF_8), "not one JSON value"),
                arguments("{6ba7b810-9dad-11d1-80b4-00c04fd430c8}".getBytes(UTF_8), "not one JSON value"),
                arguments("\"a\" b".getBytes(UTF_8), "not one JSON value"),
                arguments("[".repeat(100_000).getBytes(UTF_8), "a depth that is not read"),
                arguments(
                        ("{\"id\":\"a\",\"n\":" + "1".repeat(2_000) + "}").getBytes(UTF_8),
                        "a number, a name or a depth"),
                arguments("\u0000".repeat(1_000).getBytes(UTF_8), "only blanks"),
                arguments(" ".repeat(1_000).getBytes(UTF_8), "only blanks"),
                arguments("[\"a\",\"b\"]".getBytes(UTF_8), "a JSON array"),
                arguments("{\"id\":\"a\",\"taskId\":\"b\"}".getBytes(UTF_8), "id and taskId differ"),
                arguments("{}".getBytes(UTF_8), "no text in the field id"),
                arguments("{\"id\":null}".getBytes(UTF_8), "no text in the field id"),
                arguments("{\"id\":17}".getBytes(UTF_8), "no text in the field id"),
                arguments("{\"id\":{\"id\":\"a\"}}".getBytes(UTF_8), "no text in the field id"),
                arguments("{\"id\":[\"a\"]}".getBytes(UTF_8), "no text in the field id"),
                arguments("{\"ID\":\"a\"}".getBytes(UTF_8), "no text in the field id"),
                arguments("{\"id\":\"a\\ud800\"}".getBytes(UTF_8), "half of a surrogate pair"),
                arguments("\"\\udc00\"".getBytes(UTF_8), "half of a surrogate pair"));
    }

    @ParameterizedTest
    @MethodSource("noOrders")
    void what_names_no_task_is_set_aside_with_what_is_wrong(byte[] value, String problem) {
        assertThat(StopOrderReader.read(value)).isInstanceOfSatisfying(SetAside.class, order -> {
            assertThat(order.problem()).contains(problem);
            assertThat(order.text()).hasSizeLessThanOrEqualTo(256);
            assertThat(order.sha256()).matches("[0-9a-f]{64}");
        });
    }

    @Test
    void what_is_shown_of_a_long_value_is_no_id_and_has_the_hash_of_all_of_it() {
        assertThat(read("x".repeat(600_000)))
                .isEqualTo(new SetAside(
                        "x".repeat(255) + "…",
                        // python3 -c 'import hashlib; print(hashlib.sha256(b"x" * 600_000).hexdigest())'
                        "34e95fe8877d07873716a3f575a4ea908b2e776b18e0b5122d33f7a93ff012b4",
                        "A task id has at most 256 characters; this one has 600000"));
        // Cut in the middle of a character, and behind many blanks.
        assertThat(((SetAside) read("a" + "😀".repeat(1_000))).text()).isEqualTo("a" + "😀".repeat(127) + "…");
        assertThat(((SetAside) read(" ".repeat(2_040) + "task-1" + "x".repeat(1_000))).text())
                .isEqualTo("task-1xx…");
    }

    @Test
    void any_bytes_are_an_order_whose_report_is_small() {
        long seed = 1;
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] value = new byte[random.nextInt(40)];
            random.nextBytes(value);
            if (value.length > 0) {
                value[0] = (byte) "{[\"a\u0001".charAt(random.nextInt(5));
            }
            StopOrder order = StopOrderReader.read(value);
            String text = order instanceof Stop stop ? stop.taskId() : ((SetAside) order).text();
            assertThat(new String(text.getBytes(UTF_8), UTF_8))
                    .as("seed %d", seed)
                    .isEqualTo(text);
        }
    }

    private static StopOrder read(String value) {
        return StopOrderReader.read(value.getBytes(UTF_8));
    }
}
