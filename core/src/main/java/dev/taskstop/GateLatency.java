package dev.taskstop;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

/**
 * How long the answers take that tell something: lately, and at their best. Written by many threads without a lock: an
 * answer that is lost between two others changes neither by much.
 */
final class GateLatency {

    /** How much one answer counts: for what is lately so, for a new best, and for a best that is no more. */
    private static final double LATELY = 0.05;

    private static final double BETTER = 0.1;
    private static final double WORSE = 0.000_1;

    /** By how much answers are slower than at their best where that is more than chance, and a busy machine's noise. */
    private static final double SLOWER = 3;

    private static final double NOISE_NANOS = MILLISECONDS.toNanos(20);

    private static final double UNKNOWN = -1;

    private volatile double best = UNKNOWN;
    private volatile double lately = UNKNOWN;

    void took(long nanos) {
        double before = best;
        if (before == UNKNOWN) {
            best = nanos;
            lately = nanos;
        } else {
            best = before + (nanos < before ? BETTER : WORSE) * (nanos - before);
            double until = lately;
            lately = until + LATELY * (nanos - until);
        }
    }

    /** Tells whether answers have become slow, as they do when a server has more to do than it can. */
    boolean isSlow() {
        return lately > SLOWER * best && lately > best + NOISE_NANOS;
    }
}
