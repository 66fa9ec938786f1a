package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.lost;
import static dev.taskstop.StubTransport.silence;
import static dev.taskstop.StubTransport.status;
import static dev.taskstop.StubTransport.stopped;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** What a bulk stop promises about its results: one for each id, whatever happens; in virtual time. */
class BulkStopTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration FIVE_SECONDS = Duration.ofSeconds(5);
    private static final StopAllOptions FOUR_AT_ONCE = StopAllOptions.defaults().withConcurrency(4);

    private final StubTransport server = new StubTransport();

    private Flux<String> ids(int count) {
        return Flux.range(0, count).map(i -> "t" + i);
    }

    private List<StopResult> results(Flux<String> ids, StopAllOptions options) {
        List<StopResult> results = new ArrayList<>();
        StepVerifier.withVirtualTime(() -> server.client().build().stopAll(ids, options))
                .thenAwait(Duration.ofHours(1))
                .recordWith(() -> results)
                .thenConsumeWhile(result -> true)
                .expectComplete()
                .verify(LIMIT);
        return results;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 63, 64, 65, 1000})
    void each_id_has_one_result(int count) {
        assertThat(results(ids(count), StopAllOptions.defaults()))
                .hasSize(count)
                .allMatch(Stopped.class::isInstance)
                .extracting(StopResult::taskId)
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void each_id_has_one_result_whatever_the_server_answers(long seed) {
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<StubTransport.Reply> replies = List.of(
                stopped(),
                answer(400),
                answer(404),
                answer(429, "", "Retry-After", "1"),
                answer(500),
                answer(503),
                lost(),
                answer(200, "{"),
                answer(302),
                answer(409));
        IntStream.range(0, 500)
                .forEach(i -> server.onStop(
                        "t" + i,
                        random.ints(5, 0, replies.size())
                                .mapToObj(n -> replies.get(n).after(Duration.ofMillis(random.nextInt(100))))
                                .toArray(StubTransport.Reply[]::new)));
        server.onStatus(status("stopped"), status("pending"), lost(), status("completed"));

        assertThat(results(ids(500), StopAllOptions.defaults()))
                .extracting(StopResult::taskId)
                .containsExactlyInAnyOrderElementsOf(ids(500).toIterable());
    }

    @Test
    void results_come_as_the_stops_end() {
        server.onStop("t0", stopped().after(Duration.ofSeconds(3)));
        server.onStop("t1", stopped().after(Duration.ofSeconds(1)));
        server.onStop("t2", stopped().after(Duration.ofSeconds(2)));

        assertThat(results(ids(3), FOUR_AT_ONCE)).extracting(StopResult::taskId).containsExactly("t1", "t2", "t0");
    }

    @Test
    void results_come_in_the_order_of_the_ids_when_asked_for() {
        server.onStop("t0", stopped().after(Duration.ofSeconds(3)));
        server.onStop("t1", stopped().after(Duration.ofSeconds(1)));
        server.onStop("t2", answer(404).after(Duration.ofSeconds(2)));

        assertThat(results(ids(9), FOUR_AT_ONCE.withOrdered(true)))
                .extracting(StopResult::taskId)
                .containsExactlyElementsOf(ids(9).toIterable());
    }

    @Test
    void a_repeated_id_is_stopped_again_unless_it_is_to_be_distinct() {
        server.onStop("t0", stopped(), answer(400)).onStatus(status("stopped"));

        assertThat(results(Flux.just("t0", "t0"), StopAllOptions.defaults().withConcurrency(1)))
                .hasExactlyElementsOfTypes(Stopped.class, AlreadyEnded.class);
    }

    @Test
    void a_repeated_id_is_skipped_when_it_is_to_be_distinct() {
        assertThat(results(Flux.just("t0", "t1", "t0", "t0"), FOUR_AT_ONCE.withDistinct(true)))
                .filteredOn(Skipped.class::isInstance)
                .containsExactly(
                        new Skipped("t0", Skipped.Reason.DUPLICATE), new Skipped("t0", Skipped.Reason.DUPLICATE));
        assertThat(server.requests).containsExactly("PATCH t0", "PATCH t1");
    }

    @Test
    void what_is_distinct_is_remembered_for_one_subscription_only() {
        Flux<StopResult> bulk = server.client().build().stopAll(ids(2), FOUR_AT_ONCE.withDistinct(true));

        StepVerifier.create(bulk.concatWith(bulk))
                .thenConsumeWhile(Stopped.class::isInstance)
                .expectComplete()
                .verify(LIMIT);
        assertThat(server.requests).hasSize(4);
    }

    @Test
    void a_bad_id_is_a_failure_and_the_others_go_on() {
        assertThat(results(Flux.just("t0", "", "a/b", "..", "t\n1", "tä", "t2"), FOUR_AT_ONCE))
                .filteredOn(Failed.class::isInstance)
                .extracting(StopResult::taskId)
                .containsExactly("", "a/b", "..", "t\n1", "tä");
        assertThat(server.requests).containsExactly("PATCH t0", "PATCH t2");
    }

    @Test
    void a_null_in_the_source_is_an_error_after_the_results_before_it() {
        TestPublisher<String> source = TestPublisher.createNoncompliant(
                TestPublisher.Violation.ALLOW_NULL, TestPublisher.Violation.REQUEST_OVERFLOW);

        StepVerifier.create(server.client().build().stopAll(source))
                .then(() -> source.next("t0"))
                .expectNextMatches(Stopped.class::isInstance)
                .then(() -> source.next((String) null))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(NullPointerException.class)
                        .hasMessageContaining("null"))
                .verify(LIMIT);
    }

    @Test
    void an_error_of_the_source_comes_after_the_results_of_the_ids_before_it() {
        server.onStop(stopped().after(Duration.ofSeconds(5)));
        Flux<String> breaking = ids(3).concatWith(Mono.error(new IllegalStateException("the source broke")));

        StepVerifier.withVirtualTime(() -> server.client().build().stopAll(breaking))
                .expectSubscription()
                .thenAwait(Duration.ofSeconds(5))
                .expectNextCount(3)
                .expectErrorMessage("the source broke")
                .verify(LIMIT);
    }

    @Test
    void a_refused_key_ends_the_batch_and_the_rest_is_skipped() {
        server.onStop(answer(401).after(Duration.ofSeconds(1)));

        List<StopResult> results = results(ids(1000), FOUR_AT_ONCE);

        assertThat(results).hasSize(1000);
        assertThat(results).filteredOn(Failed.class::isInstance).hasSize(4);
        assertThat(results)
                .filteredOn(Skipped.class::isInstance)
                .hasSize(996)
                .allMatch(skipped -> ((Skipped) skipped).reason() == Skipped.Reason.ABORTED);
        assertThat(server.requests).hasSize(4);
    }

    @Test
    void a_refused_key_lets_nothing_through_that_waits_at_the_gate() {
        server.onStop(answer(401).after(Duration.ofSeconds(1)));
        StopAllOptions wider = StopAllOptions.defaults().withConcurrency(64);

        List<StopResult> results = new ArrayList<>();
        StepVerifier.withVirtualTime(
                        () -> server.client().concurrency(4).build().stopAll(ids(1000), wider))
                .expectSubscription()
                .thenAwait(Duration.ofSeconds(2))
                .recordWith(() -> results)
                .thenConsumeWhile(result -> true)
                .expectComplete()
                .verify(LIMIT);
        assertThat(results).hasSize(1000);
        assertThat(results).filteredOn(Failed.class::isInstance).hasSize(4);
        assertThat(results)
                .filteredOn(result -> result instanceof Skipped skipped && skipped.reason() == Skipped.Reason.ABORTED)
                .hasSize(996);
        assertThat(server.requests).hasSize(4);
    }

    @Test
    void what_waits_for_its_turn_at_a_rate_is_skipped_as_soon_as_the_batch_is_aborted() {
        server.onStop(answer(401).after(Duration.ofMillis(500)));

        StepVerifier.withVirtualTime(() -> server.client()
                        .requestsPerMinute(60)
                        .build()
                        .stopAll(Flux.range(0, 100).map(i -> "t" + i)))
                .thenAwait(Duration.ofSeconds(1))
                .expectNextCount(100)
                .expectComplete()
                .verify(LIMIT);

        assertThat(server.requests).hasSize(1);
    }

    @Test
    void what_waits_for_its_next_attempt_sends_nothing_after_an_abort() {
        server.onStop("t0", answer(500)).onStop("t1", answer(401).after(Duration.ofMillis(50)));

        assertThat(results(ids(2), FOUR_AT_ONCE)).allMatch(Failed.class::isInstance);
        assertThat(server.requests).containsExactlyInAnyOrder("PATCH t0", "PATCH t1");
    }

    @Test
    void what_fails_after_an_abort_is_neither_waited_for_nor_asked_about() {
        server.onStop("t0", lost().after(Duration.ofMillis(100)))
                .onStop("t1", answer(401).after(Duration.ofMillis(50)));
        StopRetry slow =
                StopRetry.defaults().withBackoff(FIVE_SECONDS, FIVE_SECONDS).withJitter(0);

        StepVerifier.withVirtualTime(() -> server.client().retry(slow).build().stopAll(ids(2), FOUR_AT_ONCE))
                .thenAwait(Duration.ofMillis(100))
                .expectNextMatches(result -> result.taskId().equals("t1"))
                .expectNextMatches(result ->
                        result instanceof Failed failed && failed.error().isOutcomeUnknown())
                .expectComplete()
                .verify(LIMIT);
        assertThat(server.requests).containsExactly("PATCH t0", "PATCH t1");
    }

    @Test
    void the_first_reason_to_end_a_batch_is_the_one_that_is_told() {
        server.onStop("t0", answer(401));

        StepVerifier.withVirtualTime(() -> server.client()
                        .build()
                        .stopAll(
                                Flux.defer(() -> Flux.just("t0")
                                        .concatWith(Mono.delay(Duration.ofSeconds(10))
                                                .thenReturn("t1"))),
                                FOUR_AT_ONCE.withDeadline(Duration.ofSeconds(5))))
                .thenAwait(Duration.ofSeconds(10))
                .expectNextMatches(Failed.class::isInstance)
                .expectNext(new Skipped("t1", Skipped.Reason.ABORTED))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void one_refused_task_does_not_end_the_batch() {
        server.onStop("t0", answer(404)).onStop("t1", answer(409)).onStop("t2", answer(301));

        assertThat(results(ids(100), FOUR_AT_ONCE)).hasSize(100).noneMatch(Skipped.class::isInstance);
    }

    @Test
    void what_ends_the_batch_can_be_chosen() {
        server.onStop("t0", answer(409)).onStop("t1", answer(401));
        StopAllOptions options = StopAllOptions.defaults()
                .withConcurrency(1)
                .withAbortWhen(error -> error instanceof TaskResponseException answer && answer.status() == 409);

        assertThat(results(ids(5), options))
                .hasExactlyElementsOfTypes(Failed.class, Skipped.class, Skipped.class, Skipped.class, Skipped.class);
    }

    @Test
    void at_the_deadline_what_hangs_is_unknown_and_what_was_not_sent_is_skipped() {
        server.onStop(stopped().after(Duration.ofSeconds(1)));
        server.onStop("t1", silence());

        List<StopResult> results = new ArrayList<>();
        StepVerifier.withVirtualTime(() -> server.client()
                        .build()
                        .stopAll(
                                ids(8),
                                StopAllOptions.defaults().withConcurrency(2).withDeadline(Duration.ofMillis(3500))))
                .thenAwait(Duration.ofMillis(3500))
                .recordWith(() -> results)
                .thenConsumeWhile(result -> true)
                .expectComplete()
                .verify(LIMIT);

        assertThat(results).extracting(StopResult::taskId).hasSize(8).doesNotHaveDuplicates();
        assertThat(results).filteredOn(Stopped.class::isInstance).hasSize(3);
        assertThat(results)
                .filteredOn(Failed.class::isInstance)
                .hasSize(2)
                .allMatch(failed -> ((Failed) failed).error().isOutcomeUnknown());
        assertThat(results)
                .filteredOn(Skipped.class::isInstance)
                .hasSize(3)
                .allMatch(skipped -> ((Skipped) skipped).reason() == Skipped.Reason.DEADLINE);
        assertThat(server.requests).hasSize(5);
    }

    @Test
    void at_the_deadline_what_was_refused_so_far_keeps_its_last_refusal() {
        server.onStop(answer(400)).onStatus(status("pending"));

        assertThat(results(ids(1), FOUR_AT_ONCE.withDeadline(Duration.ofSeconds(3))))
                .singleElement()
                .isInstanceOfSatisfying(Failed.class, failed -> {
                    assertThat(failed.error().isOutcomeUnknown()).isFalse();
                    assertThat(((TaskResponseException) failed.error()).state()).isEqualTo(TaskState.of("pending"));
                });
    }

    @Test
    void at_the_deadline_a_stop_whose_answer_was_lost_is_unknown_though_nothing_is_in_flight() {
        server.onStop(lost());
        StopRetry slow =
                StopRetry.defaults().withBackoff(FIVE_SECONDS, FIVE_SECONDS).withJitter(0);

        StepVerifier.withVirtualTime(() -> server.client()
                        .retry(slow)
                        .build()
                        .stopAll(ids(1), FOUR_AT_ONCE.withDeadline(Duration.ofSeconds(3))))
                .thenAwait(Duration.ofSeconds(3))
                .assertNext(result -> assertThat(result)
                        .isInstanceOfSatisfying(
                                Failed.class,
                                failed -> assertThat(failed.error())
                                        .matches(TaskException::isOutcomeUnknown)
                                        .hasCauseInstanceOf(TaskRequestException.class)))
                .expectComplete()
                .verify(LIMIT);
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void a_server_that_fails_always_is_not_asked_much_more_often_than_there_are_ids() {
        server.onStop(answer(500));

        assertThat(results(ids(2000), FOUR_AT_ONCE)).hasSize(2000).allMatch(Failed.class::isInstance);
        assertThat(server.requests).hasSize(2000 + 100);
    }

    @Test
    void not_found_is_a_result() {
        server.onStop(answer(404));

        assertThat(results(ids(1), FOUR_AT_ONCE)).containsExactly(new NotFound("t0"));
    }

    @Test
    void a_downstream_on_error_continue_does_not_reach_into_a_bulk_stop() {
        Flux<String> breaking = ids(2).concatWith(Mono.error(new IllegalStateException("the source broke")));

        StepVerifier.create(server.client().build().stopAll(breaking).onErrorContinue((error, value) -> {}))
                .expectNextCount(2)
                .expectErrorMessage("the source broke")
                .verify(LIMIT);
    }

    @Test
    void a_concurrency_of_zero_is_refused_at_once() {
        assertThatThrownBy(() -> StopAllOptions.defaults().withConcurrency(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("concurrency takes a number from 1 up, not 0");
    }

    @Test
    void a_dry_run_tells_each_task_apart_and_sends_no_stop() {
        server.onStatus(status("processing"));

        assertThat(results(Flux.just("t0", "a/b"), FOUR_AT_ONCE.withDryRun(true)))
                .hasExactlyElementsOfTypes(Skipped.class, Failed.class);
        server.onStatus(status("completed"));
        assertThat(results(Flux.just("t0"), FOUR_AT_ONCE.withDryRun(true)))
                .containsExactly(new AlreadyEnded("t0", TaskState.of("completed")));
        server.onStatus(answer(404));
        assertThat(results(Flux.just("t0"), FOUR_AT_ONCE.withDryRun(true))).containsExactly(new NotFound("t0"));
        assertThat(server.stopRequests()).isZero();
    }

    @Test
    void a_dry_run_ends_in_time_and_asks_as_often_as_a_stop_is_tried() {
        server.onStatus(silence());
        assertThat(results(Flux.just("t0"), FOUR_AT_ONCE.withDryRun(true).withDeadline(Duration.ofSeconds(5))))
                .containsExactly(new Skipped("t0", Skipped.Reason.DEADLINE));

        server.requests.clear();
        server.onStatus(answer(500));
        assertThat(results(Flux.just("t1"), FOUR_AT_ONCE.withDryRun(true))).hasExactlyElementsOfTypes(Failed.class);
        assertThat(server.requests).hasSize(6).containsOnly("GET t1");
    }

    @Test
    void no_attempt_of_a_dry_run_begins_after_the_time_for_a_stop() {
        server.onStatus(answer(500).after(Duration.ofSeconds(2)));

        StepVerifier.withVirtualTime(() -> server.client()
                        .retry(StopRetry.defaults().withJitter(0).withDeadline(Duration.ofSeconds(5)))
                        .build()
                        .stopAll(Flux.just("t1"), StopAllOptions.defaults().withDryRun(true)))
                .thenAwait(Duration.ofSeconds(7))
                .expectNextMatches(Failed.class::isInstance)
                .expectComplete()
                .verify(Duration.ofSeconds(10));
        assertThat(server.requests).hasSizeBetween(2, 3).containsOnly("GET t1");
    }

    @Test
    void a_dry_run_ends_when_the_key_is_refused() {
        server.onStatus(answer(401).after(Duration.ofSeconds(1)));

        assertThat(results(ids(100), FOUR_AT_ONCE.withDryRun(true)))
                .filteredOn(Failed.class::isInstance)
                .hasSize(4);
        assertThat(server.requests).hasSize(4);
    }

    @Test
    void a_stop_that_is_to_be_confirmed_waits_for_the_status_to_say_so() {
        server.onStatus(status("saving"), lost(), status("stopped"));

        assertThat(results(ids(1), FOUR_AT_ONCE.withConfirm(true))).hasExactlyElementsOfTypes(Stopped.class);
        assertThat(server.requests).containsExactly("PATCH t0", "GET t0", "GET t0", "GET t0");
    }

    @Test
    void a_stop_that_is_not_confirmed_in_time_is_a_failure_with_an_unknown_outcome() {
        server.onStatus(status("saving"));

        assertThat(results(ids(1), FOUR_AT_ONCE.withConfirm(true)))
                .singleElement()
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.error().isOutcomeUnknown()).isTrue());
        assertThat(results(ids(1), FOUR_AT_ONCE.withConfirm(true).withDeadline(Duration.ofSeconds(5))))
                .singleElement()
                .isInstanceOf(Failed.class);
    }

    @Test
    void a_key_that_is_refused_when_a_stop_is_confirmed_ends_the_batch() {
        server.onStatus(answer(401));

        List<StopResult> results =
                results(ids(100), FOUR_AT_ONCE.withConcurrency(1).withConfirm(true));

        assertThat(results).first().isInstanceOf(Failed.class);
        assertThat(results.subList(1, 100)).hasOnlyElementsOfType(Skipped.class);
        assertThat(server.requests).containsExactly("PATCH t0", "GET t0");
    }

    @Test
    void only_a_stop_that_worked_is_confirmed_and_one_whose_status_is_refused_is_unknown() {
        server.onStop("t0", answer(404)).onStatus(answer(403));

        List<StopResult> results = results(ids(2), FOUR_AT_ONCE.withConfirm(true));

        assertThat(results).first().isEqualTo(new NotFound("t0"));
        assertThat(results)
                .last()
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.error())
                                .matches(TaskException::isOutcomeUnknown)
                                .hasCauseInstanceOf(TaskResponseException.class));
        assertThat(server.requests).containsExactly("PATCH t0", "PATCH t1", "GET t1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"stopped", "error", "completed", "timeout"})
    void what_an_answer_said_stays_said_whatever_a_worker_writes_later(String end) {
        server.onStatus(status("processing"), status(end));

        assertThat(results(ids(1), FOUR_AT_ONCE.withConfirm(true)))
                .singleElement()
                .isInstanceOfSatisfying(
                        Stopped.class, stop -> assertThat(stop.recovered()).isFalse());
        assertThat(server.requests).containsExactly("PATCH t0", "GET t0", "GET t0");
    }
}
