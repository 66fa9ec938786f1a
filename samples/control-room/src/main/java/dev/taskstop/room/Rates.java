package dev.taskstop.room;

import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/** How many tasks were stopped in each second of the last minute. */
final class Rates {

    static final int SECONDS = 60;

    private final LongSupplier clock;
    private final long[] counts = new long[SECONDS + 1];
    private long second;

    Rates(LongSupplier clock) {
        this.clock = clock;
        this.second = now();
    }

    synchronized void count() {
        advance();
        counts[slot(second)]++;
    }

    /** The seconds that are over, the newest last. */
    synchronized List<Long> lastMinute() {
        advance();
        long[] minute = new long[SECONDS];
        for (int i = 0; i < SECONDS; i++) {
            minute[i] = counts[slot(second - SECONDS + i)];
        }
        return Arrays.stream(minute).boxed().toList();
    }

    private void advance() {
        long now = now();
        if (now - second > SECONDS) {
            Arrays.fill(counts, 0);
            second = now;
        }
        while (second < now) {
            second++;
            counts[slot(second)] = 0;
        }
    }

    private long now() {
        return Math.floorDiv(clock.getAsLong(), 1000);
    }

    private int slot(long atSecond) {
        return (int) Math.floorMod(atSecond, (long) counts.length);
    }
}
