package dev.taskstop;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * How many tasks of a bulk stop may be sent a stop. They are counted before anything is sent, so that nothing that happens
 * to a stop makes them more. Ids come one at a time.
 */
final class BulkStopLimit {

    private final long max;
    private long taken;

    /** @param max null for no limit */
    BulkStopLimit(@Nullable Long max) {
        this.max = max == null ? Long.MAX_VALUE : max;
    }

    /** Counts a task, and tells whether it is one too many. An id that cannot be one is not sent, whatever it is. */
    boolean isExceededBy(String taskId) {
        if (!isExceeded() && TaskIds.problem(taskId) == null) {
            taken++;
        }
        return isExceeded();
    }

    /** Tells whether there was a task that was one too many. */
    boolean isExceeded() {
        return taken > max;
    }

    /**
     * Reads a list no further than to the task that is one too many. That is done before the first stop: stopping moves up
     * what comes after, and others than a dry run names would be the first ones.
     */
    Flux<String> within(Flux<String> listed) {
        if (max == Long.MAX_VALUE) {
            return listed;
        }
        AtomicLong room = new AtomicLong(max - taken);
        return listed.takeUntil(taskId -> TaskIds.problem(taskId) == null && room.decrementAndGet() < 0)
                .collectList()
                .flatMapIterable(taskIds -> taskIds);
    }
}
