package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Stopped;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class CloseTest {

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    private final CountDownLatch answers = new CountDownLatch(1);

    @BeforeEach
    void answerWhenTold() {
        Wire.dispatch(server, this::whenTold);
    }

    private MockResponse whenTold(RecordedRequest request) {
        try {
            return answers.await(8, TimeUnit.SECONDS) ? Wire.running(request) : Wire.json(409, "");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private TaskClient clientOfOne() {
        return wire.client(server, settings -> settings.concurrency(1).retry(Wire.ONCE));
    }

    private void assertRefused(TaskException failure) {
        assertThat(failure)
                .isInstanceOf(TaskRequestException.class)
                .hasMessage("The client is closed")
                .hasNoCause();
        assertThat(failure.isOutcomeUnknown()).isFalse();
    }

    @Test
    void a_stop_in_flight_ends_before_the_client_is_closed() throws InterruptedException {
        TaskClient client = clientOfOne();
        Mono<StoppedTask> inFlight = client.stop(ID).cache();
        inFlight.subscribe();
        assertThat(server.takeRequest(5, TimeUnit.SECONDS)).isNotNull();

        Mono<Void> close = client.closeAsync().cache();
        StepVerifier.create(close)
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(200))
                .then(answers::countDown)
                .expectComplete()
                .verify(Wire.LIMIT);

        assertThat(Wire.value(inFlight).taskId()).isEqualTo(ID);
    }

    @Test
    void a_later_stop_is_not_sent_even_when_it_was_assembled_before() {
        TaskClient client = wire.client(server);
        Mono<StoppedTask> assembled = client.stop(ID);
        StepVerifier.create(client.closeAsync()).expectComplete().verify(Wire.LIMIT);

        assertRefused(Wire.failure(assembled));
        assertRefused(Wire.failure(client.stop(ID)));
        assertRefused(Wire.failure(client.status(ID)));
        List<StopResult> results = Wire.values(client.stopAll(Flux.fromIterable(Wire.ids(10))));
        assertThat(results)
                .hasSize(10)
                .allSatisfy(result -> assertThat(result)
                        .isInstanceOfSatisfying(Failed.class, failed -> assertRefused(failed.error())));
        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void a_stop_that_waits_for_its_turn_is_not_sent() throws InterruptedException {
        TaskClient client = clientOfOne();
        Flux<StopResult> results = client.stopAll(
                        Flux.fromIterable(Wire.ids(5)),
                        StopAllOptions.defaults().withConcurrency(5))
                .replay()
                .autoConnect(0);
        assertThat(server.takeRequest(5, TimeUnit.SECONDS)).isNotNull();
        assertThat(client.gateState().waiting()).isEqualTo(4);

        Mono<Void> close = client.closeAsync();
        StepVerifier.create(close)
                .expectSubscription()
                .then(answers::countDown)
                .expectComplete()
                .verify(Wire.LIMIT);

        List<StopResult> ended = Wire.values(results);
        assertThat(ended).hasSize(5);
        assertThat(ended).filteredOn(Stopped.class::isInstance).hasSize(1);
        assertThat(ended)
                .filteredOn(Failed.class::isInstance)
                .hasSize(4)
                .allSatisfy(result -> assertRefused(((Failed) result).error()));
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void a_closed_client_is_not_asked_again_however_often_a_stop_may_be_tried() {
        TaskClient client = new StubTransport()
                .client()
                .retry(StopRetry.defaults().withBackoff(Wire.LIMIT.multipliedBy(2), Wire.LIMIT.multipliedBy(2)))
                .build();
        StepVerifier.create(client.closeAsync()).expectComplete().verify(Wire.LIMIT);

        assertRefused(Wire.failure(client.stop(ID)));
    }

    @Test
    void closing_is_lazy_and_may_be_repeated() {
        answers.countDown();
        TaskClient client = wire.client(server);
        Mono<Void> close = client.closeAsync();
        Wire.value(client.stop(ID));

        StepVerifier.create(Mono.when(close, close, client.closeAsync()))
                .expectComplete()
                .verify(Wire.LIMIT);
        StepVerifier.create(close).expectComplete().verify(Wire.LIMIT);

        assertRefused(Wire.failure(client.stop(ID)));
    }

    @Test
    void whoever_stops_waiting_for_the_close_does_not_undo_it() throws InterruptedException {
        TaskClient client = clientOfOne();
        Mono<StoppedTask> inFlight = client.stop(ID).cache();
        inFlight.subscribe();
        assertThat(server.takeRequest(5, TimeUnit.SECONDS)).isNotNull();

        client.closeAsync().subscribe().dispose();
        answers.countDown();

        assertThat(Wire.value(inFlight).taskId()).isEqualTo(ID);
        assertRefused(Wire.failure(client.stop(ID)));
    }

    @Test
    void closing_one_client_leaves_another_alone() {
        answers.countDown();
        TaskClient closed = wire.client(server);
        TaskClient open = wire.client(server);
        Wire.value(closed.stop(ID));
        Wire.value(open.stop(ID));

        StepVerifier.create(closed.closeAsync()).expectComplete().verify(Wire.LIMIT);

        assertThat(Wire.value(open.stop(ID)).taskId()).isEqualTo(ID);
    }
}
