package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.cli.CliProcess.Ended;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Waiting for tasks, and asking how they are. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class AwaitTest {

    private final TaskServer server = TaskServer.start(TaskServerOptions.defaults()
            .withTask("completed", Status.COMPLETED)
            .withTask("error", Status.ERROR)
            .withTask("timeout", Status.TIMEOUT)
            .withTask("stopped", Status.STOPPED)
            .withTask("running", Status.PROCESSING));

    @AfterEach
    void closeServer() {
        server.close();
    }

    @Test
    void the_exit_code_of_await_says_how_a_task_ended() throws Exception {
        assertThat(CliProcess.runEach(
                        server,
                        "await completed --timeout 5m",
                        "await error",
                        "await timeout --timeout 1m",
                        "await stopped --timeout 1m",
                        "await running --timeout 100ms"))
                .containsExactly(
                        new Ended(Exit.OK, List.of("completed finished (completed)"), ""),
                        new Ended(Exit.NOT_COMPLETED, List.of("error finished (error)"), ""),
                        new Ended(Exit.NOT_COMPLETED, List.of("timeout finished (timeout)"), ""),
                        new Ended(Exit.NOT_COMPLETED, List.of("stopped finished (stopped)"), ""),
                        new Ended(Exit.STOPPED, List.of("running stopped"), ""));
    }

    @Test
    void await_waits_for_many_from_standard_input_and_sums_up() throws Exception {
        try (CliProcess cli = CliProcess.start(server, "await", "-", "--timeout", "100ms", "--json")) {
            Ended ended =
                    cli.feed(List.of("completed timeout", "running"), true).end();

            assertThat(ended.exitCode()).isEqualTo(Exit.NOT_COMPLETED);
            assertThat(ended.output())
                    .containsExactlyInAnyOrder(
                            "{\"taskId\":\"completed\",\"outcome\":\"finished\",\"state\":\"completed\"}",
                            "{\"taskId\":\"timeout\",\"outcome\":\"finished\",\"state\":\"timeout\"}",
                            "{\"taskId\":\"running\",\"outcome\":\"stopped\",\"state\":\"stopped\"}");
            assertThat(ended.errors())
                    .contains("\"event\":\"summary\",\"completed\":1,\"notCompleted\":1,\"stopped\":1,\"notFound\":0");
        }
    }

    @Test
    void a_task_that_is_not_there_outweighs_those_that_ended() throws Exception {
        List<Ended> each = CliProcess.runEach(
                server, "await completed error nobody-s", "await completed nobody-s --allow-missing");

        Ended missing = each.get(0);
        assertThat(missing.exitCode()).isEqualTo(Exit.FAILED);
        assertThat(missing.output())
                .contains("completed finished (completed)")
                .anyMatch(line -> line.startsWith("nobody-s not-found"));
        assertThat(missing.errors()).contains("there is no such task for this key");

        assertThat(each.get(1).exitCode()).isEqualTo(Exit.OK);
    }

    @Test
    void an_interrupt_ends_the_waiting_and_stops_nothing() throws Exception {
        Signals.assumeArrives("INT");
        try (CliProcess cli = CliProcess.start(server, "await", "completed", "running", "--timeout", "1h")) {
            assertThat(cli.readLines(1)).containsExactly("completed finished (completed)");
            cli.signal("INT");

            Ended ended = cli.end();

            assertThat(ended.exitCode()).isEqualTo(Exit.INTERRUPTED);
            assertThat(ended.errors()).contains("1 still waited for").doesNotContain("may have been stopped");
            assertThat(server.ledger().totals().patchRequests()).isZero();
        }
    }

    @Test
    void an_interrupt_after_the_time_was_up_does_not_say_that_nothing_was_stopped() throws Exception {
        Signals.assumeArrives("INT");
        TaskServerOptions stuck =
                TaskServerOptions.defaults().withLatency(Duration.ofMinutes(1)).withTask("running", Status.PROCESSING);
        try (TaskServer slow = TaskServer.start(stuck);
                CliProcess cli = CliProcess.start(slow, "await", "running", "--timeout", "100ms")) {
            CliProcess.await(() -> slow.ledger().totals().patchRequests() == 1);
            cli.signal("INT");

            Ended ended = cli.end();

            assertThat(ended.exitCode()).isEqualTo(Exit.INTERRUPTED);
            assertThat(ended.errors()).contains("1 still waited for", "may have been stopped");
        }
    }

    @Test
    void status_says_how_tasks_are_in_the_order_of_their_ids() throws Exception {
        List<Ended> each =
                CliProcess.runEach(server, "status running error completed", "status --json running nobody-s");

        Ended found = each.get(0);
        assertThat(found.exitCode()).isEqualTo(Exit.OK);
        assertThat(found.output()).hasSize(3);
        assertThat(found.output().get(0)).isEqualTo("running processing 50 %");
        assertThat(found.output().get(1)).startsWith("error error");
        assertThat(found.output().get(2)).isEqualTo("completed completed");

        Ended missing = each.get(1);
        assertThat(missing.exitCode()).isEqualTo(Exit.FAILED);
        assertThat(missing.output().get(0))
                .startsWith("{\"taskId\":\"running\",\"state\":\"processing\",\"done\":false,");
        assertThat(missing.output().get(1)).startsWith("{\"taskId\":\"nobody-s\",\"outcome\":\"not-found\",");
    }
}
