package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.lost;
import static dev.taskstop.StubTransport.notSent;
import static dev.taskstop.StubTransport.silence;
import static dev.taskstop.StubTransport.status;
import static dev.taskstop.StubTransport.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.TaskResponseException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** When a single stop waits, for how long, and what ends the waiting; in virtual time. */
class StopTimingTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final StubTransport server = new StubTransport();

    private Mono<StoppedTask> stop(StopRetry retry) {
        return server.client().retry(retry.withJitter(0)).build().stop("t1");
    }

    private Mono<StoppedTask> stop() {
        return stop(StopRetry.defaults());
    }

    @Test
    void the_backoff_doubles_up_to_its_maximum() {
        server.onStop(answer(500));
        StopRetry retry =
                StopRetry.defaults().withMaxAttempts(5).withBackoff(Duration.ofMillis(100), Duration.ofMillis(300));

        StepVerifier.withVirtualTime(() -> stop(retry))
                .expectSubscription()
                .then(() -> assertThat(server.stopRequests()).isEqualTo(1))
                .thenAwait(Duration.ofMillis(99))
                .then(() -> assertThat(server.stopRequests()).isEqualTo(1))
                .thenAwait(Duration.ofMillis(1))
                .then(() -> assertThat(server.stopRequests()).isEqualTo(2))
                .thenAwait(Duration.ofMillis(200))
                .then(() -> assertThat(server.stopRequests()).isEqualTo(3))
                .thenAwait(Duration.ofMillis(300))
                .then(() -> assertThat(server.stopRequests()).isEqualTo(4))
                .thenAwait(Duration.ofMillis(300))
                .expectError(TaskResponseException.class)
                .verify(LIMIT);
        assertThat(server.stopRequests()).isEqualTo(5);
    }

    @Test
    void a_backoff_varies_up_to_its_double_and_is_never_shorter_than_the_first() {
        server.onStop(answer(500), stopped());
        StopRetry retry = StopRetry.defaults().withJitter(1);

        StepVerifier.withVirtualTime(() -> server.client()
                        .retry(retry)
                        .build()
                        .stopAll(Flux.range(0, 50).map(i -> "t" + i))
                        .count())
                .expectSubscription()
                .thenAwait(Duration.ofMillis(99))
                .then(() -> assertThat(server.stopRequests()).isEqualTo(50))
                .thenAwait(Duration.ofMillis(102))
                .then(() -> assertThat(server.stopRequests()).isEqualTo(100))
                .expectNext(50L)
                .expectComplete()
                .verify(LIMIT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Retry-After | 7 | {} | 7000",
                "Retry-After | 1.5 | {} | 1500",
                "Retry-After | Thu, 01 Jan 1970 00:00:09 GMT | {} | 9000",
                "Retry-After | Thursday, 01-Jan-70 00:00:09 GMT | {} | 9000",
                "X-None | - | {\"resetAt\":\"1970-01-01T00:00:12.000Z\"} | 12000",
                "X-None | - | {\"error\":{\"metadata\":{\"resetAt\":\"1970-01-01T00:00:12Z\"}}} | 12000",
                "Retry-After | soon | {\"resetAt\":4} | 4000",
                "Retry-After | 86400 | {} | 60000",
            })
    void a_429_is_waited_for_as_long_as_it_says_and_no_longer_than_the_cap(
            String header, String value, String body, long millis) {
        server.onStop(answer(429, body, header, value), stopped());

        StepVerifier.withVirtualTime(() -> stop())
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(millis - 1))
                .then(() -> assertThat(server.stopRequests()).isEqualTo(1))
                .thenAwait(Duration.ofMillis(1))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
        assertThat(server.stopRequests()).isEqualTo(2);
    }

    @Test
    void a_date_is_read_by_the_servers_clock() {
        server.onStop(
                answer(
                        429,
                        "",
                        "Date",
                        "Mon, 15 Jan 2024 10:30:00 GMT",
                        "Retry-After",
                        "Mon, 15 Jan 2024 10:30:05 GMT"),
                stopped());

        StepVerifier.withVirtualTime(() -> stop())
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(4999))
                .thenAwait(Duration.ofMillis(1))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void a_429_that_says_nothing_is_backed_off_from_ever_longer() {
        server.onStop(answer(429, ""), answer(429, ""), answer(429, ""), stopped());

        StepVerifier.withVirtualTime(() -> stop())
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(50 + 100 + 200 - 1))
                .thenAwait(Duration.ofMillis(100 + 200 + 400 + 100 + 200 + 400))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void a_429_uses_up_no_attempts() {
        server.onStop(
                answer(429, "", "Retry-After", "1"),
                answer(429, "", "Retry-After", "1"),
                answer(429, "", "Retry-After", "1"),
                stopped());

        StepVerifier.withVirtualTime(() -> stop(StopRetry.defaults().withMaxAttempts(1)))
                .thenAwait(Duration.ofSeconds(10))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void a_429_costs_nothing_of_the_budget() {
        server.onStop(answer(429, "", "Retry-After", "1"), stopped());

        StepVerifier.withVirtualTime(() -> stop(StopRetry.defaults().withBudget(0)))
                .thenAwait(Duration.ofSeconds(10))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void a_429_uses_up_the_deadline() {
        server.onStop(answer(429, "", "Retry-After", "60"));

        StepVerifier.withVirtualTime(() -> stop(StopRetry.defaults().withDeadline(Duration.ofSeconds(30))))
                .expectSubscription()
                .thenAwait(Duration.ofSeconds(31))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(TaskResponseException.class)
                        .hasMessageContaining("answered 429"))
                .verify(LIMIT);
        assertThat(server.stopRequests()).isEqualTo(1);
    }

    @Test
    void a_503_with_a_retry_after_pauses_as_well() {
        server.onStop(answer(503, "", "Retry-After", "20"), stopped());

        StepVerifier.withVirtualTime(() -> stop())
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(19_999))
                .thenAwait(Duration.ofMillis(1))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void one_429_pauses_every_call_of_the_client() {
        server.onStop("t1", answer(429, "", "Retry-After", "10"), stopped());

        StepVerifier.withVirtualTime(() -> {
                    TaskClient client = server.client().build();
                    return Flux.merge(
                            client.stop("t1"), Mono.delay(Duration.ofSeconds(1)).then(client.stop("t2")));
                })
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(9_999))
                .then(() -> assertThat(server.requests).containsExactly("PATCH t1"))
                .thenAwait(Duration.ofMillis(1))
                .expectNextCount(2)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void no_attempt_begins_after_the_deadline() {
        server.onStop(answer(500).after(Duration.ofSeconds(4)));
        StopRetry retry = StopRetry.defaults().withMaxAttempts(100).withDeadline(Duration.ofSeconds(10));

        StepVerifier.withVirtualTime(() -> stop(retry))
                .thenAwait(Duration.ofMinutes(1))
                .expectError(TaskResponseException.class)
                .verify(LIMIT);
        assertThat(server.stopRequests()).isEqualTo(3);
    }

    @Test
    void a_stop_that_waits_for_its_next_attempt_ends_when_the_client_was_closed_meanwhile() {
        server.onStop(answer(500));

        StepVerifier.withVirtualTime(() -> {
                    TaskClient client = server.client().build();
                    Mono<StoppedTask> close = Mono.delay(Duration.ofMillis(50))
                            .then(client.closeAsync())
                            .then(Mono.empty());
                    return Flux.merge(client.stop("t1"), close);
                })
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(99))
                .thenAwait(Duration.ofMillis(1))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOfSatisfying(
                                TaskResponseException.class,
                                lost -> assertThat(lost.isOutcomeUnknown()).isTrue())
                        .hasMessage("PATCH /api/tasks/{taskId} answered 500"))
                .verify(LIMIT);
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void cancelling_during_a_backoff_sends_nothing_more() {
        server.onStop(answer(500), stopped());

        StepVerifier.withVirtualTime(() -> stop())
                .expectSubscription()
                .thenAwait(Duration.ofMillis(50))
                .thenCancel()
                .verify(LIMIT);
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void cancelling_in_flight_cancels_the_exchange_and_stops_nothing_else() {
        server.onStop(silence());

        StepVerifier.withVirtualTime(() -> stop())
                .expectSubscription()
                .thenAwait(Duration.ofSeconds(1))
                .thenCancel()
                .verify(LIMIT);
        assertThat(server.requests).hasSize(1);
        assertThat(server.cancelled).hasValue(1);
    }

    @Test
    void nothing_is_sent_before_the_subscription_and_each_one_sends_anew() {
        Mono<StoppedTask> stop = stop();
        assertThat(server.requests).isEmpty();

        StepVerifier.create(stop.then(stop)).expectNextCount(1).expectComplete().verify(LIMIT);
        assertThat(server.requests).hasSize(2);
    }

    @Test
    void a_stop_that_cannot_be_is_an_error_with_the_reason_and_the_state() {
        server.onStop(answer(400)).onStatus(status("completed"));

        StepVerifier.create(stop())
                .expectErrorSatisfies(error -> {
                    TaskResponseException answer = (TaskResponseException) error;
                    assertThat(answer.reason()).isEqualTo(Reason.NOT_ACTIVE);
                    assertThat(answer.state()).isEqualTo(TaskState.of("completed"));
                })
                .verify(LIMIT);
    }

    @Test
    void of_a_stop_that_is_an_error_because_the_task_had_ended_it_is_told_whether_that_was_perhaps_by_it() {
        server.onStop(answer(400)).onStatus(status("error"));
        assertThat(errorOfAStop().isOutcomeUnknown()).isFalse();

        server.onStop("t1", answer(400), lost(), answer(400));
        TaskResponseException perhapsByUs = errorOfAStop();
        assertThat(perhapsByUs.isOutcomeUnknown()).isTrue();
        assertThat(perhapsByUs.reason()).isEqualTo(Reason.NOT_ACTIVE);
        assertThat(perhapsByUs.state()).isEqualTo(TaskState.of("error"));
    }

    private TaskResponseException errorOfAStop() {
        TaskException[] failure = new TaskException[1];
        StepVerifier.withVirtualTime(() -> stop())
                .thenAwait(Duration.ofMinutes(5))
                .expectErrorSatisfies(error -> failure[0] = (TaskException) error)
                .verify(LIMIT);
        return (TaskResponseException) failure[0];
    }

    @Test
    void a_stop_of_a_task_that_is_not_there_is_an_error() {
        server.onStop(answer(404));

        StepVerifier.create(stop())
                .expectErrorSatisfies(error ->
                        assertThat(((TaskResponseException) error).reason()).isEqualTo(Reason.NOT_FOUND))
                .verify(LIMIT);
    }

    @Test
    void a_downstream_on_error_continue_does_not_reach_into_a_stop() {
        server.onStop(answer(500), stopped());

        StepVerifier.withVirtualTime(
                        () -> Flux.just("t1").concatMap(id -> stop()).onErrorContinue((error, value) -> {}))
                .thenAwait(Duration.ofMinutes(1))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void a_stop_that_the_budget_pays_no_other_attempt_for_fails_without_a_wait() {
        server.onStop(answer(500));

        StepVerifier.withVirtualTime(() ->
                        stop(StopRetry.defaults().withBudget(0)).materialize().elapsed())
                .thenAwait(Duration.ofHours(1))
                .assertNext(end -> {
                    assertThat(end.getT1()).isZero();
                    assertThat(end.getT2().isOnError()).isTrue();
                })
                .expectComplete()
                .verify(LIMIT);
        assertThat(server.requests).hasSize(1);
    }

    private TaskClient clientWithABudgetOfOne() {
        return server.client()
                .retry(StopRetry.defaults().withJitter(0).withMaxAttempts(2).withBudget(1))
                .build();
    }

    private static Mono<Void> stopAll(TaskClient client, String prefix, int count) {
        return client.stopAll(Flux.range(0, count).map(i -> prefix + i)).then();
    }

    @Test
    void while_an_attempt_waits_others_earn_what_it_will_cost() {
        server.onStop("first", notSent()).onStop("second", notSent());

        StepVerifier.withVirtualTime(() -> {
                    TaskClient client = clientWithABudgetOfOne();
                    return Flux.mergeDelayError(
                            3,
                            client.stop("first").then(),
                            stopAll(client, "good", 15),
                            Mono.delay(Duration.ofSeconds(1))
                                    .then(client.stop("second"))
                                    .then());
                })
                .thenAwait(Duration.ofHours(1))
                .expectError()
                .verify(LIMIT);
        assertThat(server.requests).filteredOn("PATCH first"::equals).hasSize(2);
        assertThat(server.requests).filteredOn("PATCH second"::equals).hasSize(2);
    }

    @Test
    void an_attempt_that_is_cancelled_while_it_waits_leaves_the_budget_no_larger() {
        server.onStop("gone", notSent()).onStop("first", notSent()).onStop("second", notSent());

        StepVerifier.withVirtualTime(() -> {
                    TaskClient client = clientWithABudgetOfOne();
                    return client.stop("gone")
                            .takeUntilOther(Mono.delay(Duration.ofMillis(50)))
                            .then(stopAll(client, "good", 30))
                            .then(client.stop("first").onErrorComplete())
                            .then(client.stop("second"));
                })
                .thenAwait(Duration.ofHours(1))
                .expectError()
                .verify(LIMIT);
        assertThat(server.requests).filteredOn("PATCH gone"::equals).hasSize(1);
        assertThat(server.requests).filteredOn("PATCH first"::equals).hasSize(2);
        assertThat(server.requests).filteredOn("PATCH second"::equals).hasSize(1);
    }

    @Test
    void of_two_attempts_that_wait_the_budget_pays_one_and_the_other_stop_fails_with_what_it_met() {
        server.onStop(answer(500));
        List<StopResult> results = new ArrayList<>();

        StepVerifier.withVirtualTime(() -> clientWithABudgetOfOne().stopAll(Flux.just("t1", "t2")))
                .thenAwait(Duration.ofHours(1))
                .recordWith(() -> results)
                .thenConsumeWhile(result -> true)
                .expectComplete()
                .verify(LIMIT);

        assertThat(results)
                .hasSize(2)
                .allSatisfy(result -> assertThat(((Failed) result).error())
                        .hasMessage("PATCH /api/tasks/{taskId} answered 500")
                        .matches(TaskException::isOutcomeUnknown));
        assertThat(server.requests).hasSize(3);
    }
}
