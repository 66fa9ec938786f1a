package dev.taskstop.server;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a task moves by the clock: pending, processing, saving, and an end.
 *
 * <p>What happens to one task is a function of its id and of the time since its start, so a million moving tasks need
 * no timer.
 *
 * @param fixed the status in which the task stays, or null when it moves
 * @param pendingFor how long the task is pending
 * @param processingFor how long it is processing, before jitter
 * @param savingFor how long it is saving, before jitter
 * @param jitter the share by which processing and saving are made longer or shorter, 0 to 1
 * @param errorRate the share of tasks that end in {@code error} instead of being saved, 0 to 1
 * @param timeoutRate the share of tasks that end in {@code timeout} instead of being saved, 0 to 1
 */
public record Lifecycle(
        @Nullable Status fixed,
        Duration pendingFor,
        Duration processingFor,
        Duration savingFor,
        double jitter,
        double errorRate,
        double timeoutRate) {

    /** A span that no test or demonstration outlives. */
    public static final Duration FOREVER = Duration.ofDays(36_500);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException when a duration is negative or a share is out of range
     */
    public Lifecycle {
        requireDuration("pendingFor", pendingFor);
        requireDuration("processingFor", processingFor);
        requireDuration("savingFor", savingFor);
        requireShare("jitter", jitter);
        requireShare("errorRate", errorRate);
        requireShare("timeoutRate", timeoutRate);
        if (errorRate + timeoutRate > 1) {
            throw new IllegalArgumentException("errorRate and timeoutRate add up to more than 1");
        }
    }

    /**
     * A task that moves: pending for a second, processing for 30 s, saving for 2 s, completed; without jitter.
     *
     * @return the lifecycle, to be changed with the {@code with…} methods
     */
    public static Lifecycle moving() {
        return new Lifecycle(null, Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofSeconds(2), 0, 0, 0);
    }

    /**
     * A task that stays in one status until it is stopped or started again.
     *
     * @param status the status
     * @return the lifecycle
     */
    public static Lifecycle staysIn(Status status) {
        Objects.requireNonNull(status, "status");
        return new Lifecycle(status, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, 0, 0);
    }

    /**
     * Changes how long the task is pending.
     *
     * @param duration zero or more
     * @return a new lifecycle
     */
    public Lifecycle withPendingFor(Duration duration) {
        return new Lifecycle(fixed, duration, processingFor, savingFor, jitter, errorRate, timeoutRate);
    }

    /**
     * Changes how long the task is processing.
     *
     * @param duration zero or more
     * @return a new lifecycle
     */
    public Lifecycle withProcessingFor(Duration duration) {
        return new Lifecycle(fixed, pendingFor, duration, savingFor, jitter, errorRate, timeoutRate);
    }

    /**
     * Changes how long the task is saving.
     *
     * @param duration zero or more
     * @return a new lifecycle
     */
    public Lifecycle withSavingFor(Duration duration) {
        return new Lifecycle(fixed, pendingFor, processingFor, duration, jitter, errorRate, timeoutRate);
    }

    /**
     * Changes by how much processing and saving vary from task to task.
     *
     * @param share 0 to 1: 0.2 makes them up to 20 % shorter or longer
     * @return a new lifecycle
     */
    public Lifecycle withJitter(double share) {
        return new Lifecycle(fixed, pendingFor, processingFor, savingFor, share, errorRate, timeoutRate);
    }

    /**
     * Changes how the tasks that are not completed end.
     *
     * @param error the share of tasks that end in {@code error}
     * @param timeout the share of tasks that end in {@code timeout}
     * @return a new lifecycle
     */
    public Lifecycle withFailures(double error, double timeout) {
        return new Lifecycle(fixed, pendingFor, processingFor, savingFor, jitter, error, timeout);
    }

    /**
     * Where a task is.
     *
     * @param elapsed milliseconds since the task was started
     * @param random 64 random bits that belong to this run of the task
     */
    Moment at(long elapsed, long random) {
        if (fixed != null) {
            return new Moment(fixed, 0, fixed.isActive() ? fixedProgress(fixed) : 100);
        }
        double factor = 1 + jitter * (2 * RandomBits.toUnit(random) - 1);
        long processingAt = pendingFor.toMillis();
        long savingAt = processingAt + (long) (processingFor.toMillis() * factor);
        long endAt = savingAt + (long) (savingFor.toMillis() * factor);
        if (elapsed < processingAt) {
            return new Moment(Status.PENDING, 0, 0);
        }
        if (elapsed < savingAt) {
            long done = 90 * (elapsed - processingAt) / (savingAt - processingAt);
            return new Moment(Status.PROCESSING, processingAt, (int) done);
        }
        double outcome = RandomBits.toUnit(RandomBits.mix(random));
        if (outcome < errorRate) {
            return new Moment(Status.ERROR, savingAt, 90);
        }
        if (outcome < errorRate + timeoutRate) {
            return new Moment(Status.TIMEOUT, savingAt, 90);
        }
        return elapsed < endAt ? new Moment(Status.SAVING, savingAt, 95) : new Moment(Status.COMPLETED, endAt, 100);
    }

    /** How long a task is pending that does not stay so: nothing when it stays in another status. */
    long pendingMillis() {
        return fixed == null ? pendingFor.toMillis() : 0;
    }

    private static int fixedProgress(Status status) {
        return switch (status) {
            case PROCESSING -> 50;
            case SAVING -> 95;
            default -> 0;
        };
    }

    /** Anything longer would not fit into the arithmetic of clocks and timers. */
    static void requireDuration(String name, Duration value) {
        if (value.isNegative() || value.compareTo(FOREVER) > 0) {
            throw new IllegalArgumentException(name + " must be between zero and 36500 days: " + value);
        }
    }

    private static void requireShare(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be between 0 and 1: " + value);
        }
    }

    /**
     * A point in the life of a task.
     *
     * @param since milliseconds from the start of the task to its entry into this status
     */
    record Moment(Status status, long since, int progress) {}
}
