package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.lost;
import static dev.taskstop.StubTransport.silence;
import static dev.taskstop.StubTransport.status;
import static dev.taskstop.StubTransport.stopped;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskstop.TaskOutcome.Finished;
import dev.taskstop.TaskOutcome.Stopped;
import dev.taskstop.TaskResponseException.Reason;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** A task against the clock, branch by branch, in virtual time. */
class RaceTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final StubTransport server = new StubTransport();

    private Mono<TaskOutcome> race() {
        return server.client().build().awaitOrStop("t1", MINUTE);
    }

    @Test
    void a_task_that_ends_in_time_is_finished_and_no_stop_is_sent() {
        server.onStatus(status("processing"), status("processing"), status("completed"));

        StepVerifier.withVirtualTime(this::race)
                .thenAwait(MINUTE)
                .assertNext(outcome -> assertThat(outcome)
                        .isInstanceOfSatisfying(
                                Finished.class,
                                finished ->
                                        assertThat(finished.status().state()).isEqualTo(TaskState.of("completed"))))
                .expectComplete()
                .verify(LIMIT);
        assertThat(server.requests).containsExactly("GET t1", "GET t1", "GET t1");
    }

    @Test
    void a_task_that_still_runs_is_stopped_when_the_time_is_up_and_not_before() {
        StepVerifier.withVirtualTime(this::race)
                .expectSubscription()
                .expectNoEvent(MINUTE.minusMillis(1))
                .then(() -> assertThat(server.stopRequests()).isZero())
                .thenAwait(Duration.ofMillis(1))
                .expectNextMatches(Stopped.class::isInstance)
                .expectComplete()
                .verify(LIMIT);
        assertThat(server.stopRequests()).isEqualTo(1);
    }

    @Test
    void a_task_that_ends_as_the_stop_is_sent_is_finished_with_its_true_status() {
        server.onStop((request, taskId) -> {
            server.onStatus(status("completed"));
            return answer(400).to(request, taskId);
        });

        StepVerifier.withVirtualTime(this::race)
                .thenAwait(MINUTE)
                .assertNext(outcome -> assertThat(outcome)
                        .isInstanceOfSatisfying(
                                Finished.class,
                                finished ->
                                        assertThat(finished.status().progress()).isEqualTo(45)))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void what_ended_is_finished_though_a_status_that_is_asked_for_later_is_behind() {
        server.onStop(answer(200, "{\"task\":{\"id\":\"t1\",\"status\":\"completed\"}}"));

        StepVerifier.withVirtualTime(this::race)
                .thenAwait(MINUTE)
                .assertNext(outcome -> assertThat(outcome).isInstanceOfSatisfying(Finished.class, finished -> {
                    assertThat(finished.status().done()).isTrue();
                    assertThat(finished.status().state()).isEqualTo(TaskState.of("completed"));
                }))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void polls_that_fail_for_a_reason_that_passes_do_not_end_the_race() {
        server.onStatus(
                lost(),
                answer(503),
                answer(429, "", "Retry-After", "2"),
                lost(),
                lost(),
                lost(),
                lost(),
                lost(),
                lost(),
                status("completed"));

        StepVerifier.withVirtualTime(this::race)
                .thenAwait(MINUTE)
                .expectNextMatches(Finished.class::isInstance)
                .expectComplete()
                .verify(LIMIT);
        assertThat(server.stopRequests()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404})
    void a_poll_that_is_refused_ends_the_race_with_an_error_and_without_a_stop(int status) {
        server.onStatus(answer(status));

        StepVerifier.withVirtualTime(this::race)
                .thenAwait(Duration.ofSeconds(1))
                .expectErrorSatisfies(error ->
                        assertThat(((TaskResponseException) error).status()).isEqualTo(status))
                .verify(LIMIT);
        assertThat(server.stopRequests()).isZero();
    }

    @Test
    void a_poll_that_hangs_is_bounded_by_the_time() {
        server.onStatus(silence());

        StepVerifier.withVirtualTime(this::race)
                .expectSubscription()
                .expectNoEvent(MINUTE.minusMillis(1))
                .thenAwait(Duration.ofMillis(1))
                .expectNextMatches(Stopped.class::isInstance)
                .expectComplete()
                .verify(LIMIT);
        assertThat(server.cancelled).hasValue(1);
    }

    @Test
    void a_stop_that_is_under_way_is_waited_for_beyond_the_time() {
        server.onStop(stopped().after(MINUTE));

        StepVerifier.withVirtualTime(this::race)
                .thenAwait(MINUTE.multipliedBy(2))
                .expectNextMatches(Stopped.class::isInstance)
                .expectComplete()
                .verify(LIMIT);
        assertThat(server.cancelled).hasValue(0);
    }

    @Test
    void a_stop_that_fails_is_an_error() {
        server.onStop(answer(409));

        StepVerifier.withVirtualTime(this::race)
                .thenAwait(MINUTE)
                .expectErrorSatisfies(error ->
                        assertThat(((TaskResponseException) error).reason()).isEqualTo(Reason.UNEXPECTED))
                .verify(LIMIT);
    }

    @Test
    void a_subscriber_that_goes_away_stops_no_task() {
        StepVerifier.withVirtualTime(this::race)
                .expectSubscription()
                .thenAwait(Duration.ofSeconds(30))
                .thenCancel()
                .verify(LIMIT);
        assertThat(server.stopRequests()).isZero();
    }

    @Test
    void a_log_that_ends_is_asked_about_once_and_one_that_goes_on_is_stopped_in_time() {
        StubLogs ends = new StubLogs(StubLogs.stream(StubLogs.complete("completed")));
        StubLogs goesOn = new StubLogs(StubLogs.open(StubLogs.log(0)));
        ends.others.onStatus(status("completed"));
        AwaitOptions byLog = AwaitOptions.defaults().withLogStream(true);

        StepVerifier.withVirtualTime(() -> Flux.concat(
                        ends.client().build().awaitOrStop("t1", MINUTE, byLog),
                        goesOn.client().build().awaitOrStop("t2", MINUTE, byLog)))
                .thenAwait(MINUTE)
                .expectNextMatches(Finished.class::isInstance)
                .expectNextMatches(Stopped.class::isInstance)
                .expectComplete()
                .verify(LIMIT);
        assertThat(ends.others.requests).containsExactly("GET t1");
        assertThat(goesOn.others.requests).containsExactly("PATCH t2");
        assertThat(goesOn.closed).hasValue(1);
    }

    @Test
    void where_the_log_cannot_be_had_the_status_is_asked_for_and_where_it_is_refused_so_is_the_race() {
        StubLogs broken = new StubLogs(StubLogs.refusal(503));
        broken.others.onStatus(status("processing"), status("completed"));
        AwaitOptions byLog = AwaitOptions.defaults().withLogStream(true);

        StepVerifier.withVirtualTime(() -> broken.client().build().awaitOrStop("t1", MINUTE, byLog))
                .thenAwait(MINUTE)
                .expectNextMatches(Finished.class::isInstance)
                .expectComplete()
                .verify(LIMIT);
        assertThat(broken.others.requests).containsExactly("GET t1", "GET t1");

        StepVerifier.withVirtualTime(() ->
                        new StubLogs(StubLogs.refusal(404)).client().build().awaitOrStop("t1", MINUTE, byLog))
                .expectErrorSatisfies(error ->
                        assertThat(((TaskResponseException) error).reason()).isEqualTo(Reason.NOT_FOUND))
                .verify(LIMIT);
    }

    @Test
    void polls_come_at_growing_intervals_up_to_ten_times_the_first() {
        StepVerifier.withVirtualTime(() -> server.client().build().awaitDone("t1"))
                .expectSubscription()
                .thenAwait(Duration.ofMinutes(10))
                .thenCancel()
                .verify(LIMIT);
        // 1 + 1.5 + 2.25 + 3.4 + 5 + 7.6 s, then 10 s each, all by a fifth more or less
        assertThat(server.statusRequests()).isBetween(50L, 78L);
    }

    @Test
    void a_wait_without_a_limit_ends_when_too_many_polls_in_a_row_fail() {
        server.onStatus(lost(), status("processing"), lost());

        StepVerifier.withVirtualTime(() -> server.client()
                        .retry(StopRetry.defaults().withMaxAttempts(3).withJitter(0))
                        .build()
                        .awaitDone("t1"))
                .thenAwait(MINUTE)
                .expectError(TaskRequestException.class)
                .verify(LIMIT);
        assertThat(server.statusRequests()).isEqualTo(2 + 3);
    }

    @Test
    void many_races_have_one_outcome_for_each_id() {
        server.onStop("t3", answer(404));

        StepVerifier.withVirtualTime(() -> server.client()
                        .build()
                        .awaitOrStopAll(
                                Flux.just("t1", "a/b", "t2", "t3"),
                                MINUTE,
                                AwaitOptions.defaults().withConcurrency(2)))
                .thenAwait(MINUTE.multipliedBy(3))
                .recordWith(java.util.ArrayList::new)
                .expectNextCount(4)
                .consumeRecordedWith(outcomes -> {
                    assertThat(outcomes).filteredOn(Stopped.class::isInstance).hasSize(2);
                    assertThat(outcomes)
                            .filteredOn(TaskOutcome.Failed.class::isInstance)
                            .extracting(TaskOutcome::taskId)
                            .containsExactlyInAnyOrder("a/b", "t3");
                })
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void a_time_that_is_none_is_refused_at_once() {
        assertThatThrownBy(() -> server.client().build().awaitOrStop("t1", Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("timeout");
    }

    @Test
    void the_interval_between_polls_varies_by_no_more_than_a_fifth() {
        StepVerifier.withVirtualTime(() -> {
                    TaskClient client =
                            server.client().pollInterval(Duration.ofSeconds(1)).build();
                    return Flux.range(0, 300).flatMap(i -> client.awaitDone("t" + i), 300);
                })
                .expectSubscription()
                .thenAwait(Duration.ofMillis(799))
                .then(() -> assertThat(server.statusRequests()).isEqualTo(300))
                .thenAwait(Duration.ofMillis(1201 - 799))
                .then(() -> assertThat(server.statusRequests()).isEqualTo(600))
                .thenCancel()
                .verify(LIMIT);
    }
}
