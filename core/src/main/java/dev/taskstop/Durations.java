package dev.taskstop;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** Checks durations by their name, so that no sum with the time of day, and no timer, ends up beyond its numbers. */
final class Durations {

    private static final int MAX_DAYS = 36_500;
    private static final Duration MAX = Duration.ofDays(MAX_DAYS);
    private static final Duration MIN_TIMER = Duration.ofMillis(1);
    private static final Duration MAX_TIMER = Duration.ofMillis(Integer.MAX_VALUE);

    private Durations() {}

    static Duration requirePositive(String name, Duration duration) {
        requireNonNull(duration, name);
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(name + " takes a duration above zero, not " + duration);
        }
        if (duration.compareTo(MAX) > 0) {
            throw new IllegalArgumentException(name + " takes at most " + MAX_DAYS + " days, not " + duration);
        }
        return duration;
    }

    /** For what is counted in milliseconds, in an int. */
    static Duration requireMillis(String name, Duration duration) {
        requireNonNull(duration, name);
        if (duration.compareTo(MIN_TIMER) < 0 || duration.compareTo(MAX_TIMER) > 0) {
            throw new IllegalArgumentException(name + " takes at least a millisecond and at most " + Integer.MAX_VALUE
                    + " of them, not " + duration);
        }
        return duration;
    }
}
