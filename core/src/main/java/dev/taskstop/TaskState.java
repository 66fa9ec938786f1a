package dev.taskstop;

import java.util.Locale;

/**
 * The state of a task: what the server said, and what this library takes it for.
 *
 * <p>The set is open: a server may name a state that this version does not know. Such a state has the kind
 * {@link Kind#UNKNOWN} and keeps its text.
 *
 * @param kind what the state is taken for
 * @param raw the state as the server wrote it
 */
public record TaskState(Kind kind, String raw) {

    /** The states that this library knows. */
    public enum Kind {
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
        /** A state that this version does not know. */
        UNKNOWN
    }

    /**
     * Reads a state in any of the vocabularies that the API's pages use.
     *
     * @param raw the state as the server wrote it
     * @return the state, with the kind {@link Kind#UNKNOWN} when the text is not known
     */
    public static TaskState of(String raw) {
        Kind kind = switch (raw.toLowerCase(Locale.ROOT)) {
            case "pending", "queued" -> Kind.PENDING;
            case "processing", "in_progress", "running" -> Kind.PROCESSING;
            case "saving" -> Kind.SAVING;
            case "completed" -> Kind.COMPLETED;
            case "error", "failed", "interrupted" -> Kind.ERROR;
            case "stopped", "cancelled" -> Kind.STOPPED;
            case "timeout" -> Kind.TIMEOUT;
            default -> Kind.UNKNOWN;
        };
        return new TaskState(kind, raw);
    }

    /**
     * Tells whether the task still runs or will run.
     *
     * @return true for pending, processing and saving
     */
    public boolean isActive() {
        return switch (kind) {
            case PENDING, PROCESSING, SAVING -> true;
            case COMPLETED, ERROR, STOPPED, TIMEOUT, UNKNOWN -> false;
        };
    }

    /**
     * Tells whether the task has ended. In the cloud API a follow-up message may start it again.
     *
     * @return true for completed, error, stopped and timeout
     */
    public boolean isEnded() {
        return switch (kind) {
            case COMPLETED, ERROR, STOPPED, TIMEOUT -> true;
            case PENDING, PROCESSING, SAVING, UNKNOWN -> false;
        };
    }

    /** Returns the state as the server wrote it. */
    @Override
    public String toString() {
        return raw;
    }
}
