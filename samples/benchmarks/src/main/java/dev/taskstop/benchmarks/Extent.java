package dev.taskstop.benchmarks;

import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** How long a run is: so many stops, but no new one after some time. */
record Extent(int count, Duration atMost) {

    /** Gives the ids, beginning with the call. */
    Iterator<String> ids() {
        long start = System.nanoTime();
        long maxNanos = atMost.toNanos();
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < count && System.nanoTime() - start < maxNanos;
            }

            @Override
            public String next() {
                if (next == count) {
                    throw new NoSuchElementException();
                }
                return "task-" + next++;
            }
        };
    }
}
