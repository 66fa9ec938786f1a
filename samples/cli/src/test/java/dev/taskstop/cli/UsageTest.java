package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

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
            stop a --agent x --older-than 1h        | --agent, --older-than goes with --active
            await a --superseded                    | --superseded goes with --active
            stop a --every 5m                       | --every goes with --active
            stop a -i                               | -i goes with --active
            stop --active --yes -i                  | -i excludes --yes, --dry-run, --every and --deadline
            stop --active --yes --every 5           | --every': '5' is not a duration
            stop a --max -1                         | --max takes a number from 0 up, not -1
            stop a --reason ''                      | --reason takes a text of 1 to 500 characters, not a blank
            list --repo nothing                     | --repo takes an address such as
            list --branch ''                        | --branch takes the name of a branch, not a blank
            list --agent ''                         | --agent takes the name of an agent, not a blank
            list --model ''                         | --model takes the name of a model, not a blank
            list --batch ''                         | --batch takes the id of a batch, not a blank
            list --creator ''                       | --creator takes the name of a person, not a blank
            list --prompt ''                        | --prompt takes a part of a prompt, not a blank
            list --chat ''                          | --chat takes the id of a chat, not a blank
            list --older-than 0s                    | --older-than': '0s' is not a duration above zero
            list --created-before yesterday         | --created-before': 'yesterday' is not a moment with its zone such as
            list --dialect v1 --repo a/b            | it takes no --repo
            list --dialect v1 --branch a            | it takes no --branch
            list --dialect v1 --agent a             | it takes no --agent
            list --dialect v1 --batch a             | it takes no --batch
            list --dialect v1 --creator a           | it takes no --creator
            list --dialect v1 --prompt a            | it takes no --prompt
            list --chat a                           | it takes no --chat
            await --active --dialect v1 --branch a  | it takes no --branch
            stop --active --yes --chat a            | it takes no --chat
            stop --active --yes --every 1h --chat a | it takes no --chat
            stop --active --yes --filter nightly    | --filter'
            stop --active --yes --resume f          | --resume goes with ids
            stop a --resume f --dry-run             | exclude each other
            stop --file ''                          | --file': a blank names no file; is it a variable that is not set?
            stop a --resume ''                      | --resume': a blank names no file
            list --key-file ''                      | --key-file': a blank names no file
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
            stop a --base-url ''                    | --base-url takes an absolute https address
            stop a --base-url https://a^b           | --base-url takes an absolute https address
            stop a --base-url http://example.org    | add --allow-insecure-http
            stop a --base-url https://h/api/tasks   | --base-url takes the address without the path of the tasks: leave out /api/tasks
            stop a --base-url https://h/API/tasks/  | leave out /API/tasks/
            list --base-url https://h/p/api/tasks/x | leave out /api/tasks/x
            list --base-url https://h/api/v1/tasks  | leave out /tasks
            stop a --resume /there/is/no/checkpoint | --resume: /there/is/no/checkpoint
            stop a --key-file /there/is/none        | --key-file takes a file that can be read
            stop -a                                 | An id that begins with - goes after --
            await                                   | which tasks?
            await a --file f                        | ids, --file and --active exclude each other
            await - a                               | - for standard input stands alone
            status                                  | which tasks?
            status --file /                         | --file takes a file that can be read
            list --json --ids                       | --json and --ids exclude each other
            await a --timeout 5                     | --timeout': '5' is not a duration
            list --limit 0                          | --limit takes a number from 1 up, not 0
            list --status gone                      | --status'
            list --dialect v1 --filter batch        | --filter
            logs ''                                 | an ID is blank; is it a variable that is not set?
            logs a --from -1                        | --from takes a number from 0 up, not -1
            start a                                 | start
            """)
    void wrong_usage_exits_with_2_and_names_the_option_and_what_it_takes(String arguments, String message)
            throws IOException {
        Path key = Files.writeString(directory.resolve("key"), "a-key\n");
        String rest = (arguments.contains("--key-file") ? "" : " --key-file " + key)
                + (arguments.contains("--base-url") ? "" : " --base-url " + UNREACHABLE);
        String command = arguments.startsWith("start") ? arguments : arguments + rest;

        // Two quotes stand for an argument that is empty.
        String[] args = Stream.of(command.split(" +", -1))
                .map(arg -> arg.equals("''") ? "" : arg)
                .toArray(String[]::new);
        Said said = said(args);

        assertThat(said.exitCode).isEqualTo(Exit.USAGE);
        assertThat(said.text).contains(message).contains("--help'").doesNotContain("\tat ", "a-key");
    }

    /** A dry run that is none cannot be taken back. */
    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null", "false", "no", "0"})
    void a_flag_takes_no_value(String value) {
        for (CommandLine command : Taskstop.commandLine().getSubcommands().values()) {
            for (OptionSpec option : command.getCommandSpec().options()) {
                for (String name : option.arity().max() == 0 ? option.names() : new String[0]) {
                    Said said = said(with(command, name + "=" + value));

                    assertThat(said.exitCode)
                            .as("%s %s", command.getCommandName(), name)
                            .isEqualTo(Exit.USAGE);
                    assertThat(said.text).contains(option.longestName()).doesNotContain("\tat ");
                }
            }
        }
    }

    /** The second would take the place of all that was said before of its kind: the other conditions, or the key. */
    @Test
    void no_option_may_be_there_twice() {
        Map<String, String> values = Map.ofEntries(
                Map.entry("--filter", "batch"),
                Map.entry("--repo", "a/b"),
                Map.entry("--older-than", "1h"),
                Map.entry("--created-before", "2026-01-31T08:00:00Z"),
                Map.entry("--every", "1h"),
                Map.entry("--deadline", "1h"),
                Map.entry("--timeout", "1h"),
                Map.entry("--dialect", "v1"),
                Map.entry("--status", "active"));
        for (CommandLine command : Taskstop.commandLine().getSubcommands().values()) {
            for (OptionSpec option : command.getCommandSpec().options()) {
                if (!option.usageHelp() && !option.versionHelp()) {
                    String name = option.longestName();
                    String given = option.arity().max() == 0 ? name : name + "=" + values.getOrDefault(name, "1");

                    Said said = said(with(command, given, given));

                    assertThat(said.exitCode)
                            .as("%s %s", command.getCommandName(), name)
                            .isEqualTo(Exit.USAGE);
                    assertThat(said.text).contains("'" + name + "'", "should be specified only once");
                }
            }
        }
        assertThat(said("list", "--repo", "a/b", "--base-url", UNREACHABLE, "--branch", "a", "--chat", "a").text)
                .doesNotContain("only once");
    }

    private static String[] with(CommandLine command, String... options) {
        List<String> line = new ArrayList<>(List.of(command.getCommandName()));
        line.addAll(List.of(options));
        if (!command.getCommandSpec().positionalParameters().isEmpty()) {
            line.add("a");
        }
        return line.toArray(String[]::new);
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
    @ValueSource(strings = {"https://user:hidden^@host", "https://user:hidden@[host", "user:hidden@host"})
    void a_password_in_an_address_is_not_repeated(String url) throws IOException {
        Path key = Files.writeString(directory.resolve("key"), "a-key\n");

        Said said = said("list", "--key-file", key.toString(), "--base-url", url);

        assertThat(said.exitCode).isEqualTo(Exit.USAGE);
        assertThat(said.text)
                .contains("--base-url takes an absolute https address")
                .doesNotContain("hidden");
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
    void only_what_begins_with_a_hyphen_is_taken_for_an_id_that_does() {
        assertThat(said("list", "--nothing").text).contains("Unknown option", "An id that begins with -");
        assertThat(said("list", "surplus").text).contains("surplus").doesNotContain("An id that begins with -");
    }

    @Test
    void the_completion_script_knows_the_commands_and_options() {
        CommandLine command = Taskstop.commandLine();
        StringWriter script = new StringWriter();
        command.setOut(new PrintWriter(script));

        assertThat(command.execute("generate-completion")).isZero();

        assertThat(script.toString()).contains("complete -F _complete_taskstop", "await", "--resume", "--key-file");
    }

    private static List<String> found(String pattern, String text) {
        return Pattern.compile(pattern, Pattern.MULTILINE)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    @Test
    void the_guide_tells_the_exit_codes_of_the_help_and_options_that_there_are() throws IOException {
        String guide = Files.readString(Path.of("README.md"));
        CommandLine taskstop = Taskstop.commandLine();

        assertThat(found("^\\| (\\d+) \\| ", guide))
                .containsExactlyElementsOf(
                        taskstop.getCommandSpec().usageMessage().exitCodeList().keySet());
        assertThat(taskstop.getSubcommands().values().stream()
                        .flatMap(command -> command.getCommandSpec().optionsMap().keySet().stream()))
                .containsAll(found("(?<![\\w-])(--[a-z][a-z-]*)", guide));
    }

    /** What a code means does not depend on the command. */
    @Test
    void each_command_that_tells_of_a_refused_key_tells_of_its_account_too() {
        assertThat(Taskstop.commandLine().getSubcommands().values().stream()
                        .map(command -> command.getCommandSpec().usageMessage().exitCodeList())
                        .filter(codes -> codes.containsKey("3"))
                        .map(codes -> codes.get("3")))
                .hasSize(2)
                .containsOnly("the key was refused, or its account has to be paid for");
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
