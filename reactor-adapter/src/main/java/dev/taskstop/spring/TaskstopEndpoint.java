package dev.taskstop.spring;

import dev.taskstop.ActiveTasks;
import dev.taskstop.GateState;
import dev.taskstop.StopSummary;
import dev.taskstop.TaskClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The actuator endpoint {@code taskstop}. Reading tells the state of the gate, the tracked tasks and the last bulk
 * stops; writing stops all tracked tasks, once {@code management.endpoint.taskstop.access=unrestricted} allows it.
 */
@Endpoint(id = "taskstop", defaultAccess = Access.READ_ONLY)
@RegisterReflectionForBinding(TaskstopEndpoint.State.class)
final class TaskstopEndpoint {

    private static final int SHOWN_TASKS = 100;

    private final TaskClient client;
    private final ActiveTasks activeTasks;
    private final RecentStops recent;

    TaskstopEndpoint(TaskClient client, ActiveTasks activeTasks, RecentStops recent) {
        this.client = client;
        this.activeTasks = activeTasks;
        this.recent = recent;
    }

    /** How things stand. */
    record State(GateState gate, Tracked tracked, List<BulkStop> lastBulkStops) {}

    /** The tracked tasks: how many, and the first of them. */
    record Tracked(int count, List<String> taskIds) {}

    /** What became of a bulk stop. */
    record BulkStop(
            Instant endedAt,
            Duration elapsed,
            long stopped,
            long recovered,
            long alreadyEnded,
            long notFound,
            long failed,
            long skipped,
            List<Failure> firstFailures) {

        static BulkStop of(StopSummary summary, Instant endedAt) {
            return new BulkStop(
                    endedAt,
                    summary.elapsed(),
                    summary.stopped(),
                    summary.recovered(),
                    summary.alreadyEnded(),
                    summary.notFound(),
                    summary.failed(),
                    summary.skipped(),
                    summary.firstFailures().stream()
                            .map(failed -> new Failure(
                                    failed.taskId(),
                                    String.valueOf(failed.error().getMessage())))
                            .toList());
        }
    }

    /** A task that may still run, and why. */
    record Failure(String taskId, String reason) {}

    @ReadOperation
    State state() {
        Set<String> taskIds = activeTasks.taskIds();
        return new State(
                client.gateState(),
                new Tracked(
                        taskIds.size(),
                        taskIds.stream().sorted().limit(SHOWN_TASKS).toList()),
                recent.bulkStops().stream()
                        .map(bulkStop -> BulkStop.of(bulkStop.summary(), bulkStop.at()))
                        .toList());
    }

    @WriteOperation
    Mono<BulkStop> stopTracked() {
        return Flux.defer(() -> Flux.fromIterable(activeTasks.taskIds()))
                .transform(client::stopAll)
                .collect(StopSummary.collector())
                .map(summary -> BulkStop.of(summary, Instant.now()));
    }
}
