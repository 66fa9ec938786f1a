package dev.taskstop.room;

import dev.taskstop.GateState;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskException;
import dev.taskstop.TaskQuery;
import dev.taskstop.TaskSummary;
import dev.taskstop.room.Failures.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * What there is to see, several times a second and the same for everybody who watches. It is sampled: a batch does not
 * know who watches it, and while nobody does nothing is asked of the task API.
 */
@Component
class Room implements SmartLifecycle {

    private static final Duration SAMPLE = Duration.ofMillis(250);

    private final TaskClient client;
    private final Batches batches;
    private final RoomProperties properties;
    private final AtomicInteger watchers = new AtomicInteger();
    private final Sinks.Empty<Void> closing = Sinks.empty();
    private final Flux<View> views;
    private volatile boolean running;

    /** What there is to see at one moment. */
    record View(
            TaskRows tasks,
            Gate gate,
            List<Batch.State> batches,
            List<Failure> failures,
            List<Long> stopsPerSecond,
            int watchers) {}

    /** The bound on requests in flight. */
    record Gate(int inFlight, int limit, int ceiling, int waiting, long pausedSeconds) {

        static Gate of(GateState state) {
            long seconds = (state.pause().toMillis() + 999) / 1000;
            return new Gate(state.inFlight(), state.limit(), state.ceiling(), state.waiting(), seconds);
        }
    }

    Room(TaskClient client, Batches batches, RoomProperties properties) {
        this.client = client;
        this.batches = batches;
        this.properties = properties;
        this.views = Flux.interval(Duration.ZERO, SAMPLE)
                .onBackpressureDrop()
                .withLatestFrom(tasks(), (tick, tasks) -> look(tasks))
                .distinctUntilChanged()
                .replay(1)
                .refCount();
    }

    /** A cold {@link Flux} of what there is to see; who takes it slowly misses what was in between. */
    Flux<View> views() {
        return views.onBackpressureLatest()
                .takeUntilOther(closing.asMono())
                .doOnSubscribe(subscription -> watchers.incrementAndGet())
                .doFinally(signal -> watchers.decrementAndGet());
    }

    int watchers() {
        return watchers.get();
    }

    private View look(TaskRows tasks) {
        return new View(
                tasks,
                Gate.of(client.gateState()),
                batches.states(),
                batches.failures(),
                batches.stopsPerSecond(),
                watchers.get());
    }

    private Flux<TaskRows> tasks() {
        return Mono.defer(this::readTasks)
                .repeatWhen(reads -> reads.delayElements(properties.refresh()))
                .scan(TaskRows.NONE, TaskRows::then)
                .skip(1);
    }

    private Mono<TaskRows> readTasks() {
        int max = properties.maxTasks();
        return client.list(TaskQuery.active())
                .take(max + 1L)
                .collectList()
                .map(tasks -> rows(tasks, max))
                .onErrorResume(
                        TaskException.class,
                        failure -> Mono.just(new TaskRows(List.of(), false, String.valueOf(failure.getMessage()))));
    }

    private static TaskRows rows(List<TaskSummary> tasks, int max) {
        Instant now = Instant.now();
        List<TaskRow> rows = tasks.stream()
                .limit(max)
                .sorted(TaskRow.OLDEST_FIRST)
                .map(task -> TaskRow.of(task, now))
                .distinct()
                .toList();
        return new TaskRows(rows, tasks.size() > max, "");
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
