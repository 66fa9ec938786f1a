package dev.taskstop;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a task is doing.
 *
 * <p>See the page <em>Task status</em> of the API's documentation.
 *
 * @param taskId the task's id
 * @param state the state
 * @param done whether the task has ended: as the state means, or, for one of the kind {@link TaskState.Kind#UNKNOWN}, as
 *     the server says
 * @param progress how far it is, in percent; null when not told
 * @param error what went wrong, in the server's words; null when nothing did
 * @param createdAt when the task was created; null when not told
 * @param updatedAt when the task last changed; null when not told
 * @param completedAt when the task ended; null when it has not, or when not told
 * @param asOf when the server answered, by its own clock, to the second; null when not told
 */
public record TaskStatus(
        String taskId,
        TaskState state,
        boolean done,
        @Nullable Integer progress,
        @Nullable String error,
        @Nullable Instant createdAt,
        @Nullable Instant updatedAt,
        @Nullable Instant completedAt,
        @Nullable Instant asOf) {

    /** Returns the id, the state and the progress. */
    @Override
    public String toString() {
        return "TaskStatus[" + taskId + ", " + state + (progress == null ? "" : ", " + progress + " %") + "]";
    }
}
