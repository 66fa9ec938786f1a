package dev.taskstop.server;

import java.util.Locale;

/** The status of a task, as the cloud API names it; the Agent API v1 has words of its own. */
public enum Status {
    /** Queued; cannot be stopped yet. */
    PENDING,
    /** Running; can be stopped. */
    PROCESSING,
    /** Storing its changes; can be stopped. */
    SAVING,
    /** Ended: did its work. */
    COMPLETED,
    /** Ended: failed. */
    ERROR,
    /** Ended: was stopped. */
    STOPPED,
    /** Ended: took too long. */
    TIMEOUT,
    /** Ended: its server was restarted. The Agent API v1 has a word for it; to the cloud API it is an error. */
    INTERRUPTED;

    private final String text = name().toLowerCase(Locale.ROOT);

    /**
     * Tells whether a stop request takes effect in this status.
     *
     * @return true for processing and saving
     */
    public boolean isStoppable() {
        return this == PROCESSING || this == SAVING;
    }

    /**
     * Tells whether the task still runs or will run.
     *
     * @return true for pending, processing and saving
     */
    public boolean isActive() {
        return this == PENDING || isStoppable();
    }

    /** Returns the status as the API writes it. */
    @Override
    public String toString() {
        return text;
    }
}
