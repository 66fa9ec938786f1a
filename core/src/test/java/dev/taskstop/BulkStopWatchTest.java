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
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.TaskResponseException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** A stopped task may run again: for how long a bulk stop looks, and what it then reports; in virtual time. */
class BulkStopWatchTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration WATCH = Duration.ofSeconds(30);
    private static final StopAllOptions WATCHED = StopAllOptions.defaults().withConfirm(WATCH);

    private final StubTransport server = new StubTransport().onStatus(status("stopped"));

    private static Flux<String> ids(int count) {
        return Flux.range(0, count).map(i -> "t" + i);
    }

    /** Deferred, so that the wait is one of virtual time. */
    private static Flux<String> oneAndThenTwo() {
        return Flux.just("t0").concatWith(Flux.defer(() -> ids(3).skip(1).delaySubscription(WATCH)));
    }

    private StepVerifier.FirstStep<StopResult> stopping(Flux<String> ids, StopAllOptions options) {
        return StepVerifier.withVirtualTime(() -> server.client().build().stopAll(ids, options));
    }

    private List<StopResult> results(Flux<String> ids, StopAllOptions options) {
        List<StopResult> results = new ArrayList<>();
        stopping(ids, options)
                .thenAwait(Duration.ofHours(1))
                .recordWith(() -> results)
                .thenConsumeWhile(result -> true)
                .expectComplete()
                .verify(LIMIT);
        return results;
    }

    private static boolean runsAgain(StopResult result) {
        return result instanceof Failed failed && TaskResponseException.isOne(failed.error(), Reason.RUNS_AGAIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pending", "processing", "saving"})
    void a_task_that_runs_again_within_the_watch_is_reported_as_what_it_is(String state) {
        server.onStatus(status("stopped"), status("stopped"), status(state));

        assertThat(results(ids(1), WATCHED))
                .singleElement()
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.error())
                                .hasMessage("The task was stopped, and runs again ("
                                        + TaskState.of(state).kind() + ")")
                                .isInstanceOfSatisfying(TaskResponseException.class, again -> {
                                    assertThat(again.reason()).isEqualTo(Reason.RUNS_AGAIN);
                                    assertThat(again.state()).isEqualTo(TaskState.of(state));
                                    assertThat(again.isOutcomeUnknown()).isTrue();
                                    assertThat(again.isAboutKey()).isFalse();
                                }));
        assertThat(server.requests).containsExactly("PATCH t0", "GET t0", "GET t0", "GET t0");
    }

    @Test
    void a_task_that_stays_ended_is_stopped_when_the_watch_is_over_and_not_before() {
        stopping(ids(1), WATCHED)
                .expectSubscription()
                .expectNoEvent(WATCH.minusMillis(1))
                .thenAwait(Duration.ofMillis(1))
                .expectNextMatches(Stopped.class::isInstance)
                .expectComplete()
                .verify(LIMIT);

        // The question that confirms, those after 1, 1.5, 2.25 … seconds, of which each varies by a fifth, and the
        // last.
        assertThat(server.statusRequests()).isBetween(7L, 9L);
    }

    @Test
    void the_last_look_is_at_the_end_of_the_watch_however_long_it_is() {
        server.onStatus(status("stopped"), status("processing"));

        stopping(ids(1), StopAllOptions.defaults().withConfirm(Duration.ofMillis(1)))
                .expectSubscription()
                .thenAwait(Duration.ofMillis(1))
                .expectNextMatches(BulkStopWatchTest::runsAgain)
                .expectComplete()
                .verify(LIMIT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stopped", "error", "completed", "timeout", "archived"})
    void how_a_task_ended_is_no_matter_and_a_state_that_nobody_knows_is_not_said_to_run(String end) {
        server.onStatus(status("stopped"), status(end));

        assertThat(results(ids(1), WATCHED)).hasExactlyElementsOfTypes(Stopped.class);
    }

    @Test
    void a_watch_begins_when_the_status_says_that_the_task_has_ended() {
        server.onStatus(status("processing"), status("stopped"));

        stopping(ids(1), StopAllOptions.defaults().withConfirm(SECOND))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(1_700)) // a poll after 0.8 s to 1.2 s, and the watch
                .thenAwait(WATCH)
                .expectNextMatches(Stopped.class::isInstance)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void only_a_stop_that_worked_is_watched_and_one_that_was_recovered_is() {
        server.onStop("t0", answer(404))
                .onStop("t1", answer(400))
                .onStop("t2", lost(), answer(400))
                .onStatus(status("stopped"));

        List<StopResult> results = results(ids(3), WATCHED);

        assertThat(results).hasExactlyElementsOfTypes(NotFound.class, AlreadyEnded.class, Stopped.class);
        assertThat(server.requests).filteredOn("GET t0"::equals).isEmpty();
        assertThat(server.requests).filteredOn("GET t1"::equals).hasSize(1);
        assertThat(server.requests).filteredOn("GET t2"::equals).hasSizeGreaterThan(5);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void other_ids_do_not_wait_for_those_that_are_watched(boolean ordered) {
        StopAllOptions narrow = StopAllOptions.defaults()
                .withConcurrency(1)
                .withOrdered(ordered)
                .withConfirm(Duration.ofMinutes(1));

        stopping(ids(200), narrow)
                .expectSubscription()
                .then(() -> assertThat(server.stopRequests()).isEqualTo(200))
                .thenAwait(Duration.ofMinutes(1))
                .expectNextCount(200)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void no_more_ids_are_taken_than_can_be_stopped_and_watched_at_once() {
        AtomicLong taken = new AtomicLong();
        Flux<String> endless = Flux.generate(sink -> sink.next("t" + taken.getAndIncrement()));
        StopAllOptions four = StopAllOptions.defaults().withConcurrency(4).withConfirm(Duration.ofDays(1));

        TaskTransport uncounted = request -> (request.method().equals("PATCH") ? stopped() : status("stopped"))
                .to(request, Wire.taskId(request.uri().getPath()));

        StepVerifier.withVirtualTime(
                        () -> server.client().transport(uncounted).build().stopAll(endless, four))
                .expectSubscription()
                .then(() -> assertThat(taken.get() - BulkStopWatch.MOST_WATCHED)
                        .isBetween(0L, (long) new BulkStopDemand(4, 64).room()))
                .thenCancel()
                .verify(LIMIT);
    }

    @Test
    void the_order_of_the_ids_holds_for_those_that_run_again_too() {
        server.onStatus(status("stopped"), status("processing"));
        server.onStop("t0", stopped().after(SECOND)).onStop("t2", answer(404));

        List<StopResult> results = results(ids(4), WATCHED.withOrdered(true));

        assertThat(results).extracting(StopResult::taskId).containsExactly("t0", "t1", "t2", "t3");
        assertThat(results).hasExactlyElementsOfTypes(Failed.class, Failed.class, NotFound.class, Failed.class);
    }

    @Test
    void a_deadline_ends_the_watch_and_what_was_not_seen_to_run_again_is_stopped() {
        server.onStop("t2", silence());

        stopping(ids(3), WATCHED.withDeadline(Duration.ofSeconds(5)))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(4_999))
                .thenAwait(Duration.ofMillis(1))
                .recordWith(ArrayList::new)
                .expectNextCount(3)
                .consumeRecordedWith(results -> assertThat(results)
                        .filteredOn(Stopped.class::isInstance)
                        .hasSize(2))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void an_abort_ends_the_watch_and_nothing_more_is_sent() {
        server.onStop("t1", answer(401).after(Duration.ofMillis(500)));

        List<StopResult> results = new ArrayList<>();
        stopping(ids(2), WATCHED)
                .expectSubscription()
                .thenAwait(Duration.ofMillis(500))
                .recordWith(() -> results)
                .expectNextCount(2)
                .expectComplete()
                .verify(LIMIT);

        assertThat(results)
                .filteredOn(Failed.class::isInstance)
                .extracting(StopResult::taskId)
                .containsExactly("t1");
        assertThat(results)
                .filteredOn(Stopped.class::isInstance)
                .extracting(StopResult::taskId)
                .containsExactly("t0");
        assertThat(server.requests).containsExactlyInAnyOrder("PATCH t0", "PATCH t1", "GET t0");
    }

    @Test
    void a_task_that_runs_again_can_end_the_batch() {
        server.onStatus(status("stopped"), status("processing"));
        StopAllOptions untilOneRunsAgain = WATCHED.withConcurrency(1)
                .withAbortWhen(failure -> TaskResponseException.isOne(failure, Reason.RUNS_AGAIN));

        List<StopResult> results = results(oneAndThenTwo(), untilOneRunsAgain);

        assertThat(results).first().matches(BulkStopWatchTest::runsAgain);
        assertThat(results.subList(1, 3)).hasOnlyElementsOfType(StopResult.Skipped.class);
    }

    @Test
    void a_cancel_ends_the_watch_and_gives_no_result_any_more() {
        List<StopResult> given = new ArrayList<>();

        StepVerifier.withVirtualTime(
                        () -> server.client().build().stopAll(ids(100), WATCHED).doOnNext(given::add))
                .expectSubscription()
                .then(() -> assertThat(server.stopRequests()).isEqualTo(100))
                .then(server.requests::clear)
                .thenCancel()
                .verify(LIMIT);

        assertThat(given).isEmpty();
        assertThat(server.requests).isEmpty();
    }

    @Test
    void what_waits_for_its_turn_to_look_sends_nothing_after_a_cancel() {
        server.onStatus(status("stopped"), silence());

        StepVerifier.withVirtualTime(
                        () -> server.client().concurrency(2).build().stopAll(ids(10), WATCHED))
                .expectSubscription()
                .thenAwait(Duration.ofSeconds(2)) // two looks hang, eight wait behind them
                .then(server.requests::clear)
                .thenCancel()
                .verify(LIMIT);

        assertThat(server.requests).isEmpty();
        assertThat(server.cancelled).hasValue(2);
    }

    @Test
    void looks_that_fail_show_nothing_and_the_last_one_is_tried_again() {
        server.onStatus(status("stopped"), answer(500));
        assertThat(results(ids(1), StopAllOptions.defaults().withConfirm(Duration.ofMillis(100))))
                .hasExactlyElementsOfTypes(Stopped.class);
        assertThat(server.requests).hasSize(2 + 6);

        server.requests.clear();
        server.onStatus(status("stopped"), lost(), status("processing"));
        assertThat(results(Flux.just("t1"), StopAllOptions.defaults().withConfirm(Duration.ofMillis(100))))
                .allMatch(BulkStopWatchTest::runsAgain);
    }

    @Test
    void a_look_that_hangs_does_not_hold_its_result_for_ever() {
        server.onStatus(status("stopped"), silence());

        assertThat(results(ids(1), WATCHED)).hasExactlyElementsOfTypes(Stopped.class);
    }

    @Test
    void a_key_that_is_refused_in_a_look_ends_the_batch() {
        server.onStatus(status("stopped"), answer(401));

        List<StopResult> results = results(oneAndThenTwo(), WATCHED);

        assertThat(results).first().isInstanceOf(Stopped.class);
        assertThat(results.subList(1, 3)).hasOnlyElementsOfType(StopResult.Skipped.class);
        assertThat(server.requests).containsExactly("PATCH t0", "GET t0", "GET t0");
    }

    @Test
    void each_id_has_one_result_whatever_the_looks_show() {
        server.onStatus(
                status("stopped"),
                lost(),
                status("stopped"),
                answer(429, "", "Retry-After", "1"),
                status("processing"));

        assertThat(results(ids(100), WATCHED))
                .allMatch(BulkStopWatchTest::runsAgain)
                .extracting(StopResult::taskId)
                .containsExactlyInAnyOrderElementsOf(ids(100).toIterable());
    }

    @Test
    void the_one_of_two_ways_to_confirm_that_is_named_last_holds() {
        assertThat(WATCHED.confirm()).isTrue();
        assertThat(WATCHED.watch()).isEqualTo(WATCH);
        assertThat(WATCHED.withConfirm(true).watch()).isNull();
        assertThat(WATCHED.withConfirm(false).confirm()).isFalse();
        assertThat(WATCHED.withConcurrency(2)
                        .withOrdered(true)
                        .withDeadline(SECOND)
                        .watch())
                .isEqualTo(WATCH);
        assertThatThrownBy(() -> StopAllOptions.defaults().withConfirm(Duration.ZERO))
                .hasMessage("watch takes a duration above zero, not PT0S");
        assertThatThrownBy(() -> StopAllOptions.defaults().withConfirm(Duration.ofDays(36_501)))
                .hasMessageStartingWith("watch takes at most 36500 days");
    }
}
