package dev.taskstop.room;

import dev.taskstop.GateState;
import dev.taskstop.TaskClient;
import dev.taskstop.room.Failures.Failure;
import dev.taskstop.spring.TaskSweep;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * What there is to see, several times a second and the same for everybody who watches with the same filter. It is
 * sampled: a batch does not know who watches it, and while nobody does nothing is asked of the task API.
 */
@Component
class Room implements SmartLifecycle {

    private static final Duration SAMPLE = Duration.ofMillis(250);

    private final TaskClient client;
    private final Batches batches;
    private final Audit audit;
    private final RoomProperties properties;
    private final List<TaskSweep> sweeps;
    private final AtomicInteger watchers = new AtomicInteger();
    private final Sinks.Empty<Void> closing = Sinks.empty();
    private final Map<Object, Watched> watched = new ConcurrentHashMap<>();
    private volatile boolean running;

    /**
     * What there is to see at one moment.
     *
     * @param late how old the tasks are, when they are older than they should be; empty when they are not
     * @param problem what goes wrong just now; empty when nothing does
     */
    record View(
            TaskRows tasks,
            Gate gate,
            List<Batch.State> batches,
            List<Failure> failures,
            long failuresDropped,
            List<Long> stopsPerSecond,
            List<SweepText> sweeps,
            int watchers,
            String late,
            String problem) {}

    /** The bound on requests in flight. */
    record Gate(int inFlight, int limit, int ceiling, int waiting, long pausedSeconds) {

        static Gate of(GateState state) {
            long seconds = (state.pause().toMillis() + 999) / 1000;
            return new Gate(state.inFlight(), state.limit(), state.ceiling(), state.waiting(), seconds);
        }

        /** The state in one plain sentence. */
        String sentence() {
            if (pausedSeconds > 0) {
                return "The server asked for a pause: nothing is sent for " + Text.number(pausedSeconds) + " s.";
            }
            String waits = waiting == 0 ? "" : ", " + Text.number(waiting) + " waiting";
            if (limit < ceiling) {
                return "Slowed down because the server refuses or fails: at most " + Text.number(limit) + " of "
                        + Text.number(ceiling) + " requests at once" + waits + ".";
            }
            return inFlight == 0
                    ? "Nothing is being sent."
                    : Text.number(inFlight) + " of " + Text.number(ceiling) + " requests on their way" + waits + ".";
        }
    }

    /** A list, and what is to see of it: one for each filter that somebody watches with. */
    private record Watched(ActiveList list, Flux<View> views) {}

    Room(TaskClient client, Batches batches, Audit audit, RoomProperties properties, ObjectProvider<TaskSweep> sweeps) {
        this.client = client;
        this.batches = batches;
        this.audit = audit;
        this.properties = properties;
        this.sweeps = sweeps.stream().toList();
    }

    /** A cold {@link Flux} of what there is to see; who takes it slowly misses what was in between. */
    Flux<View> views(Filter filter) {
        return Flux.defer(() -> watched.computeIfAbsent(filter.key(), key -> watch(filter))
                        .views())
                .onBackpressureLatest()
                .takeUntilOther(closing.asMono())
                .doOnSubscribe(subscription -> watchers.incrementAndGet())
                .doFinally(signal -> watchers.decrementAndGet());
    }

    private Watched watch(Filter filter) {
        ActiveList list = new ActiveList(client, filter, properties);
        Flux<View> views = Flux.interval(Duration.ZERO, SAMPLE)
                .onBackpressureDrop()
                .withLatestFrom(list.reads(), (tick, tasks) -> look(tasks, list))
                .distinctUntilChanged()
                .doFinally(signal -> watched.computeIfPresent(filter.key(), (key, it) -> it.list() == list ? null : it))
                .replay(1)
                .refCount();
        return new Watched(list, views);
    }

    int watchers() {
        return watchers.get();
    }

    /** How old the list of a filter is, when it is older than it should be. */
    Optional<Duration> delay(Filter filter) {
        return list(filter).flatMap(ActiveList::delay);
    }

    /** All active tasks that pass a filter, where somebody looks at them and the list is as new as it should be. */
    Optional<List<TaskRow>> wholeList(Filter filter) {
        return list(filter)
                .filter(list -> list.delay().isEmpty())
                .map(list -> batches.update(list.last()))
                .filter(TaskRows::isWhole)
                .map(TaskRows::rows);
    }

    private Optional<ActiveList> list(Filter filter) {
        return Optional.ofNullable(watched.get(filter.key())).map(Watched::list);
    }

    /** What is known of a task: from a list, or from when it could not be stopped. */
    TaskRow find(String taskId) {
        return watched.values().stream()
                .flatMap(it -> it.list().last().rows().stream())
                .filter(row -> row.id().equals(taskId))
                .findFirst()
                .or(() -> batches.findFailed(taskId))
                .orElseGet(() -> TaskRow.unknown(taskId));
    }

    private View look(TaskRows tasks, ActiveList list) {
        return new View(
                batches.update(tasks),
                Gate.of(client.gateState()),
                batches.states(),
                batches.failures(),
                batches.failuresDropped(),
                batches.stopsPerSecond(),
                sweeps.stream().map(SweepText::of).toList(),
                watchers.get(),
                list.delay().map(Text::duration).orElse(""),
                tasks.problem().isEmpty() ? audit.problem() : tasks.problem());
    }

    @Override
    public void start() {
        running = true;
    }

    /** Comes before the web server waits for open connections, and long before the client is closed. */
    @Override
    public void stop(Runnable callback) {
        closing.tryEmitEmpty();
        batches.close()
                .doFinally(signal -> {
                    running = false;
                    callback.run();
                })
                .subscribe();
    }

    /** The container calls the other one. */
    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** A context that is only paused between two tests goes on. */
    @Override
    public boolean isPauseable() {
        return false;
    }
}
