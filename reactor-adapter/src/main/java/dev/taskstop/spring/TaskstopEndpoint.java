package dev.taskstop.spring;

import dev.taskstop.ActiveTasks;
import dev.taskstop.GateState;
import dev.taskstop.StopResult;
import dev.taskstop.StopSummary;
import dev.taskstop.Sweep;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.beans.factory.ListableBeanFactory;
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
    private static final int SHOWN_BULK_STOPS = 10;

    private final @Nullable TaskClient first;
    private final List<Known> clients;
    private final List<TaskSweep> sweeps;

    private TaskstopEndpoint(@Nullable TaskClient first, List<Known> clients, List<TaskSweep> sweeps) {
        this.first = first;
        this.clients = clients;
        this.sweeps = sweeps;
    }

    /**
     * Creates the endpoint for the clients of a context.
     *
     * @param beans has the clients, and perhaps tracked tasks of the application's own
     * @param recentStops what is known of each client
     */
    static TaskstopEndpoint of(ListableBeanFactory beans, RecentStopsByClient recentStops) {
        TaskClient first = TaskstopAutoConfiguration.mainClient(beans);
        List<Known> clients = new ArrayList<>();
        TaskstopAutoConfiguration.clientsByName(beans)
                .forEach((name, client) -> clients.add(
                        new Known(name, client, TaskstopAutoConfiguration.tasksOf(client), recentStops.of(name))));
        beans.getBeansOfType(ActiveTasks.class).forEach((name, tasks) -> {
            ActiveTasks own = TaskstopAutoConfiguration.behindProxy(tasks);
            if (first != null && clients.stream().noneMatch(known -> known.tasks() == own)) {
                clients.add(new Known(name, first, own, new RecentStops()));
            }
        });
        return new TaskstopEndpoint(
                first,
                clients,
                List.copyOf(beans.getBeansOfType(SweepLifecycle.class).values()));
    }

    /** A client with what it tracks, by the name of its bean. */
    private record Known(String name, TaskClient client, ActiveTasks tasks, RecentStops recent) {

        Client state() {
            return new Client(
                    client.gateState(), Tracked.of(tasks.taskIds()), bulkStops().toList());
        }

        Stream<BulkStop> bulkStops() {
            return recent.bulkStops().stream().map(bulkStop -> BulkStop.of(bulkStop.summary(), bulkStop.at()));
        }

        Flux<StopResult> stopTracked() {
            @Nullable Flux<StopResult> results = client.stopAll(Flux.defer(() -> Flux.fromIterable(tasks.taskIds())));
            // A mock in the place of the client has none.
            return results == null ? Flux.empty() : results;
        }
    }

    /**
     * How things stand.
     *
     * @param gate that of the only client, or of the primary one; null where there is none
     * @param tracked what all clients track
     * @param lastBulkStops those of all clients, the newest first
     * @param clients each client by the name of its bean
     * @param sweeps each sweep by its name
     */
    record State(
            @Nullable GateState gate,
            Tracked tracked,
            List<BulkStop> lastBulkStops,
            Map<String, Client> clients,
            Map<String, SweepState> sweeps) {}

    /** How things stand with one client. */
    record Client(GateState gate, Tracked tracked, List<BulkStop> lastBulkStops) {}

    /** The tracked tasks: how many, and the first of them. */
    record Tracked(int count, List<String> taskIds) {

        static Tracked of(Set<String> taskIds) {
            return new Tracked(
                    taskIds.size(), taskIds.stream().sorted().limit(SHOWN_TASKS).toList());
        }
    }

    /**
     * How things stand with a sweep.
     *
     * @param selects which tasks it stops, without personal data
     * @param rounds how many have ended
     * @param failedRounds how many of them could not read the list
     * @param stopped how many tasks all of them stopped
     * @param lastRound what became of the last one; null before there is one
     * @param lastFailure why the last one failed; null when it did not
     */
    record SweepState(
            boolean running,
            Duration every,
            String selects,
            long rounds,
            long failedRounds,
            long stopped,
            @Nullable BulkStop lastRound,
            @Nullable String lastFailure) {

        static SweepState of(TaskSweep sweep) {
            TaskSweep.State state = sweep.state();
            Sweep last = state.last();
            TaskException failure = last == null ? null : last.error();
            return new SweepState(
                    sweep.isRunning(),
                    sweep.every(),
                    sweep.query().toString(),
                    state.rounds(),
                    state.failedRounds(),
                    state.stopped(),
                    last == null
                            ? null
                            : BulkStop.of(
                                    last.summary(),
                                    last.startedAt().plus(last.summary().elapsed())),
                    failure == null ? null : failure.getMessage());
        }
    }

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
        Set<String> tracked = new HashSet<>();
        Map<String, Client> byName = new LinkedHashMap<>();
        for (Known known : clients) {
            tracked.addAll(known.tasks().taskIds());
            byName.put(known.name(), known.state());
        }
        Map<String, SweepState> told = new LinkedHashMap<>();
        sweeps.forEach(sweep -> told.put(sweep.name(), SweepState.of(sweep)));
        return new State(
                first == null ? null : first.gateState(),
                Tracked.of(tracked),
                clients.stream()
                        .flatMap(Known::bulkStops)
                        .sorted(Comparator.comparing(BulkStop::endedAt).reversed())
                        .limit(SHOWN_BULK_STOPS)
                        .toList(),
                byName,
                told);
    }

    @WriteOperation
    Mono<BulkStop> stopTracked() {
        return Flux.fromIterable(clients)
                .flatMap(Known::stopTracked)
                .collect(StopSummary.collector())
                .map(summary -> BulkStop.of(summary, Instant.now()));
    }
}
