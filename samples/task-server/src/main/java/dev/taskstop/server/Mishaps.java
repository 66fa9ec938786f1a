package dev.taskstop.server;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Decides what goes wrong with which task: a function of the seed, the task, and the request that stopped it. */
final class Mishaps {

    private final TaskFaults faults;
    private final long seed;

    Mishaps(TaskFaults faults, long seed) {
        this.faults = faults;
        this.seed = seed;
    }

    /** What the worker writes over a stop, or null when it writes nothing. */
    Task.@Nullable Overwrite overwrite(String taskId, int request, long stoppedAt) {
        if (!happens(faults.overwritten(), "overwritten/", taskId, request)) {
            return null;
        }
        boolean completed = RandomBits.toUnit(RandomBits.of(seed, "overwritten by/" + taskId, request)) < 0.5;
        return new Task.Overwrite(
                completed ? Status.COMPLETED : Status.ERROR, after(stoppedAt, faults.overwrittenAfter()));
    }

    /** When somebody's follow-up starts a task again that was stopped, or null when nobody does. */
    @Nullable
    Long revivedAt(String taskId, int request, long stoppedAt) {
        boolean revived = happens(faults.revived(), "revived/", taskId, request);
        return revived ? (Long) after(stoppedAt, faults.revivedAfter()) : null;
    }

    boolean isForbidden(String taskId) {
        return happens(faults.forbidden(), "forbidden/", taskId, 0);
    }

    boolean isKeptAlive(String taskId) {
        return happens(faults.keptAlive(), "kept alive/", taskId, 0);
    }

    boolean dropsSandboxes(String taskId, int request) {
        return happens(faults.sandboxesDropped(), "dropped/", taskId, request);
    }

    private boolean happens(double rate, String what, String taskId, int number) {
        return rate > 0 && RandomBits.toUnit(RandomBits.of(seed, what + taskId, number)) < rate;
    }

    private static long after(long millis, Duration delay) {
        return millis + delay.toMillis();
    }
}
