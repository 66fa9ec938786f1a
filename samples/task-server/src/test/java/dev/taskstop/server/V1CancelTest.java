package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.netty.http.HttpProtocol;

class V1CancelTest {

    private final TestClock clock = new TestClock();
    private final TaskServerOptions options = TaskServerOptions.defaults().withClock(clock);
    private final TaskServer server = TaskServer.start(options);
    private final TestClient client = new TestClient(server);

    static Stream<Arguments> answersAboutEndedRuns() {
        return Arrays.stream(EndedRunAnswer.values())
                .flatMap(answer -> Stream.of(Status.COMPLETED, Status.ERROR, Status.TIMEOUT, Status.STOPPED)
                        .map(status -> Arguments.of(answer, status)));
    }

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({"HTTP11, PROCESSING", "HTTP11, SAVING", "H2C, PROCESSING", "H2C, SAVING"})
    void a_run_in_progress_is_cancelled_with_the_documented_body(HttpProtocol protocol, Status status) {
        String id = create(server, Lifecycle.staysIn(status));

        TestClient.Reply reply = new TestClient(server, server.key(), protocol).cancel(id);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.headers().get("content-type")).isEqualTo("application/json");
        assertThat(reply.body())
                .isEqualTo("{\"success\":true,\"status\":\"cancelled\",\"message\":\"Run " + id + " cancelled\"}");
        assertThat(client.v1Status(id)).isEqualTo("cancelled");
    }

    @ParameterizedTest
    @EnumSource
    void a_pending_run_cannot_be_cancelled_yet(EndedRunAnswer answer) {
        try (TaskServer other = TaskServer.start(options.withEndedRunAnswer(answer))) {
            String id = create(other, Lifecycle.moving().withPendingFor(Duration.ofSeconds(3)));
            TestClient others = new TestClient(other);

            assertThat(others.cancel(id).status()).isEqualTo(400);
            clock.advance(Duration.ofSeconds(3));
            assertThat(others.cancel(id).status()).isEqualTo(200);

            assertThat(other.ledger().of(id)).isEqualTo(new LedgerEntry(id, 2, 2, clock.instant(), Status.STOPPED));
        }
    }

    @ParameterizedTest
    @MethodSource("answersAboutEndedRuns")
    void a_run_that_has_ended_is_left_alone_and_answered_about_as_chosen(EndedRunAnswer answer, Status status) {
        try (TaskServer other = TaskServer.start(options.withEndedRunAnswer(answer))) {
            String id = create(other, Lifecycle.staysIn(status));
            TestClient others = new TestClient(other);

            TestClient.Reply reply = others.cancel(id);

            assertThat(reply.status())
                    .isEqualTo(
                            switch (answer) {
                                case BAD_REQUEST -> 400;
                                case CONFLICT -> 409;
                                case OK -> 200;
                            });
            assertThat(reply.json().path("success").asBoolean(false)).isEqualTo(answer == EndedRunAnswer.OK);
            assertThat(reply.json().path("status").asString(""))
                    .isEqualTo(answer == EndedRunAnswer.OK ? others.v1Status(id) : "");
            assertThat(reply.error()).isEqualTo(answer == EndedRunAnswer.OK ? "" : "Task has already ended");
            assertThat(other.ledger().of(id)).isEqualTo(new LedgerEntry(id, 1, 0, null, status));
        }
    }

    @Test
    void the_answer_about_an_ended_run_is_400_unless_told_otherwise() {
        assertThat(client.cancel(create(server, Lifecycle.staysIn(Status.COMPLETED)))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void what_v1_answers_about_ended_runs_does_not_change_the_cloud_api() {
        try (TaskServer other = TaskServer.start(options.withEndedRunAnswer(EndedRunAnswer.CONFLICT))) {
            assertThat(new TestClient(other)
                            .stop(create(other, Lifecycle.staysIn(Status.COMPLETED)))
                            .status())
                    .isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"action\":\"stop\"}",
                "{}",
                "{\"action\":null}",
                "{\"title\":\" \"}",
                "{\"action\":\"stop\",\"title\":\"t\"}",
                "[]",
                ""
            })
    void another_action_is_refused(String body) {
        String id = create(server, Lifecycle.staysIn(Status.PROCESSING));

        assertThat(patch(id, TestClient.JSON, body).status()).isEqualTo(400);
        assertThat(server.ledger().of(id)).isEqualTo(new LedgerEntry(id, 0, 0, null, Status.PROCESSING));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "text/plain"})
    void a_cancel_request_that_is_not_declared_as_json_is_refused(String contentType) {
        String id = create(server, Lifecycle.staysIn(Status.PROCESSING));

        assertThat(patch(id, contentType, TestClient.CANCEL).status()).isEqualTo(400);
        assertThat(server.ledger().of(id)).isEqualTo(new LedgerEntry(id, 0, 0, null, Status.PROCESSING));
    }

    @Test
    void an_unknown_run_is_not_found() {
        TestClient.Reply reply = client.cancel("a1b2c3d4-e5f6-7890-abcd-ef1234567890");

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.error()).isEqualTo("Task not found");
    }

    @Test
    void what_is_ended_over_one_api_has_ended_in_the_other() {
        List<String> ids = server.createTasks(2, Lifecycle.staysIn(Status.PROCESSING));

        assertThat(client.stop(ids.get(0)).status()).isEqualTo(200);
        assertThat(client.v1Status(ids.get(0))).isEqualTo("cancelled");
        assertThat(client.cancel(ids.get(0)).status()).isEqualTo(400);
        assertThat(client.cancel(ids.get(1)).status()).isEqualTo(200);
        assertThat(client.status(ids.get(1))).isEqualTo("stopped");
        assertThat(client.stop(ids.get(1)).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpProtocol.class,
            names = {"HTTP11", "H2C"})
    void only_one_of_many_simultaneous_requests_of_both_apis_takes_effect(HttpProtocol protocol) {
        String id = create(server, Lifecycle.staysIn(Status.PROCESSING));
        TestClient both = new TestClient(server, server.key(), protocol);

        List<Integer> answers = Flux.range(0, 20)
                .flatMap(i -> i % 2 == 0 ? both.stopping(id) : both.cancelling(id))
                .map(TestClient.Reply::status)
                .collectList()
                .block(TestClient.PATIENCE);

        assertThat(answers).containsOnlyOnce(200).hasSize(20);
        assertThat(server.ledger().of(id).stopRequests()).isEqualTo(20);
        assertThat(server.ledger().totals().patchRequests()).isEqualTo(20);
        assertThat(server.ledger().totals().answers(Route.STOP, 200)).isEqualTo(1);
        assertThat(server.ledger().totals().answers(Route.STOP, 400)).isEqualTo(19);
    }

    @ParameterizedTest
    @CsvSource({
        "ERROR_BEFORE, 500, PROCESSING",
        "ERROR_AFTER, 500, STOPPED",
        "RATE_LIMITED, 429, PROCESSING",
        "HTML_AFTER, 200, STOPPED",
        "OVERSIZED, 200, STOPPED"
    })
    void a_cancel_request_goes_wrong_like_a_stop_request(FaultKind kind, int status, Status effect) {
        Faults faults = Faults.none().with(kind, 1).withOversizedBytes(100_000);
        try (TaskServer faulty = TaskServer.start(options.withFaults(faults))) {
            String id = create(faulty, Lifecycle.staysIn(Status.PROCESSING));

            assertThat(new TestClient(faulty).cancel(id).status()).isEqualTo(status);
            assertThat(faulty.ledger().of(id).status()).isEqualTo(effect);
            assertThat(faulty.ledger().totals().faults()).containsOnlyKeys(kind);
        }
    }

    @Test
    void a_process_sandbox_is_told_to_end_when_its_run_is_cancelled() {
        try (TaskServer other = TaskServer.start(
                TaskServerOptions.defaults().withSandboxes(SandboxKind.PROCESS, Duration.ofMinutes(5)))) {
            String id = create(other, Lifecycle.staysIn(Status.PROCESSING));
            List<ProcessHandle> processes = other.processes(id);
            assertThat(processes).hasSize(1).allMatch(ProcessHandle::isAlive);

            assertThat(new TestClient(other).cancel(id).status()).isEqualTo(200);

            assertThat(processes.get(0).onExit()).succeedsWithin(TestClient.PATIENCE);
        }
    }

    private TestClient.Reply patch(String id, String contentType, String body) {
        return TestClient.await(client.exchange(HttpMethod.PATCH, "/api/v1/tasks/" + id, contentType, body));
    }

    private static String create(TaskServer server, Lifecycle lifecycle) {
        return server.createTasks(TaskServerOptions.DEFAULT_USER, 1, lifecycle, IdForm.UUID)
                .get(0);
    }
}
