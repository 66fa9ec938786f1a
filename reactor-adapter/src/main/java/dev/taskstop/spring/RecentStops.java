package dev.taskstop.spring;

import dev.taskstop.StopListener;
import dev.taskstop.StopResult;
import dev.taskstop.StopSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Remembers the last result and the last bulk stops of a client, for who asks how things stand. */
final class RecentStops implements StopListener {

    private static final int BULK_STOPS = 10;

    private final LongSupplier nanoTime;
    private final Deque<BulkStop> bulkStops = new ArrayDeque<>();
    private volatile @Nullable Result last;

    RecentStops() {
        this(System::nanoTime);
    }

    /** The time of day jumps, so that ages are not told by it. */
    RecentStops(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** A result and when it came, by both clocks. */
    record Result(StopResult result, Instant at, long nanos) {}

    /** A bulk stop and when it ended. */
    record BulkStop(StopSummary summary, Instant at) {}

    /** What was never sent says nothing of the API. */
    @Override
    public void onResult(StopResult result) {
        if (result instanceof StopResult.Skipped) {
            return;
        }
        last = new Result(result, Instant.now(), nanoTime.getAsLong());
    }

    /** A sweep that finds nothing again and again is no news, and would be all that is remembered. */
    @Override
    public void onBulkStopEnd(StopSummary summary) {
        if (summary.total() == 0) {
            return;
        }
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

    Duration age(Result result) {
        return Duration.ofNanos(nanoTime.getAsLong() - result.nanos());
    }

    /** The newest first. */
    List<BulkStop> bulkStops() {
        synchronized (bulkStops) {
            return List.copyOf(bulkStops);
        }
    }
}
