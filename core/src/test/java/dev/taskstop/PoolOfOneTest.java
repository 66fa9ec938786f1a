package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static dev.taskstop.Wire.answer;
import static dev.taskstop.Wire.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Whatever becomes of an exchange, the client's only connection is there for the next one. */
class PoolOfOneTest {

    private static final Duration TIMEOUT = Duration.ofMillis(200);
    private static final int ROUNDS = 2;

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    static Stream<Arguments> endings() {
        SocketEffect cut = new SocketEffect.CloseSocket();
        return Stream.of(
                argumentSet("a value", json(200, Wire.stopped(ID))),
                argumentSet("an empty body", json(200, "")),
                argumentSet("no body", new MockResponse.Builder().code(204).build()),
                argumentSet("a body that is no JSON", json(200, "<html/>")),
                argumentSet("a refusal", json(404, "{\"error\":\"Task not found\"}")),
                argumentSet("a refusal without a body", json(409, "")),
                argumentSet("a server error", json(500, "{}")),
                argumentSet(
                        "a redirect", answer(302, "").addHeader("Location", "/").build()),
                argumentSet("an oversized body", json(200, Wire.stopped(ID) + " ".repeat(400_000))),
                argumentSet("an oversized refusal", json(404, " ".repeat(400_000))),
                argumentSet(
                        "an oversized body in chunks",
                        answer(200, "").chunkedBody(" ".repeat(400_000), 10_000).build()),
                argumentSet(
                        "a body that is cut",
                        answer(200, Wire.stopped(ID)).onResponseBody(cut).build()),
                argumentSet(
                        "no answer, and the connection closed",
                        answer(200, "").onResponseStart(cut).build()),
                argumentSet(
                        "the connection closed under the request",
                        answer(200, "").onRequestBody(cut).build()),
                argumentSet(
                        "the connection closed after the answer",
                        answer(200, Wire.stopped(ID)).onResponseEnd(cut).build()),
                argumentSet(
                        "a time-out before the answer",
                        answer(200, "")
                                .onResponseStart(SocketEffect.Stall.INSTANCE)
                                .build()),
                argumentSet(
                        "a time-out in the body",
                        answer(200, Wire.stopped(ID))
                                .onResponseBody(SocketEffect.Stall.INSTANCE)
                                .build()));
    }

    @ParameterizedTest
    @MethodSource("endings")
    void the_only_connection_is_free_again_after(MockResponse ending) {
        TaskClient client = clientOfOne();
        for (int round = 0; round < ROUNDS; round++) {
            Wire.dispatch(server, ending, "processing");
            Wire.result(client, ID);

            assertThatTheNextStopSucceeds(client);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_only_connection_is_free_again_after_a_cancel(boolean answerHasBegun) throws InterruptedException {
        TaskClient client = wire.client(server, settings -> settings.concurrency(1));
        SocketEffect stall = SocketEffect.Stall.INSTANCE;
        MockResponse.Builder slow = answer(200, Wire.stopped(ID));
        Wire.dispatch(
                server,
                (answerHasBegun ? slow.onResponseBody(stall) : slow.onResponseStart(stall)).build(),
                "processing");

        for (int round = 0; round < ROUNDS; round++) {
            StepVerifier.create(client.stop(ID))
                    .then(() -> awaitRequest())
                    .thenCancel()
                    .verify(Wire.LIMIT);
        }
        assertThatTheNextStopSucceeds(client);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void the_only_connection_is_free_again_after_a_bulk_stop_that_is_cancelled_in_the_middle(int results) {
        TaskClient client = clientOfOne();
        Wire.dispatch(server, Wire::running);

        StepVerifier.create(client.stopAll(Flux.fromIterable(Wire.ids(1_000))).take(results))
                .expectNextCount(results)
                .expectComplete()
                .verify(Wire.LIMIT);

        assertThatTheNextStopSucceeds(client);
        assertThat(server.getRequestCount()).isLessThan(20);
    }

    /** A request may still get onto a connection that is just being closed, so it is given more than one attempt. */
    private TaskClient clientOfOne() {
        return wire.client(
                server,
                settings -> settings.concurrency(1).requestTimeout(TIMEOUT).retry(Wire.QUICK.withMaxAttempts(3)));
    }

    private void assertThatTheNextStopSucceeds(TaskClient client) {
        Wire.dispatch(server, Wire::running);
        StepVerifier.create(client.stop("next"))
                .expectNextCount(1)
                .expectComplete()
                .verify(Duration.ofSeconds(5));
    }

    private void awaitRequest() {
        try {
            assertThat(server.takeRequest(5, TimeUnit.SECONDS)).isNotNull();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
