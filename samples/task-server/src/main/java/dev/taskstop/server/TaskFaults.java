package dev.taskstop.server;

import java.time.Duration;

/**
 * What goes wrong with tasks, whatever becomes of the requests about them. Which tasks are hit is a function of the
 * server's seed, the task's id and, where a stop is part of it, the number of the request that stopped it.
 *
 * @param overwritten the share of stops that the task's worker does not notice: it ends in its own way, and writes
 *     {@code completed} or {@code error} over {@code stopped}
 * @param overwrittenAfter how long after the stop that happens
 * @param revived the share of stopped tasks that somebody's follow-up message starts again; a run of the Agent API v1
 *     has ended for ever, and what starts is a new run in its chat
 * @param revivedAfter how long after the stop that happens
 * @param forbidden the share of tasks about which every request is answered with 403
 * @param keptAlive the share of tasks whose sandboxes outlive every end but a stop
 * @param sandboxesDropped the share of stops that do not know of the sandboxes of their task, which therefore go on;
 *     the oldest other active task is forgotten, too, so that its own stop will not end its sandboxes either
 */
public record TaskFaults(
        double overwritten,
        Duration overwrittenAfter,
        double revived,
        Duration revivedAfter,
        double forbidden,
        double keptAlive,
        double sandboxesDropped) {

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException when a rate is not from 0 to 1, or a time is negative or too long
     */
    public TaskFaults {
        requireRate("overwritten", overwritten);
        requireRate("revived", revived);
        requireRate("forbidden", forbidden);
        requireRate("keptAlive", keptAlive);
        requireRate("sandboxesDropped", sandboxesDropped);
        Lifecycle.requireDuration("overwrittenAfter", overwrittenAfter);
        Lifecycle.requireDuration("revivedAfter", revivedAfter);
    }

    /**
     * Nothing goes wrong with tasks.
     *
     * @return the faults, to be changed with the {@code with…} methods
     */
    public static TaskFaults none() {
        return new TaskFaults(0, Duration.ZERO, 0, Duration.ZERO, 0, 0, 0);
    }

    /**
     * Lets workers write over stops.
     *
     * @param rate the share of stops, 0 to 1
     * @param after how long after the stop
     * @return new faults
     */
    public TaskFaults withOverwritten(double rate, Duration after) {
        return new TaskFaults(rate, after, revived, revivedAfter, forbidden, keptAlive, sandboxesDropped);
    }

    /**
     * Lets follow-up messages start stopped tasks again.
     *
     * @param rate the share of stops, 0 to 1
     * @param after how long after the stop
     * @return new faults
     */
    public TaskFaults withRevived(double rate, Duration after) {
        return new TaskFaults(overwritten, overwrittenAfter, rate, after, forbidden, keptAlive, sandboxesDropped);
    }

    /**
     * Answers requests about some tasks with 403.
     *
     * @param rate the share of tasks, 0 to 1
     * @return new faults
     */
    public TaskFaults withForbidden(double rate) {
        return new TaskFaults(overwritten, overwrittenAfter, revived, revivedAfter, rate, keptAlive, sandboxesDropped);
    }

    /**
     * Keeps the sandboxes of some tasks alive.
     *
     * @param rate the share of tasks, 0 to 1
     * @return new faults
     */
    public TaskFaults withKeptAlive(double rate) {
        return new TaskFaults(overwritten, overwrittenAfter, revived, revivedAfter, forbidden, rate, sandboxesDropped);
    }

    /**
     * Lets some stops forget sandboxes.
     *
     * @param rate the share of stops, 0 to 1
     * @return new faults
     */
    public TaskFaults withSandboxesDropped(double rate) {
        return new TaskFaults(overwritten, overwrittenAfter, revived, revivedAfter, forbidden, keptAlive, rate);
    }

    private static void requireRate(String name, double rate) {
        if (!(rate >= 0 && rate <= 1)) {
            throw new IllegalArgumentException(name + " must be between 0 and 1: " + rate);
        }
    }
}
