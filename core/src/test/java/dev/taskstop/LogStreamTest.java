package dev.taskstop;

import static dev.taskstop.StubLogs.complete;
import static dev.taskstop.StubLogs.connected;
import static dev.taskstop.StubLogs.error;
import static dev.taskstop.StubLogs.log;
import static dev.taskstop.StubLogs.open;
import static dev.taskstop.StubLogs.refusal;
import static dev.taskstop.StubLogs.status;
import static dev.taskstop.StubLogs.stream;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.TaskResponseException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What a log stream signals, and how it is resumed; in virtual time. */
class LogStreamTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofMinutes(10);

    /** Its longest backoff is 300 ms. */
    private static final StopRetry FOUR = StopRetry.defaults()
            .withMaxAttempts(4)
            .withBackoff(Duration.ofMillis(100), Duration.ofMillis(300))
            .withJitter(0);

    private static Flux<String> logs(StubLogs server) {
        return logs(server, FOUR);
    }

    private static Flux<String> logs(StubLogs server, StopRetry retry) {
        return server.client().retry(retry).build().logs("t1").map(LogStreamTest::brief);
    }

    /** Events in short: an index, or the first letter and the state. */
    private static String brief(TaskLogEvent event) {
        if (event instanceof TaskLogEvent.Log log) {
            return "" + log.index();
        } else if (event instanceof TaskLogEvent.StatusChanged change) {
            return "S " + change.state();
        } else if (event instanceof TaskLogEvent.Complete complete) {
            return "C " + complete.state();
        }
        return event instanceof TaskLogEvent.Connected ? "connected" : "error";
    }

    private static void assertGives(StubLogs server, String... events) {
        StepVerifier.withVirtualTime(() -> logs(server).collectList())
                .thenAwait(LONG)
                .expectNext(List.of(events))
                .expectComplete()
                .verify(LIMIT);
    }

    private static StepVerifier.Step<String> after(StubLogs server, StopRetry retry, Duration time) {
        return StepVerifier.withVirtualTime(() -> logs(server, retry)).thenAwait(time);
    }

    private static Mono<StubLogs.Answer> lost(String... chunks) {
        return stream(Flux.just(chunks).concatWith(Mono.error(new IOException("reset"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"connected", "log", "status", "complete", "error"})
    void an_event_that_has_a_known_name_and_no_data_is_a_sign_of_life_at_the_most(String name) {
        StubLogs server = new StubLogs(stream(
                "event: " + name + "\ndata:\n\n", "event: " + name + "\ndata: \n\n", log(0), complete("completed")));

        StepVerifier.create(server.client().build().logs("t1"))
                .expectNextMatches(TaskLogEvent.Log.class::isInstance)
                .expectNextMatches(TaskLogEvent.Complete.class::isInstance)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void a_stream_ends_with_its_last_event_whatever_comes_after_it() {
        StubLogs server = new StubLogs(open(
                connected() + log(0),
                status("processing"),
                log(1),
                status("completed") + complete("completed") + log(2)));

        assertGives(server, "connected", "0", "S processing", "1", "S completed", "C completed");
        assertThat(server.openedFrom).containsExactly(0L);
        assertThat(server.closed).hasValue(1);
    }

    @Test
    void what_breaks_off_is_resumed_so_that_each_index_comes_once_and_in_order() {
        StubLogs server = new StubLogs(
                stream(log(0), log(1)),
                lost(connected(), log(2), log(3) + "event: log\ndata: {\"index\":4"),
                refusal(503),
                Mono.error(new IOException("refused")),
                stream(log(4), complete("stopped")));

        assertGives(server, "0", "1", "connected", "2", "3", "4", "C stopped");
        assertThat(server.openedFrom).containsExactly(0L, 2L, 4L, 4L, 4L);
    }

    @Test
    void an_index_that_was_there_before_is_left_out_and_a_gap_is_not_waited_for() {
        StubLogs server = new StubLogs(
                lost(log(0), log(1), log(1), log(0)),
                stream(log(0), log(1), log(2), log(7), log(3), complete("completed")));

        assertGives(server, "0", "1", "2", "7", "C completed");
    }

    @Test
    void a_stream_from_an_index_begins_there_even_when_the_server_does_not_listen() {
        StubLogs server = new StubLogs(stream(log(4), log(5), log(6), complete("completed")));

        StepVerifier.create(server.client().build().logs("t1", 6).map(LogStreamTest::brief))
                .expectNext("6", "C completed")
                .expectComplete()
                .verify(LIMIT);
        assertThat(server.openedFrom).containsExactly(6L);
    }

    @Test
    void a_status_that_is_only_repeated_is_left_out_across_a_break_too() {
        StubLogs server = new StubLogs(
                lost(status("pending"), status("pending"), status("processing")),
                stream(status("processing"), status("saving"), status("processing"), complete("completed")));

        assertGives(server, "S pending", "S processing", "S saving", "S processing", "C completed");
    }

    @Test
    void the_servers_trouble_is_told_and_the_stream_goes_on_or_is_resumed() {
        StubLogs server = new StubLogs(stream(error(), log(0), error()), stream(log(1), complete("completed")));

        assertGives(server, "error", "0", "error", "1", "C completed");
    }

    @Test
    void the_backoff_doubles_up_to_its_maximum_and_ends_after_the_last_attempt() {
        StubLogs server = new StubLogs(lost());

        StepVerifier.withVirtualTime(() -> logs(server, FOUR.withMaxAttempts(5)))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(99))
                .then(() -> assertThat(server.openedFrom).hasSize(1))
                .thenAwait(Duration.ofMillis(1))
                .then(() -> assertThat(server.openedFrom).hasSize(2))
                .thenAwait(Duration.ofMillis(199))
                .then(() -> assertThat(server.openedFrom).hasSize(2))
                .thenAwait(Duration.ofMillis(1))
                .then(() -> assertThat(server.openedFrom).hasSize(3))
                .thenAwait(Duration.ofMillis(300))
                .then(() -> assertThat(server.openedFrom).hasSize(4))
                .thenAwait(Duration.ofMillis(300))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(TaskRequestException.class)
                        .hasMessage("GET /api/tasks/{taskId}/stream broke off before its end (IOException)")
                        .hasCauseInstanceOf(IOException.class))
                .verify(LIMIT);
        assertThat(server.openedFrom).hasSize(5);
    }

    @Test
    void to_be_connected_again_and_again_is_no_progress() {
        StubLogs server = new StubLogs(stream(connected(), status("pending"), error()));

        after(server, FOUR, LONG)
                .expectNext("connected", "S pending", "error")
                .expectNext("connected", "error", "connected", "error", "connected", "error")
                .expectErrorSatisfies(failure -> assertThat(failure).hasMessageEndingWith("(EOFException)"))
                .verify(LIMIT);
    }

    @Test
    void progress_begins_the_count_and_the_backoff_anew() {
        StubLogs server = new StubLogs(lost(), lost(), lost(), lost(log(0)), lost(), lost(), lost(), lost());

        StepVerifier.withVirtualTime(() -> logs(server))
                .thenAwait(Duration.ofMillis(100 + 200 + 300))
                .expectNext("0")
                .thenAwait(Duration.ofMillis(100))
                .then(() -> assertThat(server.openedFrom).hasSize(5))
                .thenAwait(Duration.ofMillis(200))
                .then(() -> assertThat(server.openedFrom).hasSize(6))
                .thenAwait(Duration.ofMillis(300))
                .expectError(TaskRequestException.class)
                .verify(LIMIT);
        assertThat(server.openedFrom).hasSize(7);
    }

    @Test
    void a_quiet_stream_that_is_cut_after_a_while_is_resumed_for_ever() {
        StubLogs server =
                new StubLogs(stream(Flux.defer(() -> Flux.<String>never().take(Duration.ofSeconds(1)))));

        StepVerifier.withVirtualTime(() -> logs(server))
                .expectSubscription()
                .expectNoEvent(Duration.ofMinutes(5))
                .thenCancel()
                .verify(LIMIT);
        assertThat(server.openedFrom).hasSizeGreaterThan(200);
    }

    @Test
    void with_a_single_attempt_nothing_is_resumed() {
        StubLogs server = new StubLogs(lost());

        after(server, FOUR.withMaxAttempts(1), LONG)
                .expectError(TaskRequestException.class)
                .verify(LIMIT);
        assertThat(server.openedFrom).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "400,NOT_ACTIVE",
        "401,UNAUTHORIZED",
        "402,PAYMENT_REQUIRED",
        "403,FORBIDDEN",
        "404,NOT_FOUND",
        "302,UNEXPECTED"
    })
    void a_refusal_is_an_error_at_once_even_when_it_meets_a_resumption(int status, Reason reason) {
        for (StubLogs server : List.of(new StubLogs(refusal(status)), new StubLogs(lost(), refusal(status)))) {
            after(server, FOUR, LONG)
                    .expectErrorSatisfies(failure -> {
                        TaskResponseException answer = (TaskResponseException) failure;
                        assertThat(answer.reason()).isEqualTo(reason);
                        assertThat(answer.status()).isEqualTo(status);
                    })
                    .verify(LIMIT);
            assertThat(server.openedFrom).hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    void a_malformed_event_is_an_error_at_once_after_the_events_before_it() {
        StubLogs server = new StubLogs(open(log(0) + "event: log\ndata: secret\n\n" + log(1)));

        after(server, FOUR, LONG)
                .expectNext("0")
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(TaskDecodingException.class)
                        .hasMessageNotContaining("secret"))
                .verify(LIMIT);
        assertThat(server.openedFrom).hasSize(1);
        assertThat(server.closed).hasValue(1);
    }

    @Test
    void a_429_is_waited_for_as_it_says_and_uses_up_no_attempts() {
        StubLogs server = new StubLogs(
                refusal(429, "Retry-After", "5"), refusal(429, "Retry-After", "5"), stream(complete("completed")));

        StepVerifier.withVirtualTime(() -> logs(server, FOUR.withMaxAttempts(1)))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(9_999))
                .thenAwait(Duration.ofSeconds(1))
                .expectNext("C completed")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void a_429_uses_up_the_deadline() {
        StubLogs server = new StubLogs(refusal(429, "Retry-After", "7"));

        after(server, FOUR.withDeadline(Duration.ofSeconds(20)), Duration.ofSeconds(30))
                .expectErrorSatisfies(failure ->
                        assertThat(((TaskResponseException) failure).reason()).isEqualTo(Reason.RATE_LIMITED))
                .verify(LIMIT);
        assertThat(server.openedFrom).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(longs = {-3_600_000, 3_600_000})
    void a_step_of_this_machines_clock_neither_shortens_nor_lengthens_the_deadline(long stepMillis) {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        WallClockThatJumps clocks = new WallClockThatJumps(time);
        StubLogs server = new StubLogs(
                refusal(429, "Retry-After", "7"),
                refusal(429, "Retry-After", "7").doOnNext(refused -> clocks.jump(stepMillis)),
                refusal(429, "Retry-After", "7"));
        List<Throwable> failures = new ArrayList<>();
        server.client()
                .scheduler(clocks)
                .retry(FOUR.withDeadline(Duration.ofSeconds(20)))
                .build()
                .logs("t1")
                .subscribe(event -> {}, failures::add);

        time.advanceTimeBy(Duration.ofSeconds(30));

        assertThat(failures).hasSize(1);
        assertThat(server.openedFrom).hasSize(4);
    }

    @Test
    void nothing_is_opened_before_the_subscription_and_each_one_opens_anew() {
        StubLogs server = new StubLogs(stream(log(0), complete("completed")));
        Flux<String> logs = logs(server);
        assertThat(server.openedFrom).isEmpty();

        StepVerifier.create(logs.concatWith(logs))
                .expectNext("0", "C completed", "0", "C completed")
                .expectComplete()
                .verify(LIMIT);
        assertThat(server.openedFrom).containsExactly(0L, 0L);
    }

    @Test
    void cancelling_closes_the_stream_and_opens_no_other() {
        StubLogs server = new StubLogs(open(log(0)));

        after(server, FOUR, Duration.ofSeconds(1)).expectNext("0").thenCancel().verify(LIMIT);
        assertThat(server.closed).hasValue(1);
        assertThat(server.openedFrom).hasSize(1);
    }

    @Test
    void cancelling_during_a_backoff_opens_nothing_more() {
        StubLogs server = new StubLogs(lost(log(0)));

        after(server, FOUR, Duration.ofMillis(50)).expectNext("0").thenCancel().verify(LIMIT);
        assertThat(server.openedFrom).hasSize(1);
    }

    @Test
    void a_downstream_on_error_continue_does_not_reach_into_a_stream() {
        StubLogs server = new StubLogs(open("event: log\ndata: no\n\n" + log(0)));

        StepVerifier.withVirtualTime(() -> logs(server).onErrorContinue((failure, value) -> {}))
                .thenAwait(LONG)
                .expectError(TaskDecodingException.class)
                .verify(LIMIT);
    }
}
