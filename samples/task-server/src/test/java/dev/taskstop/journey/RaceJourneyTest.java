package dev.taskstop.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.AwaitOptions;
import dev.taskstop.StopAllOptions;
import dev.taskstop.StopResult;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskOutcome;
import dev.taskstop.TaskQuery;
import dev.taskstop.TaskSummary;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Route;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Races and lists against a server whose tasks end by themselves. */
class RaceJourneyTest {

    private static final Duration LIMIT = Duration.ofSeconds(50);

    private final TaskServer server =
            TaskServer.start(TaskServerOptions.defaults().withSeed(11));
    private final TaskClient client = TaskClient.builder()
            .baseUrl(server.baseUrl())
            .apiKey(server.key())
            .pollInterval(Duration.ofMillis(200))
            .build();

    @AfterEach
    void close() {
        StepVerifier.create(client.closeAsync()).expectComplete().verify(LIMIT);
        server.close();
    }

    private long stoppedInTheLedger() {
        return server.ledger()
                .tasks()
                .filter(entry -> entry.effectiveRequest() > 0)
                .count();
    }

    @Test
    void whoever_wins_the_race_the_outcome_is_the_ledgers() {
        Duration timeout = Duration.ofSeconds(1);
        Lifecycle endsAtTheTimeout = Lifecycle.moving()
                .withPendingFor(Duration.ZERO)
                .withProcessingFor(timeout)
                .withSavingFor(Duration.ZERO)
                .withJitter(0.05);
        List<String> ids = server.createTasks(400, endsAtTheTimeout);
        List<TaskOutcome> outcomes = new ArrayList<>();

        StepVerifier.create(client.awaitOrStopAll(Flux.fromIterable(ids), timeout, AwaitOptions.defaults())
                        .doOnNext(outcomes::add))
                .expectNextCount(400)
                .expectComplete()
                .verify(LIMIT);

        assertThat(outcomes).extracting(TaskOutcome::taskId).containsExactlyInAnyOrderElementsOf(ids);
        for (TaskOutcome outcome : outcomes) {
            boolean stopped = server.ledger().of(outcome.taskId()).effectiveRequest() > 0;
            assertThat(outcome).isInstanceOf(stopped ? TaskOutcome.Stopped.class : TaskOutcome.Finished.class);
        }
    }

    @Test
    void the_log_stream_tells_the_end_of_a_task_without_polling() {
        Lifecycle endsSoon = Lifecycle.moving()
                .withPendingFor(Duration.ZERO)
                .withProcessingFor(Duration.ofMillis(400))
                .withSavingFor(Duration.ZERO);
        String ends = server.createTasks(1, endsSoon).get(0);
        String runs =
                server.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);
        AwaitOptions byLog = AwaitOptions.defaults().withLogStream(true);

        StepVerifier.create(client.awaitOrStop(ends, Duration.ofSeconds(20), byLog))
                .expectNextMatches(TaskOutcome.Finished.class::isInstance)
                .expectComplete()
                .verify(LIMIT);
        StepVerifier.create(client.awaitOrStop(runs, Duration.ofSeconds(1), byLog))
                .expectNextMatches(TaskOutcome.Stopped.class::isInstance)
                .expectComplete()
                .verify(LIMIT);

        assertThat(server.ledger().totals().answers(Route.STATUS, 200)).isEqualTo(1);
    }

    @Test
    void every_active_task_is_stopped_and_the_others_are_left_alone() {
        server.createTasks(5_000, Lifecycle.staysIn(Status.PROCESSING));
        server.createTasks(200, Lifecycle.staysIn(Status.COMPLETED));

        StepVerifier.create(client.stopActive(TaskQuery.active(), StopAllOptions.defaults()))
                .expectNextCount(5_000)
                .expectComplete()
                .verify(LIMIT);

        assertThat(stoppedInTheLedger()).isEqualTo(5_000);
        assertThat(server.ledger().totals().patchRequests()).isEqualTo(5_000);
    }

    @Test
    void stopping_what_is_active_ends_although_new_tasks_keep_coming() {
        server.createTasks(1_000, Lifecycle.staysIn(Status.PROCESSING));
        List<StopResult> results = new ArrayList<>();

        StepVerifier.create(client.stopActive(TaskQuery.active(), StopAllOptions.defaults())
                        .doOnNext(results::add)
                        .doOnNext(result -> server.createTasks(1, Lifecycle.staysIn(Status.PROCESSING))))
                .thenConsumeWhile(Stopped.class::isInstance)
                .expectComplete()
                .verify(LIMIT);

        assertThat(results).hasSizeGreaterThanOrEqualTo(1_000);
        assertThat(stoppedInTheLedger()).isEqualTo(results.size());
    }

    @Test
    void a_dry_run_over_what_is_active_sends_no_stop() {
        server.createTasks(300, Lifecycle.staysIn(Status.PROCESSING));

        StepVerifier.create(client.stopActive(
                        TaskQuery.active(), StopAllOptions.defaults().withDryRun(true)))
                .thenConsumeWhile(
                        result -> result instanceof Skipped skipped && skipped.reason() == Skipped.Reason.DRY_RUN)
                .expectComplete()
                .verify(LIMIT);

        assertThat(server.ledger().totals().patchRequests()).isZero();
    }

    @Test
    void a_confirmed_stop_is_a_stop_that_the_status_shows() {
        List<String> ids = server.createTasks(50, Lifecycle.staysIn(Status.PROCESSING));

        StepVerifier.create(client.stopAll(
                        Flux.fromIterable(ids), StopAllOptions.defaults().withConfirm(true)))
                .thenConsumeWhile(Stopped.class::isInstance)
                .expectComplete()
                .verify(LIMIT);

        assertThat(stoppedInTheLedger()).isEqualTo(50);
    }

    @Test
    void a_list_shows_what_was_asked_for() {
        server.createTasks(250, Lifecycle.staysIn(Status.PROCESSING));
        server.createTasks(30, Lifecycle.staysIn(Status.COMPLETED));
        server.createTasks(20, Lifecycle.staysIn(Status.ERROR));

        for (TaskQuery.Status status : TaskQuery.Status.values()) {
            long expected = switch (status) {
                case ACTIVE -> 250;
                case COMPLETED -> 30;
                case FAILED -> 20;
                case STOPPED -> 0;
            };
            StepVerifier.create(client.list(TaskQuery.all().withStatus(status).withPageSize(7))
                            .map(TaskSummary::taskId)
                            .distinct())
                    .expectNextCount(expected)
                    .expectComplete()
                    .verify(LIMIT);
        }
    }
}
