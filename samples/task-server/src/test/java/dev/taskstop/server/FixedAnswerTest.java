package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.netty.http.HttpProtocol;
import reactor.test.StepVerifier;
import reactor.util.function.Tuple2;

class FixedAnswerTest {

    private final TaskServer server = TaskServer.start(
            TaskServerOptions.defaults().withClock(new TestClock()).withFixedAnswer(true));

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpProtocol.class,
            names = {"HTTP11", "H2C"})
    void every_id_is_answered_with_the_documented_body_of_that_id(HttpProtocol protocol) {
        TestClient client = new TestClient(server, server.key(), protocol);

        StepVerifier.create(Flux.range(0, 500).flatMapSequential(i -> client.stopping("task-" + i), 16))
                .recordWith(ArrayList::new)
                .expectNextCount(500)
                .consumeRecordedWith(replies -> assertThat(replies)
                        .allMatch(reply -> reply.status() == 200)
                        .extracting(
                                reply -> reply.json().path("task").path("id").asString())
                        .startsWith("task-0", "task-1")
                        .endsWith("task-499"))
                .expectComplete()
                .verify(TestClient.PATIENCE);

        assertThat(client.stop("x").body())
                .isEqualTo("{\"message\":\"Task stopped successfully\",\"task\":{\"id\":\"x\","
                        + "\"userId\":\"user@example.com\",\"status\":\"stopped\",\"error\":\"Task was stopped by user\","
                        + "\"updatedAt\":\"2024-01-15T10:00:00.000Z\",\"completedAt\":\"2024-01-15T10:00:00.000Z\"}}");
        assertThat(server.ledger().totals().answers(Route.STOP, 200)).isEqualTo(501);
        assertThat(server.ledger().tasks()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpProtocol.class,
            names = {"HTTP11", "H2C"})
    void every_run_of_v1_is_answered_with_the_documented_body(HttpProtocol protocol) {
        TestClient client = new TestClient(server, server.key(), protocol);

        StepVerifier.create(Flux.just("a1b2c3d4-e5f6-7890-abcd-ef1234567890", "x", "a%22b%C3%A9?x=1")
                        .concatMap(client::cancelling))
                .recordWith(ArrayList::new)
                .expectNextCount(3)
                .consumeRecordedWith(replies -> assertThat(replies)
                        .allMatch(reply -> reply.status() == 200)
                        .extracting(TestClient.Reply::body)
                        .allMatch(body -> body.startsWith("{\"success\":true,\"status\":\"cancelled\",\"message\":")))
                .expectComplete()
                .verify(TestClient.PATIENCE);

        assertThat(server.ledger().totals().answers(Route.STOP, 200)).isEqualTo(3);
        assertThat(new TestClient(server, "wrong", protocol).cancel("x").status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpProtocol.class,
            names = {"HTTP11", "H2C"})
    void a_large_body_that_nobody_reads_does_not_disturb_the_next_request(HttpProtocol protocol) {
        TestClient client = new TestClient(server, server.key(), protocol);

        StepVerifier.create(client.exchange(HttpMethod.PATCH, "/api/tasks/x", TestClient.JSON, " ".repeat(300_000))
                        .repeat(2)
                        .map(TestClient.Reply::status))
                .expectNext(200, 200, 200)
                .expectComplete()
                .verify(TestClient.PATIENCE);
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpProtocol.class,
            names = {"HTTP11", "H2C"})
    void an_id_that_needs_escaping_is_escaped(HttpProtocol protocol) {
        TestClient client = new TestClient(server, server.key(), protocol);

        assertThat(client.stop("a%22b%C3%A9?x=1").json().path("task").path("id").asString())
                .isEqualTo("a\"bé");
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpProtocol.class,
            names = {"HTTP11", "H2C"})
    void an_answer_is_as_late_as_the_latency_says(HttpProtocol protocol) {
        TaskServerOptions slow =
                TaskServerOptions.defaults().withFixedAnswer(true).withLatency(Duration.ofMillis(200));
        try (TaskServer late = TaskServer.start(slow)) {
            TestClient client = new TestClient(late, late.key(), protocol);

            StepVerifier.create(Flux.range(0, 4)
                            .flatMap(i -> client.stopping("task-" + i).elapsed(), 4)
                            .map(Tuple2::getT1))
                    .recordWith(ArrayList::new)
                    .expectNextCount(4)
                    .consumeRecordedWith(millis -> assertThat(millis).allMatch(it -> it >= 200))
                    .expectComplete()
                    .verify(TestClient.PATIENCE);

            assertThat(late.ledger().totals().peakInProgress()).isEqualTo(4);
            assertThat(late.ledger().inProgress()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpProtocol.class,
            names = {"HTTP11", "H2C"})
    void a_wrong_key_is_refused(HttpProtocol protocol) {
        assertThat(new TestClient(server, "wrong", protocol).stop("x").status()).isEqualTo(401);
    }
}
