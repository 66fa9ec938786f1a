package dev.taskstop;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import reactor.core.scheduler.Scheduler;

/**
 * Spaces calls evenly: no minute begins with a burst, and a time without calls saves up nothing, but for the few
 * milliseconds by which a timer may be late. Used by one thread at a time.
 */
final class GateRate {

    private static final long CATCH_UP_NANOS = MILLISECONDS.toNanos(5);

    private final double intervalNanos;
    private final Scheduler clock;
    private final long origin;
    private double next;

    /** @param perMinute how many calls a minute, from 1 up */
    GateRate(int perMinute, Scheduler clock) {
        this.intervalNanos = (double) MINUTES.toNanos(1) / perMinute;
        this.clock = clock;
        this.origin = clock.now(NANOSECONDS);
    }

    /** In how many nanoseconds the next call may be made; 0 for now. */
    long nanosToNext() {
        return (long) Math.max(0, Math.ceil(next - now()));
    }

    /** Tells that a call is made now. */
    void made() {
        next = Math.max(next, now() - CATCH_UP_NANOS) + intervalNanos;
    }

    /** Takes back that a call is made now. */
    void notMade() {
        next -= intervalNanos;
    }

    private double now() {
        return (double) (clock.now(NANOSECONDS) - origin);
    }
}
