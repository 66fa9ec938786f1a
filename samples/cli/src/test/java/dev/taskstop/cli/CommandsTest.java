package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.cli.CliProcess.Ended;
import dev.taskstop.server.FaultKind;
import dev.taskstop.server.Faults;
import dev.taskstop.server.LedgerEntry;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Each command in a pipe, against the task server. */
class CommandsTest {

    private static final Lifecycle PROCESSING = Lifecycle.staysIn(Status.PROCESSING);

    @TempDir
    private Path directory = Path.of("");

    @Test
    void json_results_are_what_the_ledger_says() throws Exception {
        TaskServerOptions options = TaskServerOptions.defaults()
                .withFaults(Faults.none().with(FaultKind.ERROR_AFTER, 0.1).with(FaultKind.CUT_BEFORE, 0.1));
        try (TaskServer server = TaskServer.start(options)) {
            List<String> ids = new ArrayList<>(server.createTasks(300, PROCESSING));
            ids.addAll(server.createTasks(30, Lifecycle.staysIn(Status.COMPLETED)));
            ids.add("nobody-s-task");
            Path file = Files.write(directory.resolve("ids"), ids);

            Ended cli = CliProcess.run(server, "stop", "--json", "--file", file.toString());

            assertThat(cli.exitCode()).isEqualTo(Exit.OK);
            List<JsonNode> results =
                    cli.output().stream().map(CommandsTest::parse).toList();
            assertThat(results).extracting(CommandsTest::taskId).containsExactlyInAnyOrderElementsOf(ids);
            assertThat(results).allSatisfy(result -> {
                String expected = expectedOutcome(server, taskId(result));
                assertThat(result.get("outcome").stringValue()).isEqualTo(expected);
            });
            assertThat(results)
                    .anySatisfy(result -> assertThat(result.path("recovered").booleanValue(false))
                            .isTrue());
            assertThat(cli.errors())
                    .contains(
                            "{\"event\":\"summary\",\"stopped\":300,",
                            "\"alreadyEnded\":30,\"notFound\":1,\"failed\":0");
        }
    }

    private static String expectedOutcome(TaskServer server, String taskId) {
        if (taskId.equals("nobody-s-task")) {
            return "not-found";
        }
        LedgerEntry entry = server.ledger().of(taskId);
        return entry.effectiveRequest() > 0 ? "stopped" : "already-ended";
    }

    @Test
    void no_thread_that_waits_for_a_socket_holds_up_the_exit() throws Exception {
        try (TaskServer server = TaskServer.start()) {
            String id = server.createTasks(1, PROCESSING).get(0);

            Ended cli = CliProcess.run(ThreadsLeft.class, server, "stop", id);

            assertThat(cli).isEqualTo(new Ended(Exit.OK, List.of(id + " stopped"), ""));
        }
    }

    @Test
    void a_task_that_may_still_run_exits_with_1() throws Exception {
        try (TaskServer server = TaskServer.start()) {
            String id = server.createTasks(1, PROCESSING).get(0);

            Ended cli = CliProcess.run(server, "stop", id, "no/id");

            assertThat(cli.exitCode()).isEqualTo(Exit.FAILED);
            assertThat(cli.output())
                    .contains(id + " stopped")
                    .anyMatch(line -> line.startsWith("no/id failed (A task id"));
        }
    }

    @Test
    void a_key_that_is_refused_exits_with_3_ends_the_run_and_is_shown_nowhere() throws Exception {
        try (TaskServer server = TaskServer.start()) {
            List<String> ids = server.createTasks(1000, PROCESSING);
            Path idFile = Files.write(directory.resolve("ids"), ids);
            Path keyFile = Files.writeString(directory.resolve("key"), "bb_not_a_good_key\n");
            String[] key = {"--key-file", keyFile.toString(), "-v"};

            Ended stop = CliProcess.run(
                    server, "stop", "--file", idFile.toString(), "--concurrency", "8", key[0], key[1], key[2]);
            Ended list = CliProcess.run(server, "list", key[0], key[1], key[2]);

            assertThat(stop.exitCode()).isEqualTo(Exit.KEY_REFUSED);
            assertThat(list.exitCode()).isEqualTo(Exit.KEY_REFUSED);
            assertThat(stop.output()).hasSize(1000);
            assertThat(server.ledger().totals().patchRequests()).isBetween(1L, 8L);
            assertThat(stop.errors()).contains("the key was refused, so nothing more was sent", "Bulk stop aborted");
            assertThat(stop.output() + stop.errors() + list.errors()).doesNotContain("bb_not_a_good_key", "\tat ");
        }
    }

    @Test
    void active_tasks_are_stopped_without_a_terminal_only_with_yes() throws Exception {
        try (TaskServer server = TaskServer.start()) {
            List<String> ids = server.createTasks(150, PROCESSING);

            Ended asked = CliProcess.run(server, "stop", "--active");
            Ended dry = CliProcess.run(server, "stop", "--active", "--dry-run");
            assertThat(asked.exitCode()).isEqualTo(Exit.USAGE);
            assertThat(asked.errors()).contains("add --yes");
            assertThat(dry.exitCode()).isEqualTo(Exit.OK);
            assertThat(dry.output()).hasSize(150).allMatch(line -> line.endsWith(" skipped (dry-run)"));
            assertThat(server.ledger().totals().patchRequests()).isZero();

            Ended told = CliProcess.run(server, "stop", "--active", "--yes");
            assertThat(told.exitCode()).isEqualTo(Exit.OK);
            assertThat(told.output())
                    .containsExactlyInAnyOrderElementsOf(
                            ids.stream().map(id -> id + " stopped").toList());
            assertThat(server.ledger().tasks()).allMatch(task -> task.status() == Status.STOPPED);
        }
    }

    @Test
    void list_and_logs_show_tasks_and_what_they_log() throws Exception {
        try (TaskServer server = TaskServer.start()) {
            List<String> ids = server.createTasks(120, Lifecycle.staysIn(Status.COMPLETED));

            Ended list = CliProcess.run(server, "list", "--json", "--status", "completed");
            Ended table = CliProcess.run(server, "list", "--limit", "2");
            Ended logs = CliProcess.run(server, "logs", ids.get(0));

            assertThat(list.output().stream().map(CommandsTest::parse).map(CommandsTest::taskId))
                    .containsExactlyInAnyOrderElementsOf(ids);
            assertThat(table.output()).hasSize(3).first().asString().startsWith("ID ");
            assertThat(logs.output()).first().isEqualTo("Fetching the repository");
            assertThat(logs.output()).last().isEqualTo("Task completed");
            assertThat(Stream.of(list, table, logs)).allMatch(cli -> cli.exitCode() == Exit.OK);
        }
    }

    @Test
    void who_stops_reading_the_results_ends_the_run() throws Exception {
        TaskServerOptions slow = TaskServerOptions.defaults().withLatency(Duration.ofMillis(50));
        try (TaskServer server = TaskServer.start(slow)) {
            List<String> ids = server.createTasks(2_000, PROCESSING);
            try (CliProcess cli = CliProcess.start(server, "stop", "-", "--concurrency", "8")) {
                cli.feed(ids, true).readLines(10);

                Ended ended = cli.endUnread();

                assertThat(ended.exitCode()).isEqualTo(Exit.BROKEN_PIPE);
                assertThat(ended.errors()).contains("nobody reads the results any more");
                assertThat(server.ledger().totals().patchRequests()).isLessThan(ids.size());
            }
        }
    }

    private static JsonNode parse(String line) {
        return JsonMapper.shared().readTree(line);
    }

    private static String taskId(JsonNode result) {
        return result.get("taskId").stringValue();
    }
}
