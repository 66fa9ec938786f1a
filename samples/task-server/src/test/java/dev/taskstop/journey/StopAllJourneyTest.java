package dev.taskstop.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopAllOptions;
import dev.taskstop.StopResult;
import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.StopRetry;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import dev.taskstop.server.FaultKind;
import dev.taskstop.server.Faults;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.RetryAfterForm;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class StopAllJourneyTest {

    private static final Duration LIMIT = Duration.ofMinutes(5);

    /** How long nothing may come: a busy machine takes longer for all of it, but not for the next result. */
    private static final Duration STALLED = Duration.ofSeconds(20);

    private static TaskClientBuilder client(TaskServer server) {
        return TaskClient.builder()
                .baseUrl(server.baseUrl())
                .apiKey(server.key())
                .requestTimeout(Duration.ofSeconds(2))
                .retry(StopRetry.defaults().withBackoff(Duration.ofMillis(10), Duration.ofMillis(200)));
    }

    /** Stops and closes; whatever happened, the client is idle in the end and was never wider than it may be. */
    private static List<StopResult> stopAll(TaskClientBuilder builder, List<String> ids) {
        TaskClient client = builder.build();
        List<StopResult> results = new ArrayList<>();
        StepVerifier.create(
                        client.stopAll(Flux.fromIterable(ids)).timeout(STALLED).doOnNext(results::add))
                .thenConsumeWhile(result -> true)
                .expectComplete()
                .verify(LIMIT);
        StepVerifier.create(client.closeAsync()).expectComplete().verify(LIMIT);
        assertThat(client.gateState().inFlight()).isZero();
        assertThat(client.gateState().waiting()).isZero();
        assertThat(results).extracting(StopResult::taskId).containsExactlyInAnyOrderElementsOf(ids);
        return results;
    }

    private static void assertStoppedIsWhatTheLedgerSays(TaskServer server, List<StopResult> results) {
        Set<String> stopped = new HashSet<>();
        server.ledger()
                .tasks()
                .filter(entry -> entry.effectiveRequest() > 0)
                .forEach(entry -> stopped.add(entry.taskId()));
        assertThat(results)
                .filteredOn(Stopped.class::isInstance)
                .extracting(StopResult::taskId)
                .containsExactlyInAnyOrderElementsOf(stopped);
    }

    static Stream<Arguments> transports() {
        UnaryOperator<TaskClientBuilder> http1 = builder -> builder;
        return Stream.of(Arguments.of("HTTP/1.1", http1), Arguments.of("HTTP/2", (UnaryOperator<TaskClientBuilder>)
                TaskClientBuilder::http2PriorKnowledge));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void what_the_server_did_before_its_answer_got_lost_is_reported_as_stopped(
            String name, UnaryOperator<TaskClientBuilder> transport) {
        long seed = 42;
        System.out.println(name + ", seed " + seed);
        Faults faults = Faults.none()
                .with(FaultKind.ERROR_AFTER, 0.10)
                .with(FaultKind.CUT_AFTER, 0.10)
                .with(FaultKind.ERROR_BEFORE, 0.10)
                .with(FaultKind.RATE_LIMITED, 0.05);
        TaskServerOptions options = TaskServerOptions.defaults()
                .withSeed(seed)
                .withFaults(faults)
                .withRetryAfter(RetryAfterForm.RESET_AT, Duration.ofMillis(5));
        try (TaskServer server = TaskServer.start(options)) {
            List<String> ids = server.createTasks(1_000, Lifecycle.staysIn(Status.PROCESSING));

            List<StopResult> results = stopAll(transport.apply(client(server)), ids);

            assertThat(results).allMatch(Stopped.class::isInstance);
            assertStoppedIsWhatTheLedgerSays(server, results);
            assertThat(results)
                    .filteredOn(result -> ((Stopped) result).recovered())
                    .hasSizeBetween(160, 280);
            assertThat(server.ledger().totals().peakInProgress()).isLessThanOrEqualTo(64);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void every_kind_of_fault_leaves_one_true_result_for_each_task(long seed) {
        System.out.println("seed " + seed);
        Faults faults = Faults.none().withLatency(Duration.ofMillis(50)).withOversizedBytes(100_000);
        for (FaultKind kind : FaultKind.values()) {
            faults = faults.with(kind, 0.02);
        }
        TaskServerOptions options = TaskServerOptions.defaults()
                .withSeed(seed)
                .withFaults(faults.withScope(Faults.Scope.STOP_AND_STATUS))
                .withRetryAfter(RetryAfterForm.RESET_AT, Duration.ofMillis(5));
        try (TaskServer server = TaskServer.start(options)) {
            List<String> ids = new ArrayList<>();
            ids.addAll(server.createTasks(600, Lifecycle.staysIn(Status.PROCESSING)));
            ids.addAll(server.createTasks(50, Lifecycle.staysIn(Status.COMPLETED)));
            ids.addAll(server.createTasks(50, Lifecycle.moving().withPendingFor(Duration.ofMillis(700))));

            List<StopResult> results = stopAll(client(server).requestTimeout(Duration.ofSeconds(1)), ids);

            for (StopResult result : results) {
                boolean effective = server.ledger().of(result.taskId()).effectiveRequest() > 0;
                if (result instanceof Failed failed) {
                    assertThat(failed.error().isOutcomeUnknown() || !effective)
                            .as("%s", result)
                            .isTrue();
                } else {
                    assertThat(effective).as("%s", result).isEqualTo(result instanceof Stopped);
                }
            }
            assertThat(results).filteredOn(Failed.class::isInstance).hasSizeLessThan(5);
        }
    }

    @ParameterizedTest
    @CsvSource({"false,64", "true,64", "false,4"})
    void a_wrong_key_costs_one_answer_for_each_place_and_the_rest_is_skipped(boolean http2, int concurrency) {
        try (TaskServer server = TaskServer.start()) {
            List<String> ids = server.createTasks(5_000, Lifecycle.staysIn(Status.PROCESSING));
            TaskClientBuilder builder = client(server).apiKey("bb_wrong").concurrency(concurrency);

            List<StopResult> results = stopAll(http2 ? builder.http2PriorKnowledge() : builder, ids);

            assertThat(server.ledger().totals().requests()).isBetween(1L, (long) concurrency);
            assertThat(results).filteredOn(Failed.class::isInstance).hasSize((int)
                    server.ledger().totals().unauthorized());
            assertThat(results)
                    .filteredOn(Skipped.class::isInstance)
                    .hasSize(5_000 - (int) server.ledger().totals().unauthorized());
        }
    }

    @Test
    void tasks_of_somebody_else_and_tasks_that_never_were_are_not_found() {
        try (TaskServer server =
                TaskServer.start(TaskServerOptions.defaults().withUser("other@example.com", "bb_other"))) {
            List<String> ids =
                    new ArrayList<>(server.createTasks("other@example.com", 3, Lifecycle.staysIn(Status.PROCESSING)));
            ids.add("never-was");

            assertThat(stopAll(client(server), ids)).allMatch(NotFound.class::isInstance);
            assertThat(server.ledger().tasks()).allMatch(entry -> entry.status() == Status.PROCESSING);
        }
    }

    @Test
    void a_task_that_ends_while_it_is_waited_for_has_already_ended() {
        try (TaskServer server = TaskServer.start()) {
            Lifecycle shortLived = Lifecycle.moving()
                    .withPendingFor(Duration.ofMillis(300))
                    .withProcessingFor(Duration.ZERO)
                    .withSavingFor(Duration.ZERO);

            assertThat(stopAll(client(server), server.createTasks(20, shortLived)))
                    .allMatch(AlreadyEnded.class::isInstance);
        }
    }

    @Test
    void a_server_that_hangs_is_left_at_the_deadline() {
        TaskServerOptions options =
                TaskServerOptions.defaults().withFaults(Faults.none().with(FaultKind.HANG_AFTER, 1));
        try (TaskServer server = TaskServer.start(options)) {
            List<String> ids = server.createTasks(100, Lifecycle.staysIn(Status.PROCESSING));
            TaskClient client = client(server)
                    .concurrency(10)
                    .requestTimeout(Duration.ofSeconds(10))
                    .build();
            List<StopResult> results = new ArrayList<>();

            StepVerifier.create(client.stopAll(
                                    Flux.fromIterable(ids),
                                    StopAllOptions.defaults().withDeadline(Duration.ofSeconds(4)))
                            .doOnNext(results::add))
                    .expectNextCount(100)
                    .expectComplete()
                    .verify(LIMIT);

            assertThat(results)
                    .filteredOn(Failed.class::isInstance)
                    .hasSize(10)
                    .allMatch(failed -> ((Failed) failed).error().isOutcomeUnknown());
            assertThat(server.ledger().totals().patchRequests()).isEqualTo(10);
        }
    }
}
