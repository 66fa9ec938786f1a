package dev.taskstop.spring;

import dev.taskstop.StopListener;
import dev.taskstop.StopResult;
import dev.taskstop.StopSummary;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Remembers the last result and the last bulk stops, for who asks how things stand. */
final class RecentStops implements StopListener {

    private static final int BULK_STOPS = 10;

    private final Deque<BulkStop> bulkStops = new ArrayDeque<>();
    private volatile @Nullable Result last;

    /** A result and when it came. */
    record Result(StopResult result, Instant at) {}

    /** A bulk stop and when it ended. */
    record BulkStop(StopSummary summary, Instant at) {}

    @Override
    public void onResult(StopResult result) {
        last = new Result(result, Instant.now());
    }

    @Override
    public void onBulkStopEnd(StopSummary summary) {
        synchronized (bulkStops) {
            if (bulkStops.size() == BULK_STOPS) {
                bulkStops.removeLast();
            }
            bulkStops.addFirst(new BulkStop(summary, Instant.now()));
        }
    }

    @Nullable
    Result last() {
        return last;
    }

    /** The newest first. */
    List<BulkStop> bulkStops() {
        synchronized (bulkStops) {
            return List.copyOf(bulkStops);
        }
    }
}
