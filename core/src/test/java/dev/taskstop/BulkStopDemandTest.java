package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.silence;
import static dev.taskstop.StubTransport.status;
import static dev.taskstop.StubTransport.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** How a bulk stop asks for ids and lets go of them. */
class BulkStopDemandTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final StubTransport server = new StubTransport();
    private final AtomicLong requested = new AtomicLong();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong mostOutstanding = new AtomicLong();

    /** An endless source that keeps account of the demand that it has not met. */
    private Flux<String> endless() {
        return Flux.<String>generate(sink -> sink.next("t" + delivered.getAndIncrement()))
                .doOnRequest(
                        n -> mostOutstanding.accumulateAndGet(requested.addAndGet(n) - delivered.get(), Math::max));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void upstream_demand_never_exceeds_the_concurrency(boolean ordered) {
        server.onStop(stopped().after(Duration.ofMillis(10)));
        StopAllOptions options = StopAllOptions.defaults().withConcurrency(8).withOrdered(ordered);

        StepVerifier.withVirtualTime(() ->
                        server.client().build().stopAll(endless(), options).take(1000))
                .thenAwait(Duration.ofMinutes(1))
                .expectNextCount(1000)
                .expectComplete()
                .verify(LIMIT);

        assertThat(mostOutstanding).hasValue(8);
        assertThat(server.peak.get()).isEqualTo(8);
        assertThat(requested.get()).isLessThanOrEqualTo(1008);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void no_id_is_taken_beyond_the_concurrency_while_no_result_is_taken(boolean ordered) {
        StopAllOptions options = StopAllOptions.defaults().withConcurrency(4).withOrdered(ordered);

        StepVerifier.create(server.client().build().stopAll(endless(), options), 0)
                .expectSubscription()
                .then(() -> assertThat(requested).hasValue(4))
                .thenRequest(1)
                .expectNextCount(1)
                .then(() -> assertThat(requested).hasValueLessThanOrEqualTo(5))
                .thenRequest(10)
                .expectNextCount(10)
                .then(() -> assertThat(requested).hasValueLessThanOrEqualTo(15))
                .thenCancel()
                .verify(LIMIT);
    }

    /** In the order of the ids, a result that waits for one before it keeps its place. */
    @ParameterizedTest
    @CsvSource({"false,100", "true,8"})
    void an_id_that_has_to_wait_is_set_aside_and_another_is_taken_in_its_place(boolean ordered, int meanwhile) {
        StopAllOptions options = StopAllOptions.defaults().withConcurrency(4).withOrdered(ordered);
        for (String sick : List.of("t0", "t1", "t2", "t3")) {
            server.onStop(sick, answer(500), stopped());
        }
        List<String> results = new ArrayList<>();

        StepVerifier.withVirtualTime(() -> server.client()
                        .concurrency(4)
                        .build()
                        .stopAll(endless().take(100), options)
                        .doOnNext(result -> results.add(result.taskId())))
                .expectSubscription()
                .then(() -> assertThat(server.requests).hasSize(meanwhile))
                .thenAwait(Duration.ofMinutes(1))
                .expectNextCount(100)
                .expectComplete()
                .verify(LIMIT);

        assertThat(mostOutstanding).hasValue(4);
        assertThat(results).startsWith(ordered ? "t0" : "t4").doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({"4,24,false", "4,24,true", "64,504,false", "1,0,false", "1,0,true"})
    void no_more_are_set_aside_than_eight_for_each_other_that_may_be_stopped_at_once(
            int concurrency, int aside, boolean ordered) {
        server.onStop(answer(429, "", "Retry-After", "3"));
        StopAllOptions options =
                StopAllOptions.defaults().withConcurrency(concurrency).withOrdered(ordered);

        StepVerifier.withVirtualTime(() -> server.client()
                        .concurrency(concurrency)
                        .retry(StopRetry.defaults().withDeadline(Duration.ofSeconds(10)))
                        .build()
                        .stopAll(endless().take(1_000), options))
                .thenAwait(Duration.ofSeconds(9))
                .then(() -> assertThat(delivered).hasValueLessThanOrEqualTo(concurrency + aside))
                .thenAwait(Duration.ofHours(4))
                .expectNextCount(1_000)
                .expectComplete()
                .verify(LIMIT);

        assertThat(mostOutstanding).hasValue(concurrency);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void no_id_is_taken_beyond_what_may_be_set_aside_while_no_result_is_taken(boolean ordered) {
        server.onStop(answer(500), stopped());
        StopAllOptions options = StopAllOptions.defaults().withConcurrency(4).withOrdered(ordered);

        StepVerifier.withVirtualTime(
                        () -> server.client().concurrency(4).build().stopAll(endless(), options), 0)
                .thenAwait(Duration.ofHours(1))
                .then(() -> assertThat(delivered).hasValueLessThanOrEqualTo(4 + 24))
                .thenRequest(100)
                .thenAwait(Duration.ofHours(1))
                .expectNextCount(100)
                .then(() -> assertThat(delivered).hasValueLessThanOrEqualTo(100 + 4 + 24))
                .thenCancel()
                .verify(LIMIT);
    }

    /** What is set aside would be in flight again beside the others. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void no_more_are_in_flight_than_may_be_stopped_at_once_though_the_client_may_have_more(boolean ordered) {
        server.onStop(answer(500).after(Duration.ofSeconds(1)), stopped().after(Duration.ofSeconds(1)));
        StopAllOptions options = StopAllOptions.defaults().withConcurrency(4).withOrdered(ordered);

        StepVerifier.withVirtualTime(() -> server.client()
                        .concurrency(64)
                        .build()
                        .stopAll(endless().take(200), options))
                .thenAwait(Duration.ofHours(1))
                .expectNextCount(200)
                .expectComplete()
                .verify(LIMIT);

        assertThat(server.peak).hasValue(4);
    }

    @Test
    void what_is_skipped_is_taken_from_the_source_however_much_it_is() {
        StopAllOptions options = StopAllOptions.defaults().withConcurrency(2).withDistinct(true);

        StepVerifier.create(
                        server.client().build().stopAll(Flux.range(0, 10_000).map(i -> "t0"), options))
                .expectNextCount(10_000)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void the_default_concurrency_is_the_clients() {
        server.onStop(silence());

        StepVerifier.create(server.client().concurrency(5).build().stopAll(endless()))
                .expectSubscription()
                .then(() -> assertThat(requested).hasValue(5))
                .thenCancel()
                .verify(LIMIT);
    }

    @Test
    void the_client_bounds_what_is_in_flight_over_all_its_calls() {
        server.onStop(stopped().after(Duration.ofMillis(10)));

        StepVerifier.withVirtualTime(() -> {
                    TaskClient client = server.client().concurrency(3).build();
                    StopAllOptions wide = StopAllOptions.defaults().withConcurrency(20);
                    return Flux.merge(
                            client.stopAll(Flux.range(0, 50).map(i -> "a" + i), wide),
                            client.stopAll(Flux.range(0, 50).map(i -> "b" + i), wide));
                })
                .thenAwait(Duration.ofMinutes(1))
                .expectNextCount(100)
                .expectComplete()
                .verify(LIMIT);

        assertThat(server.peak.get()).isEqualTo(3);
    }

    @Test
    void cancelling_cancels_the_source_and_what_is_in_flight_and_sends_nothing_more() {
        server.onStop(silence());
        TestPublisher<String> source = TestPublisher.create();

        StepVerifier.create(server.client()
                        .concurrency(2)
                        .build()
                        .stopAll(source, StopAllOptions.defaults().withConcurrency(4)))
                .then(() -> source.next("t0", "t1", "t2", "t3"))
                .then(() -> assertThat(server.requests).containsExactly("PATCH t0", "PATCH t1"))
                .thenCancel()
                .verify(LIMIT);

        source.assertCancelled();
        assertThat(server.cancelled).hasValue(2);
        assertThat(server.requests).hasSize(2);
    }

    @Test
    void after_a_cancel_the_client_has_all_its_room_again() {
        server.onStop(silence());
        TaskClient client = server.client().concurrency(2).build();

        StepVerifier.create(client.stopAll(endless()))
                .expectSubscription()
                .then(() -> assertThat(client.gateState().inFlight()).isEqualTo(2))
                .thenCancel()
                .verify(LIMIT);

        assertThat(client.gateState().inFlight()).isZero();
        assertThat(client.gateState().waiting()).isZero();
    }

    @Test
    void nothing_is_asked_of_the_source_before_the_subscription() {
        TestPublisher<String> source = TestPublisher.create();

        Flux<StopResult> bulk = server.client().build().stopAll(source);

        source.assertWasNotSubscribed();
        StepVerifier.create(bulk).then(source::complete).expectComplete().verify(LIMIT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_was_taken_in_place_of_ids_that_waited_is_taken_no_more_when_they_have_been_stopped(boolean ordered) {
        List<String> sick = IntStream.range(0, 20).mapToObj(i -> "sick" + i).toList();
        sick.forEach(id -> server.onStop(id, answer(500), stopped()));
        server.onStop(silence());
        StopAllOptions options = StopAllOptions.defaults().withConcurrency(4).withOrdered(ordered);

        StepVerifier.withVirtualTime(() -> server.client()
                        .concurrency(4)
                        .build()
                        .stopAll(
                                Flux.fromIterable(sick)
                                        .concatWith(Mono.delay(Duration.ofMinutes(1))
                                                .thenMany(endless())),
                                options))
                .expectSubscription()
                .thenAwait(Duration.ofSeconds(30))
                .expectNextCount(20)
                .thenAwait(Duration.ofMinutes(1))
                .then(() -> assertThat(delivered).hasValue(4))
                .thenCancel()
                .verify(LIMIT);
    }

    @Test
    void while_the_question_about_a_refused_task_waits_for_its_turn_others_are_stopped() {
        server.onStop("t0", answer(400)).onStop("t1", answer(400)).onStatus(status("completed"));
        StopAllOptions options = StopAllOptions.defaults().withConcurrency(2);

        StepVerifier.withVirtualTime(() -> server.client()
                        .concurrency(2)
                        .requestsPerMinute(60)
                        .build()
                        .stopAll(endless().take(10), options))
                .thenAwait(Duration.ofMinutes(1))
                .expectNextCount(10)
                .expectComplete()
                .verify(LIMIT);

        assertThat(server.requests).hasSize(12).endsWith("GET t0", "GET t1");
    }
}
