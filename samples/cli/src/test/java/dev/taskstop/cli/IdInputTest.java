package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.cli.CliProcess.Ended;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Route;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists of ids as people and programs make them. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class IdInputTest {

    @TempDir
    private Path directory = Path.of("");

    private TaskServer server = TaskServer.start();
    private List<String> ids = List.of();

    @BeforeEach
    void createTasks() {
        ids = server.createTasks(3, Lifecycle.staysIn(Status.PROCESSING));
    }

    @AfterEach
    void closeServer() {
        server.close();
    }

    @Test
    void what_editors_and_people_put_around_ids_is_passed_over() throws Exception {
        String mark = "\ufeff";
        String[] commands = {
            "stop --file " + write("a", mark + "$0\r\n", StandardCharsets.UTF_8),
            "stop --file " + write("b", mark + "$1\r\n", StandardCharsets.UTF_16LE),
            "status --file " + write("c", "# ran away\n$0 $1 # two of them\n\n\t$2", StandardCharsets.UTF_8)
        };

        List<Ended> each = CliProcess.runEach(server, commands);

        assertThat(each).allSatisfy(cli -> assertThat(cli.exitCode()).isEqualTo(Exit.OK));
        assertThat(each.get(0).output()).containsExactly(ids.get(0) + " stopped");
        assertThat(each.get(1).output()).containsExactly(ids.get(1) + " stopped");
        assertThat(each.get(2).output())
                .containsExactly(
                        ids.get(0) + " stopped: Task was stopped by user",
                        ids.get(1) + " stopped: Task was stopped by user",
                        ids.get(2) + " processing 50 %");
    }

    @Test
    void ids_with_something_around_them_are_a_failure_with_a_hint() throws Exception {
        String[] commands = {
            "stop --file " + write("a", "\"$0\" \"$1\"\n\"$2\"", StandardCharsets.UTF_8),
            "stop --file " + write("b", "$0,the_prompt\n$1,another\n", StandardCharsets.UTF_8),
            "stop --file " + write("c", "[\"$0\",\"$1\"]", StandardCharsets.UTF_8)
        };

        assertThat(CliProcess.runEach(server, commands)).allSatisfy(cli -> {
            assertThat(cli.exitCode()).isEqualTo(Exit.FAILED);
            assertThat(cli.errors()).contains("is no id as it stands", "jq -r", "cut -d, -f1");
        });
        assertThat(server.ledger().totals().answers(Route.STOP, 200)).isZero();
    }

    @Test
    void what_is_no_id_is_a_failure_although_others_are_found() throws Exception {
        String[] commands = {
            "stop --file " + write("a", "$0 $1:", StandardCharsets.UTF_8),
            "stop --file " + write("b", "- $0\n- $1\n", StandardCharsets.UTF_8),
            "stop --file " + write("c", "* $2", StandardCharsets.UTF_8) + " --allow-missing",
            "stop --file " + write("d", "$0 \u201c$1\u201d", StandardCharsets.UTF_8)
        };

        List<Ended> each = CliProcess.runEach(server, commands);

        assertThat(each).extracting(Ended::exitCode).containsExactly(Exit.FAILED, Exit.FAILED, Exit.OK, Exit.FAILED);
        assertThat(each.get(0).errors()).contains(ids.get(1) + ": is no id as it stands");
        assertThat(each.get(1).errors()).contains("- is no id as it stands");
        assertThat(each.get(1).output()).contains(ids.get(1) + " stopped");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --deadline 1s                  | 1   | nothing more is sent, so further ids were not waited for
            --key-file BAD                 | 3   | the key was refused, so nothing more was sent
            --max 1                        | 1   | skipped
            --max 1 --resume CHECKPOINT    | 1   | 1 ids are finished. The same command goes on from there
            --deadline 1s --resume CHECKPOINT | 1 | ids are finished. The same command goes on from there
            """)
    void nobody_waits_for_further_ids_when_nothing_more_is_sent(String options, int exitCode, String message)
            throws Exception {
        Path bad = Files.writeString(directory.resolve("bad"), "bb_bad");
        String command = "stop - "
                + options.replace("BAD", bad.toString())
                        .replace("CHECKPOINT", directory.resolve("checkpoint").toString());

        try (CliProcess cli = CliProcess.start(server, command.split(" ", -1))) {
            Ended ended = cli.feed(ids.subList(0, 2), false).end();

            assertThat(ended.exitCode()).isEqualTo(exitCode);
            assertThat(String.join("\n", ended.output()) + ended.errors()).contains(message);
        }
    }

    @Test
    void it_is_a_failure_when_nothing_is_found_unless_that_is_allowed() throws Exception {
        Path file = write("a", "x\ny\n", StandardCharsets.UTF_8);

        List<Ended> each = CliProcess.runEach(
                server,
                "stop --file " + file + " --resume " + directory.resolve("checkpoint"),
                "stop x y --allow-missing",
                "stop x " + ids.get(0));

        assertThat(each).extracting(Ended::exitCode).containsExactly(Exit.FAILED, Exit.OK, Exit.OK);
        assertThat(each.get(0).errors()).contains("None was found at all", "--base-url", "0 ids are finished");
        assertThat(each.get(2).errors()).contains("1 not found");
    }

    @ParameterizedTest
    @CsvSource({
        "stop, exec \"$@\" < /dev/null, 1, There is no id in standard input",
        "status, printf '# none\\n\\n' | \"$@\", 1, There is no id in standard input",
        "stop, exec \"$@\" <&-, 2, standard input is closed",
        "await, exec \"$@\" <&-, 2, standard input is closed",
        "stop, exec \"$@\" < /dev/zero, 1, NUL",
        "stop, exec \"$@\" < /, 1, the ids cannot be read: Is a directory",
        "await, exec \"$@\" < /, 1, the ids cannot be read: Is a directory",
        "status, exec \"$@\" 0> /dev/null, 1, the ids cannot be read: Bad file descriptor"
    })
    void an_input_without_ids_is_told(String command, String line, int exitCode, String message) throws Exception {
        Ended cli = CliProcess.runInShell(server, line, command, "-");

        assertThat(cli.errors()).contains(message).doesNotContain("\tat ");
        assertThat(cli.exitCode()).isEqualTo(exitCode);
        assertThat(cli.output()).isEmpty();
        assertThat(server.ledger().totals().requests()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "-, < FILE >> FILE",
        "-, < FILE 2>> FILE",
        "-, < FILE >> LINK",
        "--file=FILE, >> FILE",
        "--file=FILE, >> LINK",
        "--file=LINK, >> FILE"
    })
    void ids_are_not_read_from_the_file_that_the_output_goes_to(String source, String redirections) throws Exception {
        Path file = write("ids", "$0\n", StandardCharsets.UTF_8);
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        UnaryOperator<String> named =
                text -> text.replace("FILE", file.toString()).replace("LINK", link.toString());

        Ended cli =
                CliProcess.runInShell(server, "exec \"$@\" " + named.apply(redirections), "stop", named.apply(source));

        assertThat(cli.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(cli.errors() + Files.readString(file))
                .contains("the ids are read from the file that the output goes to");
        assertThat(server.ledger().totals().requests()).isZero();
    }

    @Test
    void the_ids_of_a_list_are_what_the_other_commands_read() throws Exception {
        Ended list = CliProcess.run(server, "list", "--ids", "--status", "active");
        assertThat(list.output()).containsExactlyInAnyOrderElementsOf(ids);

        try (CliProcess status = CliProcess.start(server, "status", "-")) {
            Ended ended = status.feed(list.output(), true).end();

            assertThat(ended.exitCode()).isEqualTo(Exit.OK);
            assertThat(ended.output())
                    .isEqualTo(list.output().stream()
                            .map(id -> id + " processing 50 %")
                            .toList());
        }
    }

    private Path write(String name, String text, Charset charset) throws Exception {
        String withIds =
                text.replace("$0", ids.get(0)).replace("$1", ids.get(1)).replace("$2", ids.get(2));
        return Files.writeString(directory.resolve(name), withIds, charset);
    }
}
