package dev.taskstop.quickstart.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.taskstop.StopAllOptions;
import dev.taskstop.StopListener;
import dev.taskstop.StopResult;
import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Skipped.Reason;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.StopRetry;
import dev.taskstop.StopSummary;
import dev.taskstop.StoppedTask;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskDialect;
import dev.taskstop.TaskOutcome;
import dev.taskstop.TaskState;
import dev.taskstop.TaskSummary;
import dev.taskstop.server.IdForm;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.NewTask;
import dev.taskstop.server.Route;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskFaults;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import dev.taskstop.server.junit.TaskServerExtension;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
import reactor.test.StepVerifier;

/** Runs the examples of the guide, chapter by chapter. */
@ExtendWith(TaskServerExtension.class)
class GuideTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Pattern METHOD = Pattern.compile("^    static [^=]*?(\\w+)\\(", Pattern.MULTILINE);

    private final TaskServer server;
    private final TaskClient client;

    GuideTest(TaskServer server) {
        this.server = server;
        this.client = StopOneTask.build(server.key(), server.baseUrl());
    }

    private String running() {
        return running(1).get(0);
    }

    private List<String> running(int count) {
        return server.createTasks(count, Lifecycle.staysIn(Status.PROCESSING));
    }

    private String ended() {
        return server.createTasks(1, Lifecycle.staysIn(Status.COMPLETED)).get(0);
    }

    private boolean isStopped(String taskId) {
        return server.ledger().of(taskId).effectiveRequest() == 1;
    }

    private static <T> T value(Mono<T> mono) {
        List<T> values = values(mono.flux());
        assertThat(values).hasSize(1);
        return values.get(0);
    }

    private static <T> List<T> values(Flux<T> flux) {
        List<T> values = new ArrayList<>();
        StepVerifier.create(flux.doOnNext(values::add))
                .thenConsumeWhile(value -> true)
                .expectComplete()
                .verify(LIMIT);
        return values;
    }

    @Test
    void one_task_is_stopped_and_one_that_has_ended_is_said_to_have() {
        String taskId = running();

        assertThat(value(StopOneTask.stop(client, taskId))).startsWith("stopped at 20");
        assertThat(isStopped(taskId)).isTrue();
        assertThat(value(StopOneTask.stop(client, ended())))
                .isEqualTo("not stopped: The task is not in a state that can be stopped (COMPLETED)");
    }

    @Test
    void a_client_that_was_closed_sends_nothing() {
        String taskId = running();

        StopOneTask.close(client);

        assertThat(value(StopOneTask.stop(client, taskId))).isEqualTo("not stopped: The client is closed");
        assertThat(server.ledger().of(taskId).stopRequests()).isZero();
    }

    @Test
    void many_tasks_are_stopped_and_an_id_that_comes_twice_is_skipped() {
        List<String> taskIds = running(50);

        StopSummary summary =
                value(StopManyTasks.stop(client, Flux.fromIterable(taskIds).concatWithValues(taskIds.get(0))));

        assertThat(summary.stopped()).isEqualTo(50);
        assertThat(summary.skipped()).isEqualTo(1);
        assertThat(taskIds).allMatch(this::isStopped);
    }

    @Test
    void a_dry_run_shows_what_then_is_stopped_and_stops_nothing() {
        NewTask forgotten = NewTask.defaults()
                .withRepository("https://github.com/acme/web.git", "main")
                .withAgent("claude", "sonnet")
                .withCreatedAt(Instant.now().minus(Duration.ofHours(7)));
        try (TaskServer own = TaskServer.start()) {
            List<String> taskIds = List.of(create(own, forgotten), create(own, forgotten), create(own, forgotten));
            create(own, forgotten.withAgent("codex", "gpt"));
            create(own, forgotten.withRepository("https://github.com/acme/website", "main"));
            create(own, forgotten.withCreatedAt(null));
            TaskClient its = StopOneTask.build(own.key(), own.baseUrl());

            assertThat(values(ChooseTasks.look(its)))
                    .hasSize(3)
                    .allSatisfy(result -> assertThat(result).isEqualTo(new Skipped(result.taskId(), Reason.DRY_RUN)));
            assertThat(own.ledger().totals().patchRequests()).isZero();

            assertThat(values(ChooseTasks.stopActive(its)))
                    .hasOnlyElementsOfType(Stopped.class)
                    .extracting(StopResult::taskId)
                    .containsExactlyInAnyOrderElementsOf(taskIds);
        }
    }

    private static String create(TaskServer server, NewTask task) {
        return server.createTask(TaskServerOptions.DEFAULT_USER, task, Lifecycle.staysIn(Status.PROCESSING));
    }

    @Test
    void of_each_branch_the_newest_goes_on() {
        NewTask first = NewTask.defaults().withCreatedAt(Instant.now().minusSeconds(60));
        try (TaskServer own = TaskServer.start()) {
            String old = create(own, first);
            create(own, first.withCreatedAt(Instant.now()));
            create(own, first.withRepository(first.repoUrl(), "dev"));
            TaskClient its = StopOneTask.build(own.key(), own.baseUrl());

            assertThat(values(its.stopActive(ChooseTasks.superseded(), StopAllOptions.defaults())))
                    .extracting(StopResult::taskId)
                    .containsExactly(old);
        }
    }

    @Test
    void a_sweep_stops_what_is_too_old_until_it_is_cancelled() throws InterruptedException {
        String taskId =
                create(server, NewTask.defaults().withCreatedAt(Instant.now().minus(Duration.ofHours(7))));
        CountDownLatch swept = new CountDownLatch(1);
        TaskClient its = TaskClient.builder()
                .apiKey(server.key())
                .baseUrl(server.baseUrl())
                .stopListener(new StopListener() {
                    @Override
                    public void onBulkStopEnd(StopSummary summary) {
                        swept.countDown();
                    }
                })
                .build();

        Disposable sweeping = ChooseTasks.sweep(its);
        assertThat(swept.await(20, TimeUnit.SECONDS)).isTrue();
        sweeping.dispose();

        assertThat(isStopped(taskId)).isTrue();
    }

    @Test
    void each_result_says_what_to_do() {
        StoppedTask task = new StoppedTask("id", TaskState.of("stopped"), null, null, null, null);
        TaskClient unanswered = TaskClient.builder()
                .apiKey("bb_test")
                .transport(request -> Mono.error(new IOException("reset")))
                .retry(StopRetry.defaults().withMaxAttempts(1))
                .build();

        assertThat(Outcomes.toDo(new Stopped(task, 1, false))).isEqualTo("nothing");
        assertThat(Outcomes.toDo(new AlreadyEnded("id", TaskState.of("completed"))))
                .isEqualTo("nothing");
        assertThat(Outcomes.toDo(new NotFound("id"))).startsWith("check the id");
        assertThat(Outcomes.toDo(new Skipped("id", Reason.ABORTED))).endsWith("ABORTED");
        assertThat(values(client.stopAll(Flux.just("not/an/id")).map(Outcomes::toDo)))
                .containsExactly("it was not stopped");
        assertThat(values(unanswered.stopAll(Flux.just("id")).map(Outcomes::toDo)))
                .containsExactly("it may have been stopped: stop it again");
    }

    @Test
    void what_is_open_after_a_first_round_is_stopped_in_a_second() {
        Stub stub = new Stub("processing");
        stub.failing = "b";
        Flux<String> taskIds = Flux.just("a", "b", "c").doOnComplete(() -> stub.failing = "");

        // The failure is known before the source is at its end: one at a time.
        StepVerifier.create(Outcomes.stopAgain(
                        TaskClient.builder()
                                .apiKey("bb_test")
                                .transport(stub)
                                .concurrency(1)
                                .build(),
                        taskIds))
                .assertNext(summary ->
                        assertThat(summary.stopped()).isEqualTo(summary.total()).isEqualTo(1))
                .expectComplete()
                .verify(LIMIT);

        assertThat(stub.requests).containsExactly("PATCH a", "PATCH b", "PATCH c", "PATCH b");
    }

    @Test
    void a_task_that_ends_in_time_wins_its_race_and_one_that_does_not_is_stopped() {
        Stub done = new Stub("completed");
        Stub busy = new Stub("processing");

        StepVerifier.withVirtualTime(() -> Races.awaitOrStop(done.client(), "task-1"))
                .expectNext("it ended by itself: completed")
                .expectComplete()
                .verify(LIMIT);
        StepVerifier.withVirtualTime(() -> Races.awaitOrStop(busy.client(), "task-1"))
                .expectSubscription()
                .expectNoEvent(Duration.ofMinutes(10).minusMillis(1))
                .thenAwait(Duration.ofMillis(1))
                .expectNext("it was stopped after 10 minutes")
                .expectComplete()
                .verify(LIMIT);
        assertThat(done.requests).containsExactly("GET task-1");
        assertThat(busy.requests).endsWith("PATCH task-1");
    }

    @Test
    void many_races_have_an_outcome_each() {
        Stub busy = new Stub("processing");

        StepVerifier.withVirtualTime(() -> Races.awaitOrStopAll(busy.client(), Flux.just("a", "b", "c")))
                .thenAwait(Duration.ofMinutes(10))
                .recordWith(ArrayList::new)
                .expectNextCount(3)
                .consumeRecordedWith(outcomes -> assertThat(outcomes).hasOnlyElementsOfType(TaskOutcome.Stopped.class))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void work_of_ones_own_that_takes_too_long_ends_and_its_task_is_stopped() {
        Stub stub = new Stub("processing");

        StepVerifier.withVirtualTime(() -> Races.stopOnTimeout(stub.client(), "task-1", Mono.never()))
                .thenAwait(Duration.ofMinutes(10))
                .expectError(TimeoutException.class)
                .verify(LIMIT);

        assertThat(stub.requests).containsExactly("PATCH task-1");
    }

    @Test
    void a_task_is_stopped_when_the_subscriber_of_ones_own_work_goes_away() {
        Stub stub = new Stub("processing");

        StepVerifier.create(Races.stopOnCancel(stub.client(), "task-1", Mono.never()))
                .expectSubscription()
                .thenCancel()
                .verify(LIMIT);

        assertThat(stub.requests).containsExactly("PATCH task-1");
    }

    @Test
    void what_becomes_of_a_stop_that_nobody_waits_for_is_heard_by_a_listener() {
        Stub stub = new Stub("processing");
        stub.failing = "task-1";
        Observability.AuditTrail audit = new Observability.AuditTrail();
        TaskClient heard = TaskClient.builder()
                .apiKey("bb_test")
                .transport(stub)
                .stopListener(audit)
                .build();

        StepVerifier.create(Races.stopOnCancel(heard, "task-1", Mono.never()))
                .expectSubscription()
                .thenCancel()
                .verify(LIMIT);

        assertThat(audit.lines).containsExactly("Failed task-1");
    }

    @Test
    void a_tracked_task_is_stopped_at_the_shutdown() {
        String taskId = running();
        Shutdown.track(client, taskId).subscribe(status -> {}, failure -> {});
        assertThat(client.activeTasks().taskIds()).containsExactly(taskId);

        StepVerifier.create(Shutdown.end(client)).expectComplete().verify(LIMIT);

        assertThat(isStopped(taskId)).isTrue();
        assertThat(client.activeTasks().taskIds()).isEmpty();
    }

    @Test
    void a_hook_is_taken_away_again() {
        assertThatCode(Shutdown.hook(client.activeTasks())::dispose).doesNotThrowAnyException();
    }

    @Test
    void a_rate_spaces_requests_evenly() {
        TaskClient slow = Limits.build(server.key(), server.baseUrl());
        assertThat(Limits.look(slow)).isEqualTo("0 in flight, at most 16 of 16, 0 waiting, paused for 0 ms");

        StopSummary summary = value(slow.stopAll(Flux.fromIterable(running(6))).collect(StopSummary.collector()));

        assertThat(summary.stopped()).isEqualTo(6);
        assertThat(summary.elapsed()).isGreaterThan(Duration.ofMillis(5 * 100 - 20));
    }

    @Test
    void a_429_pauses_the_client_and_costs_no_result() {
        TaskServerOptions options = TaskServerOptions.defaults().withRequestsPerSecond(20);
        try (TaskServer limited = TaskServer.start(options)) {
            List<String> taskIds = limited.createTasks(60, Lifecycle.staysIn(Status.PROCESSING));
            TaskClient its = StopOneTask.build(limited.key(), limited.baseUrl());

            StopSummary summary = value(its.stopAll(Flux.fromIterable(taskIds)).collect(StopSummary.collector()));

            assertThat(summary.stopped()).isEqualTo(60);
            assertThat(limited.ledger().totals().answers(Route.STOP, 429)).isPositive();
        }
    }

    @Test
    void each_refusal_has_its_reason() {
        TaskClient stranger = StopOneTask.build("bb_unknown", server.baseUrl());

        assertThat(value(Errors.stop(client, running()))).isEqualTo("stopped");
        assertThat(value(Errors.stop(client, ended()))).isEqualTo("it cannot be stopped, its state is completed");
        assertThat(value(Errors.stop(client, "nobody-has-this-one"))).isEqualTo("there is no such task");
        assertThat(value(Errors.stop(stranger, running()))).isEqualTo("the key is refused");
        assertThat(value(Errors.stop(client, "not/an/id"))).isEqualTo("it was not stopped");
    }

    @Test
    void stops_are_observed_counted_and_heard_of() {
        MeterRegistry meters = new SimpleMeterRegistry();
        ObservationRegistry observations = ObservationRegistry.create();
        observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
        Observability.AuditTrail audit = new Observability.AuditTrail();
        TaskClient observed = Observability.build(server.key(), server.baseUrl(), observations, meters, audit);
        String taskId = running();

        values(observed.stopAll(Flux.just(taskId)));

        assertThat(meters.get("taskstop.stop")
                        .tags("outcome", "stopped", "dialect", "cloud", "recovered", "false")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("taskstop.request")
                        .tags("method", "PATCH", "path", "/api/tasks/{taskId}", "status", "200", "outcome", "answered")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("taskstop.gate.limit")
                        .tag("client", "default")
                        .gauge()
                        .value())
                .isEqualTo(64);
        assertThat(meters.get("taskstop.gate.in.flight").gauge().value()).isZero();
        assertThat(meters.get("taskstop.gate.waiting").gauge().value()).isZero();
        assertThat(meters.get("taskstop.gate.paused").gauge().value()).isZero();
        assertThat(audit.lines).containsExactly("Stopped " + taskId);
    }

    @Test
    void a_tuned_client_stops_tasks_as_well() {
        LoopResources loops = LoopResources.create("stops", 2, true);
        try {
            assertThat(value(Errors.stop(Tuning.impatient(server.key(), server.baseUrl()), running())))
                    .isEqualTo("stopped");
            assertThat(value(Errors.stop(Tuning.wired(server.key(), server.baseUrl(), loops), running())))
                    .isEqualTo("stopped");
            assertThat(value(Errors.stop(Tuning.rotating(Mono.just(server.key()), server.baseUrl()), running())))
                    .isEqualTo("stopped");
        } finally {
            loops.disposeLater(Duration.ZERO, LIMIT).block(LIMIT);
        }
    }

    @Test
    void a_task_is_looked_at() {
        String taskId = ended();

        assertThat(value(Look.status(client, taskId)).state().kind()).isEqualTo(TaskState.Kind.COMPLETED);
        assertThat(values(Look.logs(client, taskId))).isNotEmpty();
    }

    @Test
    void what_goes_on_to_cost_money_is_seen_by_a_second_look() {
        TaskServerOptions keepingAlive =
                TaskServerOptions.defaults().withTaskFaults(TaskFaults.none().withKeptAlive(1));
        try (TaskServer own = TaskServer.start(keepingAlive)) {
            String taskId =
                    own.createTasks(1, Lifecycle.staysIn(Status.COMPLETED)).get(0);

            assertThat(value(Look.details(StopOneTask.build(own.key(), own.baseUrl()), taskId)))
                    .isTrue();
        }
        assertThat(value(Look.details(client, ended()))).isFalse();
    }

    @Test
    void a_chat_comes_to_rest_and_other_chats_go_on() {
        List<String> runs = server.createTasks(
                TaskServerOptions.DEFAULT_USER, 2, Lifecycle.staysIn(Status.PROCESSING), IdForm.UUID);
        TaskClient v1 = TaskClient.builder()
                .apiKey(server.key())
                .baseUrl(server.baseUrl())
                .dialect(TaskDialect.agentV1())
                .build();
        String chatId = String.valueOf(value(v1.details(runs.get(0))).chatId());

        assertThat(values(Look.chat(v1, chatId)))
                .singleElement()
                .isInstanceOfSatisfying(
                        Stopped.class, run -> assertThat(run.taskId()).isEqualTo(runs.get(0)));
        assertThat(server.ledger().of(runs.get(1)).stopRequests()).isZero();
    }

    @Test
    void a_list_ends_where_it_is_cut() {
        try (TaskServer own = TaskServer.start()) {
            List<String> failed = own.createTasks(30, Lifecycle.staysIn(Status.ERROR));

            assertThat(values(Look.list(StopOneTask.build(own.key(), own.baseUrl()))))
                    .hasSize(20)
                    .extracting(TaskSummary::taskId)
                    .isSubsetOf(failed);
        }
    }

    @Test
    void a_failure_of_one_task_is_a_result() {
        assertThat(values(client.stopAll(Flux.just(running(), "nobody-has-this-one", "not/an/id"))))
                .hasAtLeastOneElementOfType(Stopped.class)
                .hasAtLeastOneElementOfType(NotFound.class)
                .hasAtLeastOneElementOfType(Failed.class);
    }

    @Test
    void no_example_is_left_out() throws IOException {
        Path folder = Path.of("src/test/java/dev/taskstop/quickstart/guide");
        String runs = Files.readString(folder.resolve("GuideTest.java"));
        List<String> examples = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String chapter = file.getFileName().toString().replace(".java", "");
                String source = Files.readString(file);
                if (source.contains("// begin ") && !chapter.endsWith("Test")) {
                    METHOD.matcher(source).results().forEach(method -> examples.add(chapter + "." + method.group(1)));
                }
            }
        }

        assertThat(examples)
                .hasSizeGreaterThan(25)
                .allSatisfy(example -> assertThat(runs).contains(example + "("));
    }
}
