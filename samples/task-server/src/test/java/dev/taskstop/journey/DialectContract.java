package dev.taskstop.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.AwaitOptions;
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
import dev.taskstop.TaskDialect;
import dev.taskstop.TaskOutcome;
import dev.taskstop.TaskQuery;
import dev.taskstop.TaskResponseException;
import dev.taskstop.TaskState;
import dev.taskstop.server.FaultKind;
import dev.taskstop.server.Faults;
import dev.taskstop.server.IdForm;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.RetryAfterForm;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskFaults;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** What every dialect has to do, against the task server. */
abstract class DialectContract {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String OTHER = "other@example.com";

    private final TaskDialect dialect;
    private final IdForm idForm;

    DialectContract(TaskDialect dialect, IdForm idForm) {
        this.dialect = dialect;
        this.idForm = idForm;
    }

    abstract void assertSomebodyElses(StopResult result);

    private TaskClientBuilder client(TaskServer server) {
        return TaskClient.builder()
                .dialect(dialect)
                .baseUrl(server.baseUrl())
                .apiKey(server.key())
                .pollInterval(Duration.ofMillis(50))
                .requestTimeout(Duration.ofSeconds(1))
                .retry(StopRetry.defaults().withBackoff(Duration.ofMillis(10), Duration.ofMillis(100)));
    }

    private static TaskServer server(Faults faults) {
        return TaskServer.start(TaskServerOptions.defaults()
                .withSeed(5)
                .withUser(OTHER, "bb_other")
                .withRetryAfter(RetryAfterForm.RESET_AT, Duration.ofMillis(5))
                .withFaults(faults));
    }

    private static List<StopResult> results(TaskClient client, List<String> ids, StopAllOptions options) {
        List<StopResult> results = new ArrayList<>();
        StepVerifier.create(client.stopAll(Flux.fromIterable(ids), options).doOnNext(results::add))
                .expectNextCount(ids.size())
                .expectComplete()
                .verify(LIMIT);
        return results;
    }

    private static StopResult result(TaskClient client, String id) {
        return results(client, List.of(id), StopAllOptions.defaults()).get(0);
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.class,
            names = {"PROCESSING", "SAVING"})
    void a_running_task_is_stopped(Status status) {
        try (TaskServer server = server(Faults.none())) {
            String id = server.createTasks(1, Lifecycle.staysIn(status)).get(0);

            assertThat(result(client(server).build(), id))
                    .isInstanceOfSatisfying(
                            Stopped.class,
                            stop -> assertThat(stop.task().state().kind()).isEqualTo(TaskState.Kind.STOPPED));
            assertThat(server.ledger().of(id).effectiveRequest()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.class,
            names = {"COMPLETED", "ERROR", "STOPPED", "TIMEOUT"})
    void an_ended_task_has_already_ended(Status status) {
        try (TaskServer server = server(Faults.none())) {
            String id = server.createTasks(1, Lifecycle.staysIn(status)).get(0);

            assertThat(result(client(server).build(), id))
                    .isInstanceOfSatisfying(
                            AlreadyEnded.class,
                            ended -> assertThat(ended.state().isEnded()).isTrue());
            assertThat(server.ledger().of(id).effectiveRequest()).isZero();
        }
    }

    @Test
    void a_pending_task_is_waited_for() {
        try (TaskServer server = server(Faults.none())) {
            String id = server.createTasks(1, Lifecycle.moving().withPendingFor(Duration.ofMillis(300)))
                    .get(0);

            assertThat(result(client(server).build(), id)).isInstanceOf(Stopped.class);
            assertThat(server.ledger().of(id).stopRequests()).isGreaterThan(1);
        }
    }

    @Test
    void a_task_that_is_not_there_is_not_found_and_somebody_elses_does_not_end_the_batch() {
        try (TaskServer server = server(Faults.none())) {
            String other = server.createTasks(OTHER, 1, Lifecycle.staysIn(Status.PROCESSING))
                    .get(0);
            String own =
                    server.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);

            List<StopResult> results = results(
                    client(server).build(),
                    List.of(other, "no-such-task", own),
                    StopAllOptions.defaults().withConcurrency(1));

            assertSomebodyElses(results.get(0));
            assertThat(results.get(1)).isInstanceOf(NotFound.class);
            assertThat(results.get(2)).isInstanceOf(Stopped.class);
        }
    }

    @Test
    void a_wrong_key_ends_the_batch() {
        try (TaskServer server = server(Faults.none())) {
            List<String> ids = server.createTasks(100, Lifecycle.staysIn(Status.PROCESSING));

            List<StopResult> results =
                    results(client(server).apiKey("wrong").concurrency(2).build(), ids, StopAllOptions.defaults());

            // The second one is in flight, or not yet, when the first is refused.
            List<StopResult> failed =
                    results.stream().filter(Failed.class::isInstance).toList();
            assertThat(failed).hasSizeBetween(1, 2);
            assertThat(results).filteredOn(Skipped.class::isInstance).hasSize(100 - failed.size());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = FaultKind.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"LATENCY"})
    void a_fault_of_any_kind_leaves_a_true_result(FaultKind fault) {
        try (TaskServer server = server(Faults.none().with(fault, 0.3).withOversizedBytes(100_000))) {
            List<String> ids = server.createTasks(60, Lifecycle.staysIn(Status.PROCESSING));

            List<StopResult> results = results(client(server).build(), ids, StopAllOptions.defaults());

            for (StopResult result : results) {
                boolean stopped = server.ledger().of(result.taskId()).effectiveRequest() > 0;
                assertThat(result instanceof Stopped).as("%s", result).isEqualTo(stopped);
            }
            assertThat(results).filteredOn(Stopped.class::isInstance).hasSizeGreaterThan(57);
        }
    }

    @Test
    void a_task_that_a_follow_up_starts_again_is_reported_by_a_watch_and_one_that_stays_stopped_is_not() {
        TaskFaults half = TaskFaults.none().withRevived(0.5, Duration.ofMillis(200));
        try (TaskServer server =
                TaskServer.start(TaskServerOptions.defaults().withSeed(5).withTaskFaults(half))) {
            List<String> ids = server.createTasks(
                    TaskServerOptions.DEFAULT_USER, 20, Lifecycle.staysIn(Status.PROCESSING), idForm);

            List<StopResult> results = results(
                    client(server).build(), ids, StopAllOptions.defaults().withConfirm(Duration.ofSeconds(1)));

            long active = server.ledger()
                    .tasks()
                    .filter(entry -> entry.status() == Status.PENDING || entry.status() == Status.PROCESSING)
                    .count();
            assertThat(active).isBetween(1L, 19L);
            assertThat(results)
                    .filteredOn(result -> result instanceof Failed failed
                            && failed.error() instanceof TaskResponseException answer
                            && answer.reason() == TaskResponseException.Reason.RUNS_AGAIN)
                    .hasSize((int) active);
            assertThat(results).filteredOn(Stopped.class::isInstance).hasSize(20 - (int) active);
        }
    }

    @Test
    void a_status_tells_the_state() {
        try (TaskServer server = server(Faults.none())) {
            String id =
                    server.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);

            StepVerifier.create(client(server).build().status(id))
                    .assertNext(status -> {
                        assertThat(status.taskId()).isEqualTo(id);
                        assertThat(status.state().kind()).isEqualTo(TaskState.Kind.PROCESSING);
                        assertThat(status.done()).isFalse();
                        assertThat(status.progress()).isNotNull();
                    })
                    .expectComplete()
                    .verify(LIMIT);
        }
    }

    @Test
    void a_race_is_won_by_the_task_or_by_the_clock() {
        try (TaskServer server = server(Faults.none())) {
            String runs =
                    server.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);
            String ended =
                    server.createTasks(1, Lifecycle.staysIn(Status.COMPLETED)).get(0);

            StepVerifier.create(client(server)
                            .build()
                            .awaitOrStopAll(Flux.just(ended, runs), Duration.ofSeconds(2), AwaitOptions.defaults()))
                    .expectNextMatches(TaskOutcome.Finished.class::isInstance)
                    .expectNextMatches(TaskOutcome.Stopped.class::isInstance)
                    .expectComplete()
                    .verify(LIMIT);
        }
    }

    @Test
    void what_is_active_is_listed_and_stopped_page_by_page() {
        try (TaskServer server = server(Faults.none())) {
            server.createTasks(230, Lifecycle.staysIn(Status.PROCESSING));
            server.createTasks(40, Lifecycle.staysIn(Status.COMPLETED));
            TaskClient client = client(server).build();

            StepVerifier.create(client.list(TaskQuery.active().withPageSize(20)))
                    .expectNextCount(230)
                    .expectComplete()
                    .verify(LIMIT);
            StepVerifier.create(client.list(TaskQuery.all().withStatus(TaskQuery.Status.COMPLETED)))
                    .expectNextCount(40)
                    .expectComplete()
                    .verify(LIMIT);
            StepVerifier.create(client.stopActive(TaskQuery.active().withPageSize(20), StopAllOptions.defaults()))
                    .expectNextCount(230)
                    .expectComplete()
                    .verify(LIMIT);
            assertThat(server.ledger().tasks().filter(entry -> entry.effectiveRequest() > 0))
                    .hasSize(230);
        }
    }
}
