package dev.taskstop.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.StopRetry;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import dev.taskstop.server.FaultKind;
import dev.taskstop.server.Faults;
import dev.taskstop.server.LedgerEntry;
import dev.taskstop.server.LedgerTotals;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.RetryAfterForm;
import dev.taskstop.server.Route;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** A server that has a rate, or fails, or does both now and then, and what is left of the client's width. */
class ServerUnderPressureJourneyTest {

    private static final Duration LIMIT = Duration.ofMinutes(5);

    /** How long nothing may come: a busy machine takes longer for all of it, but not for the next result. */
    private static final Duration STALLED = Duration.ofSeconds(20);

    private final List<StopResult> results = new ArrayList<>();
    private final List<Integer> limits = new ArrayList<>();

    private static TaskClientBuilder client(TaskServer server) {
        return TaskClient.builder().baseUrl(server.baseUrl()).apiKey(server.key());
    }

    private void stopAll(TaskClient client, List<String> ids) {
        StepVerifier.create(client.stopAll(Flux.fromIterable(ids))
                        .timeout(STALLED)
                        .doOnNext(results::add)
                        .doOnNext(result -> limits.add(client.gateState().limit())))
                .thenConsumeWhile(result -> true)
                .expectComplete()
                .verify(LIMIT);
        StepVerifier.create(client.closeAsync()).expectComplete().verify(LIMIT);
        assertThat(results).extracting(StopResult::taskId).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void a_client_narrows_to_what_the_key_may_ask_and_no_stop_fails() {
        try (TaskServer server = TaskServer.start(TaskServerOptions.defaults().withRequestsPerSecond(100))) {
            stopAll(client(server).build(), server.createTasks(500, Lifecycle.staysIn(Status.PROCESSING)));

            LedgerTotals totals = server.ledger().totals();
            long refused = totals.answers(Route.STOP, 429) + totals.answers(Route.UNKNOWN, 429);
            System.out.printf(
                    "%,d requests, %,d refused, limit %d in the end%n",
                    totals.requests(), totals.requests() - 500, limits.get(499));
            assertThat(results).allMatch(Stopped.class::isInstance);
            // Either each burst was big enough to halve the limit, or it was not, and few were refused in each.
            int halved = 64 + 32 + 16 + 8 + 8;
            int tolerated = 64 + 4 * 8;
            assertThat(refused)
                    .isEqualTo(totals.requests() - 500)
                    .isLessThanOrEqualTo(limits.get(499) <= 16 ? halved : tolerated);
        }
    }

    @Test
    void a_client_with_the_rate_of_its_key_is_never_refused() {
        try (TaskServer server = TaskServer.start(TaskServerOptions.defaults().withRequestsPerSecond(100))) {
            TaskClient client = client(server).requestsPerMinute(90 * 60).build();

            stopAll(client, server.createTasks(300, Lifecycle.staysIn(Status.PROCESSING)));

            assertThat(results).allMatch(Stopped.class::isInstance);
            assertThat(server.ledger().totals().requests()).isEqualTo(300);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void a_server_that_fails_now_and_then_in_every_way_leaves_the_client_wide(long seed) {
        System.out.println("seed " + seed);
        Faults faults = Faults.none().withLatency(Duration.ofMillis(100)).withOversizedBytes(100_000);
        for (FaultKind kind : FaultKind.values()) {
            faults = faults.with(kind, 0.01);
        }
        TaskServerOptions options = TaskServerOptions.defaults()
                .withSeed(seed)
                .withFaults(faults)
                .withRetryAfter(RetryAfterForm.RESET_AT, Duration.ofMillis(5));
        try (TaskServer server = TaskServer.start(options)) {
            TaskClient client = client(server)
                    .requestTimeout(Duration.ofMillis(1_500))
                    .retry(StopRetry.defaults().withBackoff(Duration.ofMillis(10), Duration.ofMillis(200)))
                    .build();

            stopAll(client, server.createTasks(5_000, Lifecycle.staysIn(Status.PROCESSING)));

            double mean = limits.stream().mapToInt(i -> i).average().orElse(0);
            System.out.printf("limit %.1f of 64 on average%n", mean);
            assertThat(mean).isGreaterThan(45);
            assertThat(results).allMatch(Stopped.class::isInstance);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void a_server_that_fails_half_of_the_time_is_not_stampeded_and_no_failure_is_a_lie(long seed) {
        System.out.println("seed " + seed);
        TaskServerOptions options = TaskServerOptions.defaults()
                .withSeed(seed)
                .withFaults(Faults.none().with(FaultKind.ERROR_BEFORE, 0.5));
        try (TaskServer server = TaskServer.start(options)) {
            List<String> ids = server.createTasks(2_000, Lifecycle.staysIn(Status.PROCESSING));
            TaskClient client = client(server)
                    .retry(StopRetry.defaults().withBackoff(Duration.ofMillis(10), Duration.ofMillis(200)))
                    .build();

            stopAll(client, ids);

            // The first ids spend the budget; what counts is what comes after them.
            List<LedgerEntry> later = ids.subList(600, 2_000).stream()
                    .map(id -> server.ledger().of(id))
                    .toList();
            double each =
                    later.stream().mapToInt(LedgerEntry::stopRequests).average().orElse(0);
            long questions = server.ledger().totals().answers(Route.STATUS, 200);
            System.out.printf(
                    "%,d requests for %,d ids, %d of them questions; %.3f stop requests for each id after the first 600;"
                            + " limit %d in the end%n",
                    server.ledger().totals().requests(), 2_000, questions, each, limits.get(1_999));
            assertThat(each + questions / 1_400.0).isLessThanOrEqualTo(1.2);
            assertThat(results).allSatisfy(result -> {
                boolean stopped = server.ledger().of(result.taskId()).effectiveRequest() > 0;
                assertThat(result instanceof Stopped).isEqualTo(stopped);
                assertThat(result instanceof Failed failed && failed.error().isOutcomeUnknown())
                        .isEqualTo(!stopped);
            });
        }
    }
}
