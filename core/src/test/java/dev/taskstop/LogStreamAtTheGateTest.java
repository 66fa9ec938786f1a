package dev.taskstop;

import static dev.taskstop.StubLogs.log;
import static dev.taskstop.StubLogs.open;
import static dev.taskstop.StubLogs.refusal;
import static dev.taskstop.StubLogs.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** What a log stream takes of what all calls share: places at the gate, and the memory and the server by demand. */
class LogStreamAtTheGateTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final List<Disposable> open = new ArrayList<>();

    private TaskClient clientOfOne(StubLogs server) {
        return server.client()
                .concurrency(1)
                .retry(StopRetry.defaults().withMaxAttempts(1))
                .build();
    }

    private void assertThatAStopPasses(TaskClient client) {
        assertThat(client.gateState().inFlight()).isZero();
        assertThat(client.gateState().waiting()).isZero();
        StepVerifier.create(client.stop("t"))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void a_thousand_open_streams_take_no_place_of_the_only_one() {
        StubLogs server = new StubLogs(open(log(0)));
        TaskClient client = clientOfOne(server);
        for (String id : Wire.ids(1_000)) {
            open.add(client.logs(id).subscribe());
        }

        assertThat(server.openedFrom).hasSize(1_000);
        assertThatAStopPasses(client);
        assertThat(client.gateState().peakInFlight()).isEqualTo(1);
        open.forEach(Disposable::dispose);
        assertThat(server.closed).hasValue(1_000);
    }

    @Test
    void a_stream_is_opened_in_its_turn_and_has_a_place_until_the_answer_begins() {
        TestPublisher<StubLogs.Answer> answer = TestPublisher.create();
        StubLogs server = new StubLogs(answer.mono());
        TaskClient client = clientOfOne(server);
        Disposable first = client.logs("t1").subscribe();
        Disposable second = client.logs("t2").subscribe();

        assertThat(server.openedFrom).hasSize(1);
        assertThat(client.gateState().inFlight()).isEqualTo(1);
        assertThat(client.gateState().waiting()).isEqualTo(1);
        answer.next(new StubLogs.Answer(StubTransport.response(200, ""), Flux.never()));
        assertThat(server.openedFrom).hasSize(2);
        assertThat(client.gateState().inFlight()).isEqualTo(1);
        assertThat(client.gateState().waiting()).isZero();

        second.dispose();
        first.dispose();
        assertThat(server.closed).hasValue(2);
        assertThatAStopPasses(client);
    }

    @Test
    void a_stream_that_is_cancelled_before_its_turn_is_never_opened() {
        StubLogs server = new StubLogs(Mono.never());
        TaskClient client = clientOfOne(server);
        Disposable first = client.logs("t1").subscribe();
        Disposable second = client.logs("t2").subscribe();

        second.dispose();
        first.dispose();

        assertThat(server.openedFrom).hasSize(1);
        assertThatAStopPasses(client);
    }

    static List<Mono<StubLogs.Answer>> endings() {
        return List.of(
                stream(),
                stream(StubLogs.complete("completed")),
                stream(log(0) + "event: log\ndata: no\n\n"),
                refusal(404),
                refusal(500),
                Mono.error(new IOException()),
                Mono.error(TaskRequestException.refused("full")),
                stream(Flux.error(new IOException())));
    }

    @ParameterizedTest
    @MethodSource("endings")
    void however_a_stream_ends_it_leaves_its_place_and_drops_no_error(Mono<StubLogs.Answer> ending) {
        TaskClient client = clientOfOne(new StubLogs(ending));

        StepVerifier.create(client.logs("t1").then().onErrorComplete())
                .expectComplete()
                .verifyThenAssertThat(LIMIT)
                .hasNotDroppedErrors()
                .hasNotDroppedElements();
        assertThatAStopPasses(client);
    }

    @Test
    void a_stream_whose_turn_does_not_come_in_time_is_not_opened() {
        StubLogs server = new StubLogs(Mono.never());

        StepVerifier.withVirtualTime(() -> {
                    TaskClient client = clientOfOne(server);
                    open.add(client.logs("t1").subscribe());
                    return client.logs("t2");
                })
                .thenAwait(StopRetry.defaults().deadline())
                .expectErrorSatisfies(failure -> assertThat(failure).hasMessageContaining("turn did not come"))
                .verify(LIMIT);
        assertThat(server.openedFrom).hasSize(1);
        open.forEach(Disposable::dispose);
    }

    @Test
    void two_chunks_at_the_most_are_asked_for_ahead_of_what_is_taken() {
        StubLogs server = new StubLogs(stream(Flux.range(0, 1_000_000).map(i -> log(2L * i) + log(2L * i + 1))));

        StepVerifier.create(server.client().build().logs("t1"), 0)
                .then(() -> assertThat(server.requestedChunks.get()).isLessThanOrEqualTo(2))
                .thenRequest(4)
                .expectNextCount(4)
                .then(() -> assertThat(server.requestedChunks.get()).isBetween(2L, 4L))
                .thenRequest(96)
                .expectNextCount(96)
                .then(() -> assertThat(server.requestedChunks.get()).isBetween(50L, 52L))
                .thenCancel()
                .verify(LIMIT);
    }

    @Test
    void what_came_before_a_break_is_signalled_before_it_however_late_it_is_taken() {
        StubLogs server = new StubLogs(
                stream(Flux.just(log(0) + log(1), log(2)).concatWith(Mono.error(new IOException("reset")))));

        StepVerifier.create(clientOfOne(server).logs("t1"), 1)
                .expectNextCount(1)
                .thenRequest(10)
                .expectNextCount(2)
                .expectError(TaskRequestException.class)
                .verify(LIMIT);
    }

    @Test
    void a_transport_that_cannot_stream_says_so() {
        TaskClient client = TaskClient.builder()
                .apiKey("bb_test")
                .transport(new StubTransport())
                .build();

        StepVerifier.withVirtualTime(() -> client.logs("t1"))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(TaskRequestException.class)
                        .hasMessageContaining("cannot stream")
                        .hasMessageContaining("TaskTransport.stream"))
                .verify(LIMIT);
        assertThat(client.gateState().inFlight()).isZero();
    }

    @Test
    void what_cannot_be_asked_for_is_not_sent() {
        StubLogs server = new StubLogs(open());
        TaskClient client = server.client().build();

        StepVerifier.create(client.logs("a/b"))
                .expectError(TaskRequestException.class)
                .verify(LIMIT);
        assertThatThrownBy(() -> client.logs("t1", -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("fromIndex takes a number from 0 up, not -1");
        assertThat(server.openedFrom).isEmpty();
    }

    @Test
    void closing_the_client_ends_the_streams_that_are_open_and_opens_no_more() {
        StubLogs server = new StubLogs(open(log(0)));
        TaskClient client = clientOfOne(server);
        Flux<TaskLogEvent> assembled = client.logs("t1");

        StepVerifier.create(client.logs("t1"))
                .expectNextCount(1)
                .then(() -> client.closeAsync().subscribe())
                .expectErrorSatisfies(LogStreamAtTheGateTest::assertClosed)
                .verify(LIMIT);
        StepVerifier.create(assembled)
                .expectErrorSatisfies(LogStreamAtTheGateTest::assertClosed)
                .verify(LIMIT);
        StepVerifier.create(client.closeAsync()).expectComplete().verify(LIMIT);
        assertThat(server.openedFrom).hasSize(1);
        assertThat(server.closed).hasValue(1);
    }

    private static void assertClosed(Throwable failure) {
        assertThat(failure).isInstanceOf(TaskRequestException.class).hasMessage("The client is closed");
        assertThat(((TaskRequestException) failure).isOutcomeUnknown()).isFalse();
    }
}
