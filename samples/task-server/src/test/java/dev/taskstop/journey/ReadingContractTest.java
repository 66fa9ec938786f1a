package dev.taskstop.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.AwaitOptions;
import dev.taskstop.StopAllOptions;
import dev.taskstop.StopResult;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import dev.taskstop.TaskDialect;
import dev.taskstop.TaskLogEvent;
import dev.taskstop.TaskOutcome;
import dev.taskstop.TaskQuery;
import dev.taskstop.TaskState;
import dev.taskstop.TaskSummary;
import dev.taskstop.server.IdForm;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskFaults;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What both dialects have to do beside stopping: logs, the end that a log tells of, lists, details, tasks that return. */
class ReadingContractTest {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    static Stream<TaskDialect> dialects() {
        return Stream.of(TaskDialect.cloud(), TaskDialect.agentV1());
    }

    static Stream<Arguments> dialectsAndEnds() {
        return dialects()
                .flatMap(dialect -> Stream.of(
                        Arguments.of(dialect, Status.COMPLETED, TaskState.Kind.COMPLETED),
                        Arguments.of(dialect, Status.STOPPED, TaskState.Kind.STOPPED)));
    }

    @ParameterizedTest
    @MethodSource("dialectsAndEnds")
    void a_log_is_told_to_its_end(TaskDialect dialect, Status status, TaskState.Kind end) {
        try (TaskServer server = TaskServer.start()) {
            String id = create(server, Lifecycle.staysIn(status));
            List<TaskLogEvent> events = new ArrayList<>();

            StepVerifier.create(client(dialect, server).logs(id).doOnNext(events::add))
                    .thenConsumeWhile(event -> true)
                    .expectComplete()
                    .verify(LIMIT);

            assertThat(events).filteredOn(TaskLogEvent.Log.class::isInstance).isNotEmpty();
            assertThat(events.get(events.size() - 1))
                    .isInstanceOfSatisfying(
                            TaskLogEvent.Complete.class,
                            complete -> assertThat(complete.state().kind()).isEqualTo(end));
        }
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void the_end_of_a_task_is_heard_from_its_log(TaskDialect dialect) {
        try (TaskServer server = TaskServer.start()) {
            String id = create(server, Lifecycle.staysIn(Status.PROCESSING));
            // Nothing but the log tells of the end in time.
            TaskClient client =
                    builder(dialect, server).pollInterval(Duration.ofMinutes(5)).build();
            AwaitOptions byLog = AwaitOptions.defaults().withLogStream(true);

            StepVerifier.create(client.awaitOrStop(id, Duration.ofMinutes(10), byLog)
                            .mergeWith(client.stop(id).then(Mono.empty())))
                    .expectNextMatches(TaskOutcome.Finished.class::isInstance)
                    .expectComplete()
                    .verify(LIMIT);
        }
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void lists_are_by_state(TaskDialect dialect) {
        try (TaskServer server = TaskServer.start()) {
            Map<Status, Integer> counts = Map.of(
                    Status.PENDING, 1,
                    Status.PROCESSING, 2,
                    Status.SAVING, 3,
                    Status.COMPLETED, 4,
                    Status.ERROR, 5,
                    Status.STOPPED, 6,
                    Status.INTERRUPTED, 7);
            counts.forEach((status, count) -> server.createTasks(count, Lifecycle.staysIn(status)));
            Map<TaskQuery.Status, Long> expected = Map.of(
                    TaskQuery.Status.ACTIVE, 6L,
                    TaskQuery.Status.COMPLETED, 4L,
                    TaskQuery.Status.FAILED, 12L,
                    TaskQuery.Status.STOPPED, 6L);

            expected.forEach((status, count) -> StepVerifier.create(client(dialect, server)
                            .list(TaskQuery.all().withStatus(status).withPageSize(4))
                            .map(TaskSummary::taskId)
                            .distinct()
                            .count())
                    .expectNext(count)
                    .expectComplete()
                    .verify(LIMIT));
        }
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void a_second_look_tells_what_a_stop_left_behind(TaskDialect dialect) {
        try (TaskServer server = TaskServer.start()) {
            String id = create(server, Lifecycle.staysIn(Status.PROCESSING));
            TaskClient client = client(dialect, server);

            StepVerifier.create(client.stop(id).then(client.details(id)))
                    .assertNext(details -> {
                        assertThat(details.taskId()).isEqualTo(id);
                        assertThat(details.state().kind()).isEqualTo(TaskState.Kind.STOPPED);
                        assertThat(details.repoUrl()).isEqualTo("https://github.com/example/repo.git");
                        assertThat(details.branch()).isEqualTo("main");
                        assertThat(details.workBranch()).isNotNull();
                        assertThat(details.completedAt()).isNotNull();
                    })
                    .expectComplete()
                    .verify(LIMIT);
        }
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void what_somebody_goes_on_with_after_its_stop_is_active_again(TaskDialect dialect) {
        TaskFaults revived = TaskFaults.none().withRevived(1, Duration.ZERO);
        try (TaskServer server = TaskServer.start(TaskServerOptions.defaults().withTaskFaults(revived))) {
            boolean run = dialect == TaskDialect.agentV1();
            String id = server.createTasks(
                            TaskServerOptions.DEFAULT_USER,
                            1,
                            Lifecycle.staysIn(Status.PROCESSING),
                            run ? IdForm.UUID : IdForm.NANOID)
                    .get(0);
            TaskClient client = client(dialect, server);

            StepVerifier.create(client.stopAll(Flux.just(id), StopAllOptions.defaults()))
                    .expectNextMatches(StopResult.Stopped.class::isInstance)
                    .expectComplete()
                    .verify(LIMIT);

            // The same task on cloud; on v1 the run has ended for ever, and its chat has another one.
            StepVerifier.create(client.list(TaskQuery.active()).map(TaskSummary::taskId))
                    .assertNext(active -> assertThat(active.equals(id)).isEqualTo(!run))
                    .expectComplete()
                    .verify(LIMIT);
        }
    }

    private static String create(TaskServer server, Lifecycle lifecycle) {
        return server.createTasks(1, lifecycle).get(0);
    }

    private static TaskClient client(TaskDialect dialect, TaskServer server) {
        return builder(dialect, server).build();
    }

    private static TaskClientBuilder builder(TaskDialect dialect, TaskServer server) {
        return TaskClient.builder().dialect(dialect).baseUrl(server.baseUrl()).apiKey(server.key());
    }
}
