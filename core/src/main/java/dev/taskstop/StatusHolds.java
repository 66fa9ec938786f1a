package dev.taskstop;

import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Stopped;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The tasks that are polled, and which of them a shutdown is stopping. Polls for those would take the turns of the
 * stops, and what they are to find out the stops will tell. So they end, and who polls waits for the stop's result.
 */
final class StatusHolds {

    private final Map<String, Watched> tasks = new ConcurrentHashMap<>();

    /**
     * Polls until there is a status, but not while a shutdown is stopping the task: a stop that shows that it has ended
     * gives the status, and after one that does not the polling begins again.
     *
     * @param polls gives a status or fails, never empty; told how to find out whether a poll is still to be sent
     */
    Mono<TaskStatus> pollOrHear(String taskId, Function<BooleanSupplier, Mono<TaskStatus>> polls) {
        return Mono.using(() -> watch(taskId), task -> task.pollOrHear(polls), task -> leave(taskId, task))
                .repeatWhenEmpty(inconclusive -> inconclusive);
    }

    /**
     * Ends the polls for these tasks, until their results are told or the hold is released. All are held before the
     * first poll ends, because that makes room at the gate which the next poll must not use.
     */
    Hold hold(Collection<String> taskIds) {
        Map<String, Watched> held = new HashMap<>();
        taskIds.forEach(taskId -> held.put(taskId, holdOne(taskId)));
        held.values().forEach(task -> Guard.tell(task.begun::tryEmitEmpty));
        return new Hold(held);
    }

    private Watched watch(String taskId) {
        return tasks.compute(taskId, (id, known) -> {
            Watched task = known == null ? new Watched() : known;
            task.watchers++;
            return task;
        });
    }

    private void leave(String taskId, Watched left) {
        tasks.computeIfPresent(taskId, (id, task) -> task == left && --task.watchers == 0 && !task.held ? null : task);
    }

    private Watched holdOne(String taskId) {
        return tasks.compute(taskId, (id, known) -> {
            Watched task = known == null ? new Watched() : known;
            task.held = true;
            return task;
        });
    }

    private void release(String taskId, Watched task, @Nullable StopResult result) {
        // Whoever polls again from here on does so with a new one.
        tasks.remove(taskId, task);
        Guard.tell(result == null ? task.told::tryEmitEmpty : () -> task.told.tryEmitValue(result));
    }

    /** One task, as long as somebody polls for it or a shutdown is stopping it. Counted while the map is locked. */
    private static final class Watched {

        private final Sinks.Empty<Void> begun = Sinks.empty();
        private final Sinks.One<StopResult> told = Sinks.one();
        private int watchers;
        private volatile boolean held;

        Mono<TaskStatus> pollOrHear(Function<BooleanSupplier, Mono<TaskStatus>> polls) {
            Mono<TaskStatus> untilHeld =
                    held ? Mono.empty() : polls.apply(() -> !held).takeUntilOther(begun.asMono());
            return untilHeld.switchIfEmpty(Guard.mono(told::asMono).flatMap(Watched::status));
        }

        private static Mono<TaskStatus> status(StopResult result) {
            if (result instanceof Stopped stopped) {
                return Mono.just(TaskStatus.of(stopped.task()));
            }
            if (result instanceof AlreadyEnded ended) {
                return Mono.just(TaskStatus.ended(ended.taskId(), ended.state()));
            }
            return result instanceof NotFound ? Mono.error(() -> StopResults.error(result)) : Mono.empty();
        }
    }

    /** What one shutdown holds. */
    final class Hold {

        private final Map<String, Watched> held;

        private Hold(Map<String, Watched> held) {
            this.held = held;
        }

        /** Tells those who wait what became of the task. */
        void tell(StopResult result) {
            Watched task = held.get(result.taskId());
            if (task != null) {
                StatusHolds.this.release(result.taskId(), task, result);
            }
        }

        /** Lets the polls for whatever has no result go on. */
        void release() {
            held.forEach((taskId, task) -> StatusHolds.this.release(taskId, task, null));
        }
    }
}
