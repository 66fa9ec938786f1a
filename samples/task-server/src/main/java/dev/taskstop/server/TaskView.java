package dev.taskstop.server;

import org.jspecify.annotations.Nullable;

/**
 * A task at one moment.
 *
 * @param startedAt when this run of the task was started
 * @param pendingUntil when this run of the task leaves pending
 * @param since when the task entered its status
 */
record TaskView(Task task, Status status, int progress, long startedAt, long pendingUntil, long since) {

    @Nullable
    String error() {
        return switch (status) {
            case STOPPED -> Task.STOPPED_BY_USER;
            case ERROR -> "Agent exited with code 1";
            case TIMEOUT -> "Task exceeded its maximum duration";
            default -> null;
        };
    }

    @Nullable
    String processingAt() {
        return status == Status.PENDING ? null : Times.iso(pendingUntil);
    }

    @Nullable
    String completedAt() {
        return status.isActive() ? null : Times.iso(since);
    }

    @Nullable
    String duration() {
        return status.isActive() ? null : (since - task.createdAt()) / 1000 + "s";
    }
}
