package dev.taskstop.server;

import org.jspecify.annotations.Nullable;

/**
 * A task at one moment. A time is in milliseconds since 1970, or null for what has not happened yet.
 *
 * @param run how often it was started again
 * @param startedAt when this run of the task was started
 * @param pendingUntil when this run of the task leaves pending
 * @param since when the task entered its status
 * @param updatedAt when the task changed last, with each line of its log for example
 * @param oldError what an earlier run failed with: it stays until this run has an error of its own
 */
record TaskView(
        Task task,
        int run,
        Status status,
        int progress,
        long startedAt,
        long pendingUntil,
        long since,
        long updatedAt,
        @Nullable String oldError) {

    @Nullable
    String error() {
        return switch (status) {
            case STOPPED -> Task.STOPPED_BY_USER;
            case ERROR -> "Agent exited with code 1";
            case TIMEOUT -> "Task exceeded its maximum duration";
            case INTERRUPTED -> "Server restarted";
            case PENDING, PROCESSING, SAVING, COMPLETED -> oldError;
        };
    }

    /** Tells whether an agent has begun to work, in this run or an earlier one. */
    boolean hasStarted() {
        return run > 0 || processingAt() != null;
    }

    /** When the agent began to work: a task that was ended while it was pending never saw that moment. */
    @Nullable
    Long processingAt() {
        return status == Status.PENDING || since < pendingUntil ? null : (Long) pendingUntil;
    }

    @Nullable
    Long completedAt() {
        return status.isActive() ? null : (Long) since;
    }

    @Nullable
    String duration() {
        return status.isActive() ? null : (since - task.createdAt()) / 1000 + "s";
    }
}
