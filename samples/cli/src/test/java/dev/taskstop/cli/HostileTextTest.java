package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.cli.CliProcess.Ended;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server whose texts are not what they seem. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class HostileTextTest {

    /** One of each kind: line breaks, commands to a terminal of 7 and of 8 bits, other direction, invisible. */
    private static final String LIE =
            "\nforged stopped\r\nforged\u000bforged\fforged\u0085forged\u2028forged\u2029forged"
                    + "\u001b[2J\u001b]0;title\u0007\u001bPdcs\u001b\\\u009b31m\u009d0;title\u009c\u0007\b\u0000\u007f\u008d"
                    + "\u202eevil\u2066evil\u200e\u061c\u200b\ufeff\u00ad\tcaf\u00e9 \ud83d\ude00";

    private static LyingServer server;

    @BeforeAll
    static void startServer() throws Exception {
        server = new LyingServer(LIE);
    }

    @AfterAll
    static void closeServer() {
        server.close();
    }

    @Test
    void a_text_forges_no_line_and_moves_no_cursor() throws Exception {
        String[] commands = {"stop a", "status a", "await a", "list", "list --ids", "logs a"};

        List<Ended> each = CliProcess.runEach(server, commands);

        for (int i = 0; i < commands.length; i++) {
            Ended cli = each.get(i);
            assertThat(cli.output()).as(commands[i]).noneMatch(line -> line.startsWith("forged"));
            String shown = String.join("\n", cli.output()) + "\n" + cli.errors();
            assertThat(shown.codePoints().filter(HostileTextTest::isDangerous).mapToObj(Integer::toHexString))
                    .as(commands[i])
                    .isEmpty();
            assertThat(cli.output()).as(commands[i]).hasSizeLessThanOrEqualTo(commands[i].equals("logs a") ? 9 : 2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-- completed", "\u200b-- completed", "\u001b[0m-- completed", "\n-- completed", "\b-- completed"
            })
    void an_entry_of_a_log_does_not_pass_for_what_this_program_says(String message) throws Exception {
        try (LyingServer other = new LyingServer(message)) {
            Ended cli = CliProcess.runEach(other, "logs a").get(0);

            assertThat(cli.output())
                    .anyMatch(line -> line.endsWith("-- completed"))
                    .noneMatch(line -> line.startsWith("--"));
        }
    }

    @Test
    void json_has_each_text_as_it_is_in_visible_ascii() throws Exception {
        for (Ended cli : CliProcess.runEach(
                server, "stop a --json", "status a --json", "await a --json", "list --json", "logs a --json")) {
            assertThat(cli.output()).isNotEmpty().allSatisfy(line -> {
                assertThat(line).matches("[ -~]+");
                JsonNode object = JsonMapper.shared().readTree(line);
                assertThat(object.valueStream().filter(JsonNode::isString).map(JsonNode::stringValue))
                        .anyMatch(text -> text.endsWith(LIE));
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"xterm", "dumb", ""})
    void a_terminal_gets_only_what_its_locale_can_show(String kind) throws Exception {
        Map<String, String> ofPosix = Map.of("LC_ALL", "C", "TERM", kind);
        try (CliProcess posix = CliProcess.startInTerminal(ofPosix, server, "logs", "a")) {
            assertThat(posix.readUntil("the log is complete"))
                    .contains("caf? ?")
                    .doesNotContain("\u00e9");
        }
        try (CliProcess unicode =
                CliProcess.startInTerminal(Map.of("LC_ALL", "C.UTF-8", "TERM", kind), server, "logs", "a")) {
            assertThat(unicode.readUntil("the log is complete")).contains("caf\u00e9 \ud83d\ude00");
        }
    }

    private static boolean isDangerous(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL -> c != '\n' && c != '\t';
            case Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
