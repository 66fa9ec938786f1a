package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class TaskFaultsTest {

    private static final Duration LATER = Duration.ofSeconds(5);
    private static final Lifecycle PROCESSING = Lifecycle.staysIn(Status.PROCESSING);

    private final TestClock clock = new TestClock();
    private final TaskServerOptions options =
            TaskServerOptions.defaults().withClock(clock).withSeed(3);

    @Test
    void a_worker_that_did_not_notice_a_stop_writes_its_own_end_over_it() {
        TaskFaults faults = TaskFaults.none().withOverwritten(1, LATER);
        try (TaskServer server = TaskServer.start(options.withTaskFaults(faults))) {
            List<String> ids = server.createTasks(20, PROCESSING);
            TestClient client = new TestClient(server);

            assertThat(ids).allMatch(id -> client.stop(id).status() == 200);
            assertThat(ids).allMatch(id -> client.status(id).equals("stopped"));
            clock.advance(LATER);

            assertThat(ids.stream().map(client::status).collect(Collectors.toSet()))
                    .isEqualTo(Set.of("error", "completed"));
            assertThat(client.get("/api/tasks/" + ids.get(0) + "/status")
                            .json()
                            .path("completedAt")
                            .asString())
                    .isEqualTo("2024-01-15T10:00:05.000Z");
            assertThat(server.ledger().of(ids.get(0)).effectiveRequest()).isEqualTo(1);
            assertThat(client.stop(ids.get(0)).status()).isEqualTo(400);
        }
    }

    @Test
    void a_follow_up_starts_a_stopped_task_again_which_still_shows_its_old_error() {
        TaskFaults faults = TaskFaults.none().withRevived(1, LATER);
        try (TaskServer server = TaskServer.start(options.withTaskFaults(faults))) {
            String id = server.createTasks(1, PROCESSING).get(0);
            TestClient client = new TestClient(server);
            client.stop(id);
            clock.advance(LATER.minusMillis(1));
            assertThat(client.status(id)).isEqualTo("stopped");

            clock.advance(Duration.ofMillis(1));

            JsonNode status = client.get("/api/tasks/" + id + "/status").json();
            assertThat(status.path("inProgress").asBoolean()).isTrue();
            assertThat(status.path("completedAt").isNull()).isTrue();
            assertThat(status.path("error").asString()).isEqualTo("Task was stopped by user");
            assertThat(server.ledger().of(id).status().isActive()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/tasks/", "/api/v1/tasks/"})
    void a_forbidden_task_is_forbidden_on_every_route_and_no_other_is(String path) {
        try (TaskServer server =
                TaskServer.start(options.withTaskFaults(TaskFaults.none().withForbidden(0.5)))) {
            List<String> ids = server.createTasks(40, PROCESSING);
            TestClient client = new TestClient(server);
            Map<Boolean, List<String>> forbidden = ids.stream()
                    .collect(Collectors.partitioningBy(
                            id -> client.get(path + id + "/status").status() == 403));

            assertThat(forbidden.get(true)).hasSizeBetween(10, 30).allSatisfy(id -> {
                assertThat(client.get(path + id).status()).isEqualTo(403);
                assertThat(client.stop(id).status()).isEqualTo(403);
                assertThat(client.cancel(id).status()).isEqualTo(403);
                assertThat(server.ledger().of(id).status()).isEqualTo(Status.PROCESSING);
            });
            assertThat(forbidden.get(false))
                    .allMatch(id -> client.get(path + id).status() == 200);
            assertThat(client.get("/api/v1/tasks?limit=1").status()).isEqualTo(200);
        }
    }

    @Test
    void a_plan_that_has_lapsed_makes_every_answer_a_403() {
        try (TaskServer server =
                TaskServer.start(options.withForbiddenAfter(2).withUser("other@example.com", "sk-other"))) {
            List<String> ids = server.createTasks(3, PROCESSING);
            TestClient client = new TestClient(server);

            assertThat(ids.stream().map(id -> client.stop(id).status())).containsExactly(200, 200, 403);
            assertThat(client.get("/api/tasks").status()).isEqualTo(403);
            assertThat(client.get("/api/v1/tasks?limit=1").status()).isEqualTo(403);
            assertThat(client.get("/api/v1/tasks?limit=1").body()).isEqualTo("{\"error\":\"Forbidden\"}");
            assertThat(server.ledger().of(ids.get(2)).status()).isEqualTo(Status.PROCESSING);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PT1S, PT0S, 2024-01-15T10:00:07.000Z",
        "PT0.001S, PT-0.3S, 2024-01-15T10:00:07.690Z",
        "PT1S, PT2S, 2024-01-15T10:00:09.000Z",
        "PT0.001S, PT0S, 2024-01-15T10:00:07.990Z"
    })
    void the_times_in_bodies_come_from_a_clock_of_their_own(Duration granularity, Duration skew, String completedAt) {
        try (TaskServer server = TaskServer.start(options.withTimesOfTasks(granularity, skew))) {
            String id = server.createTasks(1, PROCESSING).get(0);
            clock.advance(Duration.ofMillis(7_990));
            TestClient client = new TestClient(server);

            TestClient.Reply stopped = client.stop(id);

            assertThat(stopped.json().path("task").path("completedAt").asString())
                    .isEqualTo(completedAt);
            assertThat(stopped.headers().get("Date")).isEqualTo("Mon, 15 Jan 2024 10:00:07 GMT");
            for (String path : List.of("/api/tasks/", "/api/v1/tasks/")) {
                assertThat(client.get(path + id + "/status")
                                .json()
                                .path("completedAt")
                                .asString())
                        .isEqualTo(completedAt);
            }
            assertThat(server.ledger().of(id).stoppedAt()).isEqualTo(clock.instant());
        }
    }

    @ParameterizedTest
    @CsvSource({"COMPLETED, 1", "ERROR, 1", "TIMEOUT, 1", "STOPPED, 0", "PROCESSING, 0"})
    void a_sandbox_that_is_kept_alive_outlives_every_end_but_a_stop(Status status, int left) {
        try (TaskServer server =
                TaskServer.start(options.withTaskFaults(TaskFaults.none().withKeptAlive(1)))) {
            String id = server.createTasks(1, Lifecycle.staysIn(status)).get(0);
            TestClient client = new TestClient(server);

            assertThat(server.ledger().of(id).sandboxesLeft()).isEqualTo(left);
            assertThat(client.stop(id).status()).isEqualTo(status == Status.PROCESSING ? 200 : 400);
            assertThat(server.ledger().of(id).sandboxesLeft()).isEqualTo(left);
        }
    }

    @Test
    void a_stop_that_does_not_know_of_its_sandbox_forgets_that_of_the_oldest_other_task() {
        try (TaskServer server =
                TaskServer.start(options.withTaskFaults(TaskFaults.none().withSandboxesDropped(1)))) {
            List<String> ids = server.createTasks(3, PROCESSING);
            TestClient client = new TestClient(server);

            client.stop(ids.get(1));

            assertThat(ids.stream().map(id -> server.ledger().of(id).sandboxesLeft()))
                    .containsExactly(0, 1, 0);
            client.stop(ids.get(0));
            assertThat(ids.stream().map(id -> server.ledger().of(id).sandboxesLeft()))
                    .containsExactly(1, 1, 0);
        }
    }

    @Test
    void a_dropped_process_goes_on_until_the_server_is_closed() {
        ProcessHandle process;
        try (TaskServer server = TaskServer.start(TaskServerOptions.defaults()
                .withSandboxes(SandboxKind.PROCESS, Duration.ofMillis(10))
                .withTaskFaults(TaskFaults.none().withSandboxesDropped(1)))) {
            String id = server.createTasks(1, PROCESSING).get(0);
            process = server.processes(id).get(0);

            assertThat(new TestClient(server).stop(id).status()).isEqualTo(200);

            assertThat(server.processes(id)).containsExactly(process).allMatch(ProcessHandle::isAlive);
            assertThat(server.ledger().of(id).sandboxesLeft()).isEqualTo(1);
        }
        assertThat(process.onExit()).succeedsWithin(TestClient.PATIENCE);
    }

    @Test
    void rates_and_times_that_make_no_sense_are_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TaskFaults.none().withForbidden(1.5))
                .withMessage("forbidden must be between 0 and 1: 1.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TaskFaults.none().withRevived(1, Duration.ofSeconds(-1)))
                .withMessageContaining("PT-1S");
        assertThatIllegalArgumentException().isThrownBy(() -> options.withForbiddenAfter(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> options.withTimesOfTasks(Duration.ZERO, Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> Faults.none().withSurplusStatus(100));
    }
}
