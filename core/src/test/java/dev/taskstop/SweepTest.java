package dev.taskstop;

import static dev.taskstop.StubTasks.NOW;
import static dev.taskstop.StubTransport.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Rounds of stopping, in virtual time. */
class SweepTest {

    private static final Duration EVERY = Duration.ofMinutes(5);
    private static final StopAllOptions OPTIONS = StopAllOptions.defaults();

    private final StubTasks server = new StubTasks();
    private final List<Sweep> sweeps = new ArrayList<>();
    private @Nullable TaskClient client;

    private static Duration sinceBegin() {
        return Duration.ofMillis(VirtualTimeScheduler.get().now(TimeUnit.MILLISECONDS));
    }

    private Flux<Sweep> sweep(TaskQuery query, StopAllOptions options) {
        TaskClient mine = server.client().build();
        client = mine;
        return mine.sweep(query, EVERY, options).doOnNext(sweeps::add);
    }

    private Flux<Sweep> sweep() {
        return sweep(TaskQuery.active(), OPTIONS);
    }

    private Mono<Void> close() {
        return client == null ? Mono.error(new AssertionError("no client")) : client.closeAsync();
    }

    @Test
    void now_and_at_each_interval_what_matches_is_stopped() {
        server.addMany(3);

        StepVerifier.withVirtualTime(this::sweep)
                .expectNextMatches(
                        sweep -> sweep.number() == 1 && sweep.summary().stopped() == 3)
                .expectNoEvent(EVERY.minusMillis(1))
                .then(() -> server.add("late"))
                .thenAwait(Duration.ofMillis(1))
                .expectNextMatches(
                        sweep -> sweep.number() == 2 && sweep.summary().stopped() == 1)
                .thenAwait(EVERY)
                .expectNextMatches(
                        sweep -> sweep.number() == 3 && sweep.summary().total() == 0)
                .thenCancel()
                .verify(Wire.LIMIT);

        assertThat(sweeps)
                .extracting(Sweep::startedAt)
                .containsExactly(Instant.EPOCH, Instant.EPOCH.plus(EVERY), Instant.EPOCH.plus(EVERY.multipliedBy(2)));
        assertThat(sweeps).noneMatch(Sweep::isFailed);
    }

    @Test
    void a_subscriber_that_requests_nothing_has_nothing_stopped_and_no_round_is_made_up_for() {
        server.addMany(1);

        StepVerifier.withVirtualTime(this::sweep, 0)
                .expectSubscription()
                .expectNoEvent(EVERY.multipliedBy(3))
                .then(() -> assertThat(server.pages).isEmpty())
                .thenRequest(1)
                .expectNextCount(1)
                .then(() -> assertThat(server.stops).hasSize(1))
                .expectNoEvent(EVERY.multipliedBy(10))
                .thenRequest(2)
                .expectNextCount(1)
                .expectNoEvent(EVERY.minusMillis(1))
                .thenAwait(Duration.ofMillis(1))
                .expectNextCount(1)
                .expectNoEvent(EVERY.multipliedBy(3))
                .thenCancel()
                .verify(Wire.LIMIT);
    }

    @Test
    void a_round_that_takes_longer_than_the_interval_is_not_overlapped() {
        AtomicInteger open = new AtomicInteger();
        List<Integer> openAtEachPage = new ArrayList<>();
        server.fault = request -> request.method().equals("GET")
                ? Mono.defer(() -> {
                    openAtEachPage.add(open.incrementAndGet());
                    return Mono.delay(EVERY.multipliedBy(2).plusSeconds(1))
                            .doOnTerminate(open::decrementAndGet)
                            .map(tick -> response(200, "{\"tasks\":[]}"));
                })
                : null;

        StepVerifier.withVirtualTime(() -> sweep().take(4))
                .thenAwait(Duration.ofHours(2))
                .expectNextCount(4)
                .expectComplete()
                .verify(Wire.LIMIT);

        assertThat(openAtEachPage).containsExactly(1, 1, 1, 1);
        assertThat(sweeps)
                .extracting(sweep -> Duration.between(Instant.EPOCH, sweep.startedAt()))
                .containsExactly(
                        Duration.ZERO, Duration.ofSeconds(601), Duration.ofSeconds(1202), Duration.ofSeconds(1803));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 402, 403, 404, 500, 200})
    void a_round_that_fails_is_a_value_and_the_next_one_comes_at_its_time(int status) {
        server.addMany(2);
        server.fault = request -> sinceBegin().compareTo(EVERY) < 0 ? Mono.just(response(status, "<")) : null;

        StepVerifier.withVirtualTime(this::sweep)
                .thenAwait(EVERY.minusMillis(1))
                .expectNextMatches(Sweep::isFailed)
                .thenAwait(Duration.ofMillis(1))
                .expectNextMatches(sweep -> !sweep.isFailed() && sweep.summary().stopped() == 2)
                .thenCancel()
                .verify(Wire.LIMIT);
    }

    @Test
    void a_round_that_fails_on_its_way_tells_what_it_stopped_before() {
        server.addMany(150);
        server.fault = request ->
                server.pages.size() == 1 && request.method().equals("GET") ? Mono.just(response(404, "")) : null;

        StepVerifier.withVirtualTime(() -> sweep().take(1))
                .expectNextMatches(sweep -> sweep.isFailed() && sweep.summary().stopped() == 100)
                .expectComplete()
                .verify(Wire.LIMIT);
    }

    @Test
    void a_key_that_is_refused_for_the_stops_is_in_the_summary_of_its_round() {
        server.addMany(200);
        server.fault = request ->
                request.method().equals("PATCH") && sinceBegin().isZero() ? Mono.just(response(401, "")) : null;

        StepVerifier.withVirtualTime(() ->
                        sweep(TaskQuery.active(), OPTIONS.withConcurrency(1)).take(2))
                .thenAwait(EVERY)
                .expectNextMatches(sweep -> !sweep.isFailed()
                        && sweep.summary().firstFailures().get(0).error() instanceof TaskResponseException refused
                        && refused.isAboutKey())
                .expectNextMatches(sweep -> sweep.summary().stopped() == 200)
                .expectComplete()
                .verify(Wire.LIMIT);
    }

    @Test
    void the_maximum_and_the_reason_are_each_rounds() {
        server.addMany(25);

        StepVerifier.withVirtualTime(
                        () -> sweep(TaskQuery.active(), OPTIONS.withMax(10).withReason("too old"))
                                .take(3))
                .thenAwait(EVERY.multipliedBy(2))
                .expectNextCount(3)
                .expectComplete()
                .verify(Wire.LIMIT);

        assertThat(sweeps).extracting(sweep -> sweep.summary().stopped()).containsExactly(10L, 10L, 5L);
        assertThat(sweeps).extracting(sweep -> sweep.summary().skipped()).containsExactly(1L, 1L, 0L);
        assertThat(sweeps).extracting(sweep -> sweep.summary().reason()).containsOnly("too old");
    }

    @Test
    void cancelling_in_the_middle_of_a_round_ends_it() {
        server.addMany(1_000);
        AtomicInteger cancelled = new AtomicInteger();
        server.fault = request -> request.method().equals("PATCH")
                ? Mono.<TaskResponse>never().doOnCancel(cancelled::incrementAndGet)
                : null;

        StepVerifier.withVirtualTime(this::sweep)
                .thenAwait(Duration.ofSeconds(1))
                .thenCancel()
                .verify(Wire.LIMIT);

        assertThat(cancelled).hasValue(64);
        assertThat(server.pages).hasSize(1);
    }

    @Test
    void cancelling_between_rounds_ends_the_sweep() {
        StepVerifier.withVirtualTime(this::sweep)
                .expectNextCount(1)
                .thenAwait(EVERY.dividedBy(2))
                .thenCancel()
                .verify(Wire.LIMIT);

        assertThat(server.pages).hasSize(1);
    }

    private static boolean isClosed(Throwable failure) {
        return TaskRequestException.isOne(failure, TaskRequestException.Reason.REFUSED)
                && "The client is closed".equals(failure.getMessage());
    }

    @Test
    void closing_the_client_ends_the_wait_for_the_next_round() {
        StepVerifier.withVirtualTime(this::sweep)
                .expectNextCount(1)
                .thenAwait(Duration.ofSeconds(1))
                .then(() -> close().subscribe())
                .expectErrorMatches(SweepTest::isClosed)
                .verify(Wire.LIMIT);
    }

    @Test
    void closing_the_client_ends_the_wait_for_demand() {
        StepVerifier.withVirtualTime(this::sweep, 1)
                .expectNextCount(1)
                .thenAwait(EVERY.multipliedBy(2))
                .then(() -> close().subscribe())
                .expectErrorMatches(SweepTest::isClosed)
                .verify(Wire.LIMIT);
    }

    @Test
    void closing_the_client_lets_the_round_that_is_under_way_end() {
        server.addMany(100);
        server.fault = request -> request.method().equals("PATCH")
                ? Mono.delay(Duration.ofSeconds(10))
                        .map(tick -> response(
                                200,
                                "{\"task\":{\"id\":\"%s\",\"status\":\"stopped\"}}"
                                        .formatted(Wire.taskId(request.uri().getPath()))))
                : null;

        StepVerifier.withVirtualTime(this::sweep)
                .thenAwait(Duration.ofSeconds(1))
                .then(() -> close().subscribe())
                .thenAwait(Duration.ofSeconds(9))
                .expectNextMatches(sweep ->
                        sweep.summary().stopped() == 64 && sweep.summary().failed() > 0)
                .expectErrorMatches(SweepTest::isClosed)
                .verify(Wire.LIMIT);
    }

    @Test
    void a_sweep_of_a_client_that_is_closed_sends_nothing() {
        StepVerifier.withVirtualTime(() -> {
                    Flux<Sweep> sweep = sweep();
                    return close().thenMany(sweep);
                })
                .expectErrorMatches(SweepTest::isClosed)
                .verify(Wire.LIMIT);
        assertThat(server.pages).isEmpty();
    }

    @Test
    void an_interval_that_is_none_is_refused_by_its_name() {
        TaskClient any = server.client().build();

        assertThatThrownBy(() -> any.sweep(TaskQuery.active(), Duration.ZERO, OPTIONS))
                .hasMessage("every takes a duration above zero, not PT0S");
    }

    /** What is wrong with the server in the interval that begins then. */
    private static int trouble(long seed, Duration since) {
        return new Random(seed * 1_000 + since.dividedBy(EVERY)).nextInt(10);
    }

    /**
     * A task is created each seven minutes. In four of ten intervals the list cannot be read, the key is refused, the
     * server is not reached, or it hangs.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void over_a_day_each_old_task_is_stopped_by_the_next_round_that_can_and_no_young_one_is(long seed) {
        Duration age = Duration.ofHours(6);
        List<Instant> createdAt = new ArrayList<>();
        server.beforeEachPage = () -> {
            server.now = NOW.plus(sinceBegin());
            Instant next = NOW.minus(Duration.ofHours(8)).plus(Duration.ofMinutes(7L * createdAt.size()));
            while (!next.isAfter(server.now)) {
                server.add("t" + createdAt.size(), "createdAt", next.toString());
                createdAt.add(next);
                next = next.plus(Duration.ofMinutes(7));
            }
        };
        server.fault = request -> switch (trouble(seed, sinceBegin())) {
            case 0 -> Mono.just(response(503, ""));
            case 1 -> Mono.just(response(401, ""));
            case 2 -> Mono.error(() -> TaskRequestException.noAnswer(request, new java.io.IOException("reset")));
            case 3 -> Mono.never();
            default -> null;
        };
        List<String> wrong = new ArrayList<>();

        StepVerifier.withVirtualTime(() -> sweep(
                                TaskQuery.active().olderThan(age), OPTIONS.withDeadline(Duration.ofMinutes(2)))
                        .doOnNext(sweep -> {
                            int trouble = trouble(seed, Duration.between(Instant.EPOCH, sweep.startedAt()));
                            Instant begin = NOW.plus(Duration.between(Instant.EPOCH, sweep.startedAt()));
                            if (sweep.isFailed() != (trouble < 3)) {
                                wrong.add(sweep + ", trouble " + trouble);
                            }
                            if (trouble > 3
                                    && server.active.keySet().stream()
                                            .map(id -> createdAt.get(Integer.parseInt(id.substring(1))))
                                            .anyMatch(created -> created.isBefore(begin.minus(age)))) {
                                wrong.add("left running: " + sweep);
                            }
                        })
                        .take(289))
                .thenAwait(Duration.ofDays(1).plusMinutes(5))
                .expectNextCount(289)
                .expectComplete()
                .verify(Duration.ofSeconds(30));

        assertThat(wrong).as("seed %d", seed).isEmpty();
        assertThat(sweeps).extracting(Sweep::number).isSorted().doesNotHaveDuplicates();
        assertThat(sweeps)
                .extracting(Sweep::startedAt)
                .isEqualTo(java.util.stream.LongStream.range(0, 289)
                        .mapToObj(i -> Instant.EPOCH.plus(EVERY.multipliedBy(i)))
                        .toList());
        assertThat(sweeps).filteredOn(Sweep::isFailed).hasSizeBetween(50, 130);
        long stopped =
                sweeps.stream().mapToLong(sweep -> sweep.summary().stopped()).sum();
        assertThat(stopped).isEqualTo(server.stops.size()).isGreaterThan(200);
        // The youngest that was stopped was old enough at the last round.
        assertThat(createdAt.get((int) stopped - 1))
                .isBefore(NOW.plus(Duration.ofDays(1)).minus(age));
    }
}
