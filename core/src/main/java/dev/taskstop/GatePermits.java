package dev.taskstop;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts the permits that are out. */
final class GatePermits {

    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger peak = new AtomicInteger();

    /** Takes a permit unless as many as the limit are taken; returns how many then are, or 0. */
    int tryTake(int limit) {
        int before = taken.get();
        while (before < limit) {
            if (taken.compareAndSet(before, before + 1)) {
                if (before >= peak.get()) {
                    peak.accumulateAndGet(before + 1, Math::max);
                }
                return before + 1;
            }
            before = taken.get();
        }
        return 0;
    }

    void leave() {
        taken.decrementAndGet();
    }

    int taken() {
        return taken.get();
    }

    int peak() {
        return peak.get();
    }
}
