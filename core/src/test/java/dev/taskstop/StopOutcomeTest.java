package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.lost;
import static dev.taskstop.StubTransport.notSent;
import static dev.taskstop.StubTransport.status;
import static dev.taskstop.StubTransport.stopped;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.StubTransport.Reply;
import dev.taskstop.TaskResponseException.Reason;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** The table of outcomes, row by row, in virtual time. */
class StopOutcomeTest {

    private final StubTransport server = new StubTransport();

    private StopResult resultOf(StopRetry retry) {
        StopResult[] result = new StopResult[1];
        StepVerifier.withVirtualTime(
                        () -> server.client().retry(retry.withJitter(0)).build().stopAll(Flux.just("t1")))
                .thenAwait(Duration.ofHours(1))
                .consumeNextWith(r -> result[0] = r)
                .expectComplete()
                .verify(Duration.ofSeconds(10));
        return result[0];
    }

    private StopResult result() {
        return resultOf(StopRetry.defaults());
    }

    @Test
    void a_200_is_stopped() {
        assertThat(result()).asInstanceOf(type(Stopped.class)).satisfies(stop -> {
            assertThat(stop.taskId()).isEqualTo("t1");
            assertThat(stop.task().state().kind()).isEqualTo(TaskState.Kind.STOPPED);
            assertThat(stop.task().completedAt()).isEqualTo("2024-01-15T10:30:00Z");
            assertThat(stop.attempts()).isEqualTo(1);
            assertThat(stop.recovered()).isFalse();
        });
        assertThat(server.requests).containsExactly("PATCH t1");
    }

    @Test
    void a_200_that_shows_another_end_is_no_stop_of_ours() {
        server.onStop(answer(200, "{\"task\":{\"id\":\"t1\",\"status\":\"completed\"}}"));

        assertThat(result()).isEqualTo(new AlreadyEnded("t1", TaskState.of("completed")));
    }

    @Test
    void a_400_of_a_task_that_somebody_else_stopped_is_already_ended() {
        server.onStop(answer(400)).onStatus(status("stopped"));

        assertThat(result()).isEqualTo(new AlreadyEnded("t1", TaskState.of("stopped")));
    }

    @Test
    void a_400_after_a_lost_answer_of_ours_is_a_recovered_stop() {
        server.onStop(lost(), answer(400)).onStatus(status("stopped"));

        assertThat(result()).asInstanceOf(type(Stopped.class)).satisfies(stop -> {
            assertThat(stop.recovered()).isTrue();
            assertThat(stop.attempts()).isEqualTo(2);
        });
        assertThat(server.requests).containsExactly("PATCH t1", "PATCH t1", "GET t1");
    }

    @Test
    void a_task_that_was_stopped_before_our_lost_attempt_is_already_ended_by_the_servers_clock() {
        String stopped = "{\"taskId\":\"t1\",\"status\":\"stopped\",\"completedAt\":\"2024-01-15T10:30:00.000Z\"}";
        server.onStop(lost(), answer(400)).onStatus(answer(200, stopped, "Date", "Mon, 15 Jan 2024 10:31:01 GMT"));

        assertThat(result()).isEqualTo(new AlreadyEnded("t1", TaskState.of("stopped")));
    }

    @Test
    void a_task_that_was_stopped_after_our_lost_attempt_is_a_recovered_stop() {
        String stopped = "{\"taskId\":\"t1\",\"status\":\"stopped\",\"completedAt\":\"2024-01-15T10:30:00.950Z\"}";
        server.onStop(lost(), answer(400)).onStatus(answer(200, stopped, "Date", "Mon, 15 Jan 2024 10:30:01 GMT"));

        assertThat(result())
                .asInstanceOf(type(Stopped.class))
                .extracting(Stopped::recovered)
                .isEqualTo(true);
    }

    @Test
    void what_came_before_the_stop_does_not_make_a_task_that_had_ended_before_it_one_of_ours() {
        String stopped = "{\"taskId\":\"t1\",\"status\":\"stopped\",\"completedAt\":\"2024-01-15T10:30:00.000Z\"}";
        server.onStop(lost(), answer(400)).onStatus(answer(200, stopped, "Date", "Mon, 15 Jan 2024 10:31:01 GMT"));

        StepVerifier.withVirtualTime(() -> {
                    TaskClient client = server.client().build();
                    return Mono.delay(Duration.ofHours(1)).thenMany(client.stopAll(Flux.just("t1")));
                })
                .thenAwait(Duration.ofHours(2))
                .expectNext(new AlreadyEnded("t1", TaskState.of("stopped")))
                .expectComplete()
                .verify(Duration.ofSeconds(10));
    }

    @Test
    void a_400_after_an_attempt_that_never_left_is_no_stop_of_ours() {
        server.onStop(notSent(), answer(400)).onStatus(status("stopped"));

        assertThat(result()).isEqualTo(new AlreadyEnded("t1", TaskState.of("stopped")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"completed", "error", "timeout"})
    void a_400_of_a_task_that_ended_otherwise_is_perhaps_ours_after_a_lost_answer_and_only_then(String state) {
        server.onStop(lost(), answer(400)).onStatus(status(state));
        assertThat(result()).isEqualTo(new AlreadyEnded("t1", TaskState.of(state), true));

        server.onStop("t1", notSent(), answer(429), answer(400));
        assertThat(result()).isEqualTo(new AlreadyEnded("t1", TaskState.of(state), false));
    }

    @Test
    void a_400_of_a_task_that_is_done_in_a_state_of_the_future_is_already_ended() {
        server.onStop(answer(400)).onStatus(answer(200, "{\"taskId\":\"t1\",\"status\":\"archived\",\"isDone\":true}"));

        assertThat(result()).isEqualTo(new AlreadyEnded("t1", TaskState.of("archived")));
    }

    @Test
    void a_pending_task_is_waited_for_without_using_up_attempts() {
        server.onStop(answer(400), answer(400), answer(400), answer(400), stopped())
                .onStatus(status("pending"));

        assertThat(resultOf(StopRetry.defaults().withMaxAttempts(2)))
                .asInstanceOf(type(Stopped.class))
                .satisfies(stop -> {
                    assertThat(stop.attempts()).isEqualTo(5);
                    assertThat(stop.recovered()).isFalse();
                });
    }

    @Test
    void a_task_that_stays_pending_fails_at_the_deadline() {
        server.onStop(answer(400)).onStatus(status("pending"));

        assertThat(resultOf(StopRetry.defaults().withDeadline(Duration.ofSeconds(30))))
                .asInstanceOf(type(Failed.class))
                .extracting(Failed::error)
                .asInstanceOf(type(TaskResponseException.class))
                .satisfies(error -> {
                    assertThat(error.reason()).isEqualTo(Reason.NOT_ACTIVE);
                    assertThat(error.state()).isEqualTo(TaskState.of("pending"));
                    assertThat(error.isOutcomeUnknown()).isFalse();
                });
        assertThat(server.stopRequests()).isBetween(8L, 12L);
    }

    /** It may have begun to run between the refusal and the question. */
    @ParameterizedTest
    @CsvSource({"1,3", "2,3", "3,3", "4,4"})
    void a_400_of_a_running_task_is_tried_again_until_the_attempts_end_and_twice_at_least(
            int maxAttempts, int requests) {
        server.onStop(answer(400)).onStatus(status("processing"));

        assertThat(resultOf(StopRetry.defaults().withMaxAttempts(maxAttempts))).isInstanceOf(Failed.class);
        assertThat(server.stopRequests()).isEqualTo(requests);
    }

    @Test
    void refusals_of_a_running_task_are_counted_by_themselves() {
        server.onStop(answer(500), answer(500), answer(400)).onStatus(status("processing"));

        assertThat(resultOf(StopRetry.defaults().withMaxAttempts(3))).isInstanceOf(Failed.class);
        assertThat(server.stopRequests()).isEqualTo(2 + 3);
    }

    @ParameterizedTest
    @CsvSource({
        "100,UNEXPECTED,false",
        "301,UNEXPECTED,false",
        "302,UNEXPECTED,false",
        "307,UNEXPECTED,false",
        "401,UNAUTHORIZED,true",
        "402,PAYMENT_REQUIRED,true",
        "403,FORBIDDEN,false",
        "405,UNEXPECTED,false",
        "409,UNEXPECTED,false",
        "499,UNEXPECTED,false"
    })
    void a_refusal_fails_after_one_request(int status, Reason reason, boolean aboutKey) {
        server.onStop(answer(status));

        assertThat(result())
                .asInstanceOf(type(Failed.class))
                .extracting(Failed::error)
                .asInstanceOf(type(TaskResponseException.class))
                .satisfies(error -> {
                    assertThat(error.reason()).isEqualTo(reason);
                    assertThat(error.status()).isEqualTo(status);
                    assertThat(error.isAboutKey()).isEqualTo(aboutKey);
                    assertThat(error).hasMessage("PATCH /api/tasks/{taskId} answered " + status);
                });
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void a_refusal_after_a_lost_answer_does_not_hide_that_the_lost_attempt_worked() {
        server.onStop(lost(), answer(409)).onStatus(status("stopped"));

        assertThat(result()).asInstanceOf(type(Stopped.class)).satisfies(stop -> {
            assertThat(stop.recovered()).isTrue();
            assertThat(stop.attempts()).isEqualTo(2);
        });
    }

    @Test
    void a_key_that_is_refused_after_a_lost_answer_is_not_asked_with_and_leaves_the_outcome_unknown() {
        server.onStop(lost(), answer(401)).onStatus(status("stopped"));

        assertThat(result()).asInstanceOf(type(Failed.class)).satisfies(failed -> {
            assertThat(((TaskResponseException) failed.error()).isAboutKey()).isTrue();
            assertThat(failed.error().isOutcomeUnknown()).isTrue();
        });
        assertThat(server.requests).containsExactly("PATCH t1", "PATCH t1");
    }

    static Reply[] timesThatCannotBe() {
        String threeDates = "Mon, 15 Jan 2024 10:30:30 GMT, ".repeat(3);
        return new Reply[] {
            answer(429, "", "Retry-After", threeDates),
            answer(429, "{\"resetAt\":\"2024-01-15T10:30:30Z\"}", "Date", threeDates),
            answer(503, "{\"resetAt\":-9000000000000000000}")
        };
    }

    @ParameterizedTest
    @MethodSource("timesThatCannotBe")
    void a_time_that_cannot_be_one_costs_no_result(Reply refusal) {
        server.onStop(refusal, stopped());

        assertThat(result()).isInstanceOf(Stopped.class);
    }

    @Test
    void a_status_with_a_date_that_cannot_be_one_is_read_without_it() {
        server.onStop(lost(), answer(400))
                .onStatus(answer(
                        200,
                        "{\"taskId\":\"t1\",\"status\":\"stopped\"}",
                        "Date",
                        "Mon, 15 Jan 2024 10:30:30 GMT, ".repeat(3)));

        assertThat(result()).isInstanceOf(Stopped.class);
    }

    static Reply[] finalAnswers() {
        return new Reply[] {stopped(), answer(404), answer(400)};
    }

    @ParameterizedTest
    @MethodSource("finalAnswers")
    void fifteen_answers_of_any_kind_pay_for_one_retry(Reply answer) {
        server.onStop(answer).onStatus(status("completed"));
        server.onStop("spends", answer(500)).onStop("has-none", answer(500)).onStop("has-one", answer(500), stopped());
        Flux<String> fourteen = Flux.range(0, 14).map(i -> "t" + i);
        Flux<String> ids = Flux.concat(Flux.just("spends"), fourteen, Flux.just("has-none", "t14", "has-one"));

        StepVerifier.withVirtualTime(() -> server.client()
                        .retry(StopRetry.defaults()
                                .withMaxAttempts(2)
                                .withJitter(0)
                                .withBudget(1))
                        .build()
                        .stopAll(ids, StopAllOptions.defaults().withConcurrency(1)))
                .thenAwait(Duration.ofHours(1))
                .expectNextCount(17)
                .expectNextMatches(Stopped.class::isInstance)
                .expectComplete()
                .verify(Duration.ofSeconds(10));
        assertThat(server.requests)
                .filteredOn(request -> request.startsWith("PATCH has-") || request.equals("PATCH spends"))
                .containsExactly("PATCH spends", "PATCH spends", "PATCH has-none", "PATCH has-one", "PATCH has-one");
    }

    @Test
    void a_404_is_not_found() {
        server.onStop(answer(404));

        assertThat(result()).isEqualTo(new NotFound("t1"));
        assertThat(server.requests).hasSize(1);
    }

    static Reply[] unknownOutcomes() {
        return new Reply[] {
            answer(408),
            answer(500),
            answer(502),
            answer(503),
            answer(504),
            answer(599),
            answer(600),
            answer(999),
            answer(99),
            answer(0),
            lost(),
            answer(200, "<html>"),
            answer(200, ""),
            answer(200, "null"),
            answer(204, ""),
            answer(200, "{\"message\":\"ok\"}"),
            answer(200, "{\"task\":{\"id\":\"t2\",\"status\":\"stopped\"}}")
        };
    }

    @ParameterizedTest
    @MethodSource("unknownOutcomes")
    void an_unknown_outcome_is_tried_again(Reply unknown) {
        server.onStop(unknown, stopped());

        assertThat(result()).asInstanceOf(type(Stopped.class)).satisfies(stop -> {
            assertThat(stop.attempts()).isEqualTo(2);
            assertThat(stop.recovered()).isFalse();
        });
    }

    @ParameterizedTest
    @MethodSource("unknownOutcomes")
    void when_attempts_end_an_unknown_outcome_is_asked_for_once_more(Reply unknown) {
        server.onStop(unknown).onStatus(status("stopped"));

        assertThat(resultOf(StopRetry.defaults().withMaxAttempts(3)))
                .asInstanceOf(type(Stopped.class))
                .satisfies(stop -> {
                    assertThat(stop.attempts()).isEqualTo(3);
                    assertThat(stop.recovered()).isTrue();
                });
        assertThat(server.requests).containsExactly("PATCH t1", "PATCH t1", "PATCH t1", "GET t1");
    }

    @Test
    void an_unknown_outcome_of_a_task_that_ended_in_another_way_is_already_ended_perhaps_by_us() {
        server.onStop(answer(500)).onStatus(status("completed"));

        assertThat(result()).isEqualTo(new AlreadyEnded("t1", TaskState.of("completed"), true));
    }

    @Test
    void an_unknown_outcome_of_a_task_that_is_gone_is_not_found() {
        server.onStop(answer(500)).onStatus(answer(404));

        assertThat(result()).isEqualTo(new NotFound("t1"));
    }

    @Test
    void an_unknown_outcome_of_a_task_that_still_runs_fails_with_the_last_error() {
        server.onStop(answer(500)).onStatus(status("processing"));

        assertThat(result())
                .asInstanceOf(type(Failed.class))
                .extracting(Failed::error)
                .asInstanceOf(type(TaskResponseException.class))
                .satisfies(error -> {
                    assertThat(error.status()).isEqualTo(500);
                    assertThat(error.isOutcomeUnknown()).isTrue();
                    assertThat(error.serverMessage()).isEqualTo("no");
                });
        assertThat(server.stopRequests()).isEqualTo(6);
        assertThat(server.statusRequests()).isEqualTo(1);
    }

    @Test
    void an_outcome_that_stays_unknown_keeps_both_errors() {
        server.onStop(lost()).onStatus(answer(500));

        assertThat(result()).asInstanceOf(type(Failed.class)).satisfies(failed -> {
            assertThat(failed.error()).isInstanceOf(TaskRequestException.class);
            assertThat(failed.error().isOutcomeUnknown()).isTrue();
            assertThat(failed.error().getSuppressed()).hasAtLeastOneElementOfType(TaskResponseException.class);
        });
    }

    @Test
    void what_never_left_is_tried_again_and_needs_no_status() {
        server.onStop(notSent());

        assertThat(resultOf(StopRetry.defaults().withMaxAttempts(4)))
                .asInstanceOf(type(Failed.class))
                .satisfies(
                        failed -> assertThat(failed.error().isOutcomeUnknown()).isFalse());
        assertThat(server.requests).hasSize(4).containsOnly("PATCH t1");
    }

    @Test
    void a_400_whose_status_cannot_be_had_is_tried_again() {
        server.onStop(answer(400), answer(400)).onStatus(lost(), status("completed"));

        assertThat(result()).isEqualTo(new AlreadyEnded("t1", TaskState.of("completed")));
    }

    @Test
    void a_transport_that_breaks_its_contract_counts_as_unknown() {
        server.onStop((request, taskId) -> Mono.empty(), stopped());

        assertThat(result())
                .asInstanceOf(type(Stopped.class))
                .extracting(Stopped::attempts)
                .isEqualTo(2);
    }

    @Test
    void a_task_that_the_first_of_two_attempts_stopped_is_a_recovered_stop_however_long_its_answer_was_waited_for() {
        String stopped = "{\"taskId\":\"t1\",\"status\":\"stopped\",\"completedAt\":\"2024-01-15T10:30:00.000Z\"}";
        server.onStop(lost().after(Duration.ofSeconds(40)), answer(400))
                .onStatus(answer(200, stopped, "Date", "Mon, 15 Jan 2024 10:30:39 GMT"));

        assertThat(result())
                .asInstanceOf(type(Stopped.class))
                .extracting(Stopped::recovered)
                .isEqualTo(true);
    }

    @Test
    void a_key_that_is_refused_when_the_status_is_asked_for_is_what_the_stop_fails_with() {
        server.onStop(answer(400)).onStatus(answer(401));

        assertThat(result())
                .asInstanceOf(type(Failed.class))
                .extracting(Failed::error)
                .asInstanceOf(type(TaskResponseException.class))
                .satisfies(error -> {
                    assertThat(error.isAboutKey()).isTrue();
                    assertThat(error.isOutcomeUnknown()).isFalse();
                });
    }

    @Test
    void an_unknown_outcome_is_asked_for_as_often_as_a_stop_is_tried() {
        server.onStop(lost()).onStatus(answer(500));

        assertThat(resultOf(StopRetry.defaults().withMaxAttempts(3))).isInstanceOf(Failed.class);
        assertThat(server.stopRequests()).isEqualTo(3);
        assertThat(server.statusRequests()).isEqualTo(3);
    }
}
