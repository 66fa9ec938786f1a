package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.lost;
import static dev.taskstop.StubTransport.notSent;
import static dev.taskstop.StubTransport.response;
import static dev.taskstop.StubTransport.status;
import static dev.taskstop.StubTransport.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.StubTransport.Reply;
import dev.taskstop.TaskResponseException.Reason;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What each result claims, where clocks are ordinary, answers odd and networks unlucky. */
class ClaimsTest {

    private static final Instant SERVER_START = Instant.parse("2026-01-01T12:00:00.400Z");
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final StubTransport server = new StubTransport();
    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final WallClockThatJumps clocks = new WallClockThatJumps(time);

    private StopResult result(StopAllOptions options, UnaryOperator<TaskClientBuilder> settings) {
        TaskClient client = settings.apply(server.client().scheduler(clocks)).build();
        StopResult[] result = new StopResult[1];
        client.stopAll(Flux.just("t1"), options).subscribe(r -> result[0] = r);
        time.advanceTimeBy(Duration.ofHours(1));
        return result[0];
    }

    private StopResult result() {
        return result(StopAllOptions.defaults(), settings -> settings);
    }

    private TaskException error(StopResult result) {
        assertThat(result).isInstanceOf(Failed.class);
        return ((Failed) result).error();
    }

    // A 200 that shows no end

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pending",
                "queued",
                "processing",
                "running",
                "in_progress",
                "saving",
                "terminating",
                "STOPPING",
                ""
            })
    void a_200_that_shows_no_end_is_asked_for(String shown) {
        server.onStop(answer(200, "{\"task\":{\"id\":\"t1\",\"status\":\"%s\"}}".formatted(shown)))
                .onStatus(status("stopped"));
        assertThat(result())
                .isInstanceOfSatisfying(
                        Stopped.class, stop -> assertThat(stop.recovered()).isTrue());

        server.onStatus(status("processing"));
        assertThat(error(result()).isOutcomeUnknown()).isTrue();

        server.onStatus(status("completed"));
        assertThat(result()).isEqualTo(new AlreadyEnded("t1", TaskState.of("completed"), true));
    }

    @Test
    void a_200_that_shows_no_end_is_asked_for_though_no_retry_is_left() {
        server.onStop(answer(200, "{\"task\":{\"id\":\"t1\",\"status\":\"processing\"}}"))
                .onStatus(status("stopped"));

        StopRetry none = StopRetry.defaults().withBudget(0).withMaxAttempts(1);
        assertThat(result(StopAllOptions.defaults(), settings -> settings.retry(none)))
                .isInstanceOf(Stopped.class);
    }

    @ParameterizedTest
    @CsvSource({
        "true, running",
        "false, running",
        "true, in_progress",
        "true, queued",
        "true, pending",
        "false, cancelled",
        "true, stopping"
    })
    void a_200_of_the_agent_api_is_a_stop_only_when_it_says_cancelled(boolean success, String state) {
        server.onStop(answer(200, "{\"success\":%b,\"status\":\"%s\"}".formatted(success, state)))
                .onStatus(answer(404));

        StopResult result = result(
                StopAllOptions.defaults(),
                settings -> settings.transport(new AgentPaths(server)).dialect(TaskDialect.agentV1()));

        assertThat(result).isNotInstanceOf(Stopped.class);
        assertThat(server.requests).contains("GET t1");
    }

    /** The script's ids are in the path of the other dialect. */
    private record AgentPaths(StubTransport server) implements TaskTransport {

        @Override
        public Mono<TaskResponse> exchange(TaskRequest request) {
            Origin origin = new Origin(java.net.URI.create("https://example.com"), "", false);
            String path = request.uri().getPath().replace("/api/v1/", "/api/");
            return server.exchange(new TaskRequest(
                    request.method(), origin, path, request.pathTemplate(), request.authorization(), null, 1));
        }
    }

    // The server's two clocks

    /** A status as a server tells it whose times in bodies have a granularity and a clock of their own. */
    private Reply stoppedAt(Instant end, Duration skew, ChronoUnit granularity) {
        return (request, taskId) -> {
            Instant now = SERVER_START.plusNanos(time.now(TimeUnit.NANOSECONDS) - begin);
            return Mono.just(response(
                    200,
                    "{\"taskId\":\"t1\",\"status\":\"stopped\",\"completedAt\":\"%s\"}"
                            .formatted(end.plus(skew).truncatedTo(granularity)),
                    "Date",
                    HTTP_DATE.format(now)));
        };
    }

    private final long begin = time.now(TimeUnit.NANOSECONDS);

    @ParameterizedTest
    @CsvSource({
        "0, MILLIS",
        "0, SECONDS",
        "-20, SECONDS",
        "-300, MILLIS",
        "-1000, MILLIS",
        "-2000, MILLIS",
        "-2000, SECONDS",
        "-5000, SECONDS",
        "300, MILLIS",
        "2000, SECONDS",
        "-20000, SECONDS"
    })
    void a_stop_of_ours_is_no_elses_because_the_servers_clocks_differ(long skewMillis, ChronoUnit granularity) {
        server.onStop(lost(), answer(400))
                .onStatus(stoppedAt(SERVER_START, Duration.ofMillis(skewMillis), granularity));

        assertThat(result())
                .isInstanceOfSatisfying(
                        Stopped.class, stop -> assertThat(stop.recovered()).isTrue());
    }

    @ParameterizedTest
    @ValueSource(longs = {60, 600, 3_600})
    void a_stop_of_somebody_elses_that_was_before_beyond_doubt_is_not_ours(long secondsBefore) {
        server.onStop(lost(), answer(400))
                .onStatus(stoppedAt(SERVER_START.minusSeconds(secondsBefore), Duration.ZERO, ChronoUnit.MILLIS));

        assertThat(result()).isEqualTo(new AlreadyEnded("t1", TaskState.of("stopped"), false));
    }

    // This machine's wall clock

    private Reply afterStep(Duration step, Reply reply) {
        return (request, taskId) -> {
            clocks.jump(step.toMillis());
            return reply.to(request, taskId);
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {-3_600_000, -500, 500, 3_600_000})
    void a_step_of_this_machines_clock_changes_no_claim(long stepMillis) {
        server.onStop(afterStep(Duration.ofMillis(stepMillis), lost()), answer(400))
                .onStatus(stoppedAt(SERVER_START, Duration.ZERO, ChronoUnit.MILLIS));
        assertThat(result()).isInstanceOf(Stopped.class);

        server.onStatus(stoppedAt(SERVER_START.minusSeconds(600), Duration.ZERO, ChronoUnit.MILLIS));
        assertThat(result()).isInstanceOf(AlreadyEnded.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {-3_600_000, 3_600_000})
    void a_step_of_this_machines_clock_neither_shortens_nor_lengthens_a_deadline(long stepMillis) {
        server.onStop(afterStep(Duration.ofMillis(stepMillis), answer(400)), answer(400))
                .onStatus(status("pending"));
        long[] endedAfter = new long[1];
        TaskClient client = server.client()
                .scheduler(clocks)
                .retry(StopRetry.defaults().withDeadline(Duration.ofSeconds(20)))
                .build();
        client.stopAll(Flux.just("t1")).subscribe(r -> endedAfter[0] = time.now(TimeUnit.SECONDS));
        long start = time.now(TimeUnit.SECONDS);

        time.advanceTimeBy(Duration.ofHours(3));

        assertThat(endedAfter[0] - start).isBetween(15L, 20L);
    }

    // What was sent before

    @Test
    void a_later_failure_of_what_was_not_sent_does_not_hide_what_was() {
        server.onStop(lost(), notSent());

        TaskException error = error(result());

        assertThat(error.isOutcomeUnknown()).isTrue();
        assertThat(error).hasMessageContaining("got no answer");
    }

    private static Reply notProcessed() {
        return (request, taskId) ->
                Mono.error(() -> TaskRequestException.notProcessed(request, new java.io.IOException("refused")));
    }

    static Stream<Named<List<Reply>>> whatIsSentInVain() {
        return Stream.of(
                Named.of("then nothing", List.of(notProcessed())),
                Named.of("then no connection", List.of(notProcessed(), notSent())),
                Named.of("no connection before and after", List.of(notSent(), notProcessed(), notSent())));
    }

    @ParameterizedTest
    @MethodSource("whatIsSentInVain")
    void a_stop_that_was_sent_and_not_processed_is_never_said_not_to_have_been_sent(List<Reply> replies) {
        server.onStop(replies.toArray(Reply[]::new));

        StopResult result = result();

        assertThat(error(result).isOutcomeUnknown()).isFalse();
        assertThat(error(result)).hasMessageContaining("was not processed by the server");
        assertThat(((Failed) result).attempts()).isPositive();
    }

    /** A key that was replaced says nothing about the one in use. */
    @Test
    void a_refused_key_that_was_replaced_is_not_what_the_stop_failed_with() {
        Queue<String> keys = new ArrayDeque<>(List.of("bb_old", "bb_new"));
        TaskTransport rotated = request -> request.authorization().endsWith("bb_old")
                ? Mono.just(response(401, ""))
                : request.uri().getPath().endsWith("t2")
                        ? server.exchange(request)
                        : Mono.error(TaskRequestException.notSent(request, new ConnectException("refused")));
        List<StopResult> results = new ArrayList<>();
        server.client()
                .scheduler(clocks)
                .transport(rotated)
                .apiKey(() -> Mono.fromSupplier(keys::remove))
                .build()
                .stopAll(Flux.just("t1", "t2"), StopAllOptions.defaults().withConcurrency(1))
                .subscribe(results::add);

        time.advanceTimeBy(Duration.ofHours(1));

        assertThat(results).hasExactlyElementsOfTypes(Failed.class, Stopped.class);
        assertThat(error(results.get(0))).hasMessageContaining("was not sent (ConnectException)");
    }

    @Test
    void a_turn_that_does_not_come_does_not_hide_what_was_answered() {
        server.onStop(answer(500, "{}", "Retry-After", "1"), answer(429, "", "Retry-After", "3600"));

        StopRetry retry = StopRetry.defaults().withMaxPause(Duration.ofHours(1)).withDeadline(Duration.ofSeconds(30));
        TaskException error = error(result(StopAllOptions.defaults(), settings -> settings.retry(retry)));

        assertThat(error.isOutcomeUnknown()).isTrue();
        assertThat(error).isInstanceOf(TaskResponseException.class);
        assertThat(String.valueOf(error.getMessage())).doesNotContainIgnoringCase("nothing was sent");
    }

    @Test
    void where_all_that_came_was_a_400_a_question_that_fails_makes_nothing_unknown() {
        server.onStop(answer(400)).onStatus(lost());

        TaskException error = error(result());

        assertThat(error.isOutcomeUnknown()).isFalse();
        assertThat(error)
                .isInstanceOfSatisfying(
                        TaskResponseException.class,
                        answer -> assertThat(answer.reason()).isEqualTo(Reason.NOT_ACTIVE));
    }

    @Test
    void a_question_that_is_lost_is_asked_again() {
        server.onStop(lost()).onStatus(lost(), answer(500), status("stopped"));

        assertThat(result())
                .isInstanceOfSatisfying(
                        Stopped.class, stop -> assertThat(stop.recovered()).isTrue());
    }

    @Test
    void a_deadline_that_finds_nothing_sent_skips() {
        server.onStop((request, taskId) -> Mono.never());
        TaskTransport connecting = new TaskTransport() {
            @Override
            public Mono<TaskResponse> exchange(TaskRequest request) {
                return Mono.never();
            }

            @Override
            public boolean marksSent() {
                return true;
            }
        };
        StopAllOptions options = StopAllOptions.defaults().withDeadline(Duration.ofSeconds(2));

        assertThat(result(options, settings -> settings.transport(connecting)))
                .isEqualTo(new Skipped("t1", Skipped.Reason.DEADLINE));
        assertThat(result(options, settings -> settings.apiKey(Mono::never)))
                .isEqualTo(new Skipped("t1", Skipped.Reason.DEADLINE));
        assertThat(error(result(options, settings -> settings)).isOutcomeUnknown())
                .isTrue();
    }

    @Test
    void a_deadline_after_a_refusal_is_a_failure_that_is_known() {
        server.onStop(answer(400)).onStatus(status("pending"));

        StopResult result = result(StopAllOptions.defaults().withDeadline(Duration.ofSeconds(2)), settings -> settings);

        assertThat(error(result).isOutcomeUnknown()).isFalse();
    }

    @Test
    void nothing_is_sent_after_the_deadline_and_the_end_does_not_wait_for_the_backoff() {
        server.onStop(answer(400)).onStatus(status("pending"));
        StopRetry retry = StopRetry.defaults()
                .withBackoff(Duration.ofSeconds(3), Duration.ofSeconds(3))
                .withDeadline(Duration.ofSeconds(1));
        long[] endedAfter = new long[1];
        TaskClient client = server.client().scheduler(clocks).retry(retry).build();
        client.stopAll(Flux.just("t1")).subscribe(r -> endedAfter[0] = time.now(TimeUnit.MILLISECONDS));
        long start = time.now(TimeUnit.MILLISECONDS);

        time.advanceTimeBy(Duration.ofMinutes(1));

        assertThat(server.stopRequests()).isEqualTo(1);
        assertThat(endedAfter[0] - start).isLessThanOrEqualTo(1_000);
    }

    // Tasks that begin to run

    @ParameterizedTest
    @ValueSource(ints = {1, 6})
    void what_began_to_run_between_a_400_and_the_question_is_stopped_at_no_cost(int maxAttempts) {
        server.onStop(answer(400), stopped()).onStatus(status("processing"));

        StopRetry retry = StopRetry.defaults().withBudget(0).withMaxAttempts(maxAttempts);
        assertThat(result(StopAllOptions.defaults(), settings -> settings.retry(retry)))
                .isInstanceOf(Stopped.class);
        assertThat(server.stopRequests()).isEqualTo(2);
    }

    @Test
    void what_was_not_processed_before_takes_nothing_from_it() {
        server.onStop(notProcessed(), answer(400), stopped()).onStatus(status("processing"));

        StopRetry retry = StopRetry.defaults().withBudget(0).withMaxAttempts(2);
        assertThat(result(StopAllOptions.defaults(), settings -> settings.retry(retry)))
                .isInstanceOf(Stopped.class);
    }

    // Exceptions

    @Test
    void each_result_has_an_exception_of_its_own_that_does_not_change() {
        TaskRequestException shared = TaskRequestException.noTurn("shared");
        server.onStop((request, taskId) -> Mono.error(shared))
                .onStop("t2", lost(), (request, taskId) -> Mono.error(shared));
        TaskClient client = server.client().scheduler(clocks).build();
        StopResult[] results = new StopResult[2];

        client.stop("t1").subscribe(task -> {}, failure -> results[0] = new Failed("t1", (TaskException) failure));
        client.stop("t2").subscribe(task -> {}, failure -> results[1] = new Failed("t2", (TaskException) failure));
        time.advanceTimeBy(Duration.ofHours(1));

        assertThat(error(results[0])).isNotSameAs(error(results[1])).isNotSameAs(shared);
        assertThat(error(results[0]).isOutcomeUnknown()).isFalse();
        assertThat(error(results[1]).isOutcomeUnknown()).isTrue();
        assertThat(shared.isOutcomeUnknown()).isFalse();
        assertThat(shared.getSuppressed()).isEmpty();
    }

    @Test
    void a_task_that_is_gone_is_not_found_whoever_says_so() {
        server.onStop(lost(), answer(404));
        assertThat(result()).isEqualTo(new NotFound("t1"));

        server.onStop(answer(400)).onStatus(answer(404));
        assertThat(result()).isEqualTo(new NotFound("t1"));

        server.onStop(lost()).onStatus(answer(404));
        assertThat(result()).isEqualTo(new NotFound("t1"));
    }
}
