package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.taskstop.cli.CliProcess.Ended;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Output that cannot be written. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class OutputTest {

    private static TaskServer server;

    @BeforeAll
    static void startServer() {
        assumeTrue(Files.exists(Path.of("/dev/full")), "there is no /dev/full");
        server = TaskServer.start(TaskServerOptions.defaults().withTask("ended", Status.COMPLETED));
        server.createTasks(5, Lifecycle.staysIn(Status.PROCESSING));
    }

    @AfterAll
    static void closeServer() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stop --active --dry-run --json",
                "await ended",
                "status ended",
                "list",
                "logs ended --json",
                "generate-completion"
            })
    void a_full_disk_is_a_failure_that_is_told(String command) throws Exception {
        Ended cli = CliProcess.runInShell(server, "exec \"$@\" > /dev/full", command.split(" ", -1));

        assertThat(cli.exitCode()).isEqualTo(Exit.FAILED);
        assertThat(cli.errors()).contains("written", "No space left on device").doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "--help"})
    void a_reader_that_goes_away_is_no_fault_of_this_program(String command) throws Exception {
        // It begins when writing to the pipe has failed once.
        String line = "{ trap '' PIPE; while echo x; do :; done 2> /dev/null; trap - PIPE; \"$@\"; echo $? >&2; } | :";
        Ended cli = CliProcess.runInShell(server, line, command.split(" ", -1));

        assertThat(cli.errors().strip()).endsWith(Integer.toString(Exit.BROKEN_PIPE));
        assertThat(cli.errors()).doesNotContain("\tat ");
    }

    @Test
    void a_closed_standard_output_is_not_the_file_that_java_opens_in_its_place() throws Exception {
        Ended cli = CliProcess.runInShell(server, "exec \"$@\" >&-", "list");

        assertThat(cli.exitCode()).isEqualTo(Exit.FAILED);
        assertThat(cli.errors()).contains("the output could not be written");
    }

    @Test
    void a_bulk_stop_says_how_many_results_were_lost_and_sends_nothing_more() throws Exception {
        try (TaskServer many = TaskServer.start()) {
            List<String> ids = many.createTasks(1_000, Lifecycle.staysIn(Status.PROCESSING));
            try (CliProcess cli = CliProcess.startInShell(
                    many, "exec \"$@\" > /dev/full", "stop", "-", "--concurrency", "8", "--json")) {
                Ended ended = cli.feed(ids, true).end();

                assertThat(ended.exitCode()).isEqualTo(Exit.FAILED);
                assertThat(ended.errors())
                        .contains("the results cannot be written (No space left on device), so nothing more was sent")
                        .containsPattern("results that were lost: [1-9]")
                        .contains("\"event\":\"summary\"");
                assertThat(many.ledger().totals().patchRequests()).isLessThan(ids.size());
            }
        }
    }
}
