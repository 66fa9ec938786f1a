package dev.taskstop;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A task that was stopped, as the answer to the stop describes it.
 *
 * <p>See the page <em>Cancel task</em> of the API's documentation.
 *
 * @param taskId the task's id
 * @param state the state after the stop
 * @param userId who the task belongs to, usually an e-mail address: personal data, and not part of the text form; null
 *     if the server did not send it
 * @param error why the task ended, in the server's words; null if the server did not send it
 * @param updatedAt when the task last changed; null if the server did not send it
 * @param completedAt when the task ended; null if the server did not send it
 */
public record StoppedTask(
        String taskId,
        TaskState state,
        @Nullable String userId,
        @Nullable String error,
        @Nullable Instant updatedAt,
        @Nullable Instant completedAt) {

    static StoppedTask of(TaskStatus status) {
        return new StoppedTask(
                status.taskId(), status.state(), null, status.error(), status.updatedAt(), status.completedAt());
    }

    /** Returns the id, the state and the time of the end. */
    @Override
    public String toString() {
        return "StoppedTask[" + taskId + ", " + state + ", completedAt=" + completedAt + "]";
    }
}
