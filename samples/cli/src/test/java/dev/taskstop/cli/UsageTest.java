package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class UsageTest {

    private static final String UNREACHABLE = "https://127.0.0.1:1";

    @TempDir
    private Path directory = Path.of("");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            stop                                    | which tasks?
            stop a --active                         | exclude each other
            stop - a                                | - for standard input stands alone
            stop a --filter batch                   | --filter goes with --active
            stop --active --yes --filter nightly    | --filter'
            stop --active --yes --resume f          | --resume goes with ids
            stop a --resume f --dry-run             | exclude each other
            stop --file /there/is/none              | --file takes a file that can be read
            stop a --deadline soon                  | --deadline': 'soon' is not a duration above zero such as 90s
            stop a --deadline 0s                    | --deadline'
            stop a --deadline 40000d                | --deadline': '40000d' is longer than 36500 days
            await a --timeout 99999999d             | --timeout': '99999999d' is longer than 36500 days
            await a --timeout P99999D               | --timeout': 'P99999D' is longer than 36500 days
            stop a --concurrency many               | --concurrency': 'many' is not an int
            stop a --concurrency 0                  | --concurrency takes a number from 1 to 10000, not 0
            stop a --rpm 0                          | --rpm takes a number from 1 to 6000000, not 0
            stop a --dialect v9                     | --dialect'
            stop a --base-url example.org           | --base-url takes an absolute https address
            stop a --base-url http://example.org    | add --allow-insecure-http
            stop a --base-url https://h/api/tasks   | --base-url takes the address without the path of the tasks: leave out /api/tasks
            stop a --base-url https://h/API/tasks/  | leave out /API/tasks/
            list --base-url https://h/p/api/tasks/x | leave out /api/tasks/x
            list --base-url https://h/api/v1/tasks  | leave out /tasks
            stop a --resume /there/is/no/checkpoint | --resume: /there/is/no/checkpoint
            stop a --key-file /there/is/none        | --key-file takes a file that can be read
            stop -a                                 | An id that begins with - goes after --
            await                                   | which tasks?
            await a --file f                        | ids and --file exclude each other
            await - a                               | - for standard input stands alone
            status                                  | which tasks?
            status --file /                         | --file takes a file that can be read
            list --json --ids                       | --json and --ids exclude each other
            await a --timeout 5                     | --timeout': '5' is not a duration
            list --limit 0                          | --limit takes a number from 1 up, not 0
            list --status gone                      | --status'
            list --dialect v1 --filter batch        | --filter
            logs a --from -1                        | --from takes a number from 0 up, not -1
            start a                                 | start
            """)
    void wrong_usage_exits_with_2_and_names_the_option_and_what_it_takes(String arguments, String message)
            throws IOException {
        Path key = Files.writeString(directory.resolve("key"), "a-key\n");
        String rest = (arguments.contains("--key-file") ? "" : " --key-file " + key)
                + (arguments.contains("--base-url") ? "" : " --base-url " + UNREACHABLE);
        String command = arguments.startsWith("start") ? arguments : arguments + rest;

        Said said = said(command.split(" +", -1));

        assertThat(said.exitCode).isEqualTo(Exit.USAGE);
        assertThat(said.text).contains(message).contains("--help'").doesNotContain("\tat ", "a-key");
    }

    @ParameterizedTest
    @CsvSource({"'a key', --key-file takes", "'', --key-file takes"})
    void a_key_that_cannot_be_one_is_named_but_not_shown(String key, String message) throws IOException {
        Path file = Files.writeString(directory.resolve("key"), key);

        Said said = said("stop", "a", "--key-file", file.toString());

        assertThat(said.exitCode).isEqualTo(Exit.USAGE);
        assertThat(said.text).contains(message).doesNotContain("'a key'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"stop", "await", "status"})
    void a_blank_id_is_a_variable_that_is_not_set(String command) {
        for (String blank : List.of("", " ", "\n")) {
            Said said = said(command, "a", blank, "--base-url", UNREACHABLE);

            assertThat(said.exitCode).isEqualTo(Exit.USAGE);
            assertThat(said.text).contains("an ID is blank; is it a variable that is not set?");
        }
    }

    @Test
    void the_completion_script_knows_the_commands_and_options() {
        CommandLine command = Taskstop.commandLine();
        StringWriter script = new StringWriter();
        command.setOut(new PrintWriter(script));

        assertThat(command.execute("generate-completion")).isZero();

        assertThat(script.toString()).contains("complete -F _complete_taskstop", "await", "--resume", "--key-file");
    }

    private record Said(int exitCode, String text) {}

    private static Said said(String... args) {
        CommandLine command = Taskstop.commandLine();
        StringWriter err = new StringWriter();
        command.setErr(new PrintWriter(err));
        int exitCode = command.execute(args);
        return new Said(exitCode, err.toString());
    }
}
