package dev.taskstop;

import java.time.Duration;
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
 * @param progress how far it is, in percent: an estimate for people, which may stand still, jump or go back; null if the
 *     server did not send it
 * @param error what went wrong, in the server's words; null when nothing did. A follow-up starts a task again and
 *     leaves it as it was
 * @param createdAt when the task was created; null if the server did not send it
 * @param startedAt when it began to run; null if it has not, or if the server did not send it: the cloud API does not tell it
 * @param updatedAt when the task last changed; null if the server did not send it
 * @param completedAt when the task ended; null if it has not, or if the server did not send it
 * @param duration how long the task ran; null if it has not ended, or if the server did not send it: the Agent API v1 does not tell it
 * @param asOf when the server answered, by its own clock, to the second; null if the server did not send it
 */
public record TaskStatus(
        String taskId,
        TaskState state,
        boolean done,
        @Nullable Integer progress,
        @Nullable String error,
        @Nullable Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant updatedAt,
        @Nullable Instant completedAt,
        @Nullable Duration duration,
        @Nullable Instant asOf) {

    /**
     * By how much the two clocks of a server may differ, that of its {@code Date} header and that of the times in its
     * bodies, their being cut to seconds included. Servers that keep their clocks stay below a second; half a minute is
     * what a sick one is still forgiven. A longer time would take more stops of other people for possibly ours.
     */
    static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(30);

    /**
     * Creates a status that tells neither when the task began to run nor for how long it did.
     *
     * @param taskId the task's id
     * @param state the state
     * @param done whether the task has ended
     * @param progress how far it is, in percent; null if the server did not send it
     * @param error what went wrong; null when nothing did
     * @param createdAt when the task was created; null if the server did not send it
     * @param updatedAt when the task last changed; null if the server did not send it
     * @param completedAt when the task ended; null if it has not, or if the server did not send it
     * @param asOf when the server answered; null if the server did not send it
     */
    public TaskStatus(
            String taskId,
            TaskState state,
            boolean done,
            @Nullable Integer progress,
            @Nullable String error,
            @Nullable Instant createdAt,
            @Nullable Instant updatedAt,
            @Nullable Instant completedAt,
            @Nullable Instant asOf) {
        this(taskId, state, done, progress, error, createdAt, null, updatedAt, completedAt, null, asOf);
    }

    static TaskStatus of(StoppedTask task) {
        return new TaskStatus(
                task.taskId(),
                task.state(),
                true,
                null,
                task.error(),
                null,
                task.updatedAt(),
                task.completedAt(),
                null);
    }

    /** Of a task of which nothing else is known. */
    static TaskStatus ended(String taskId, TaskState state) {
        return new TaskStatus(taskId, state, true, null, null, null, null, null, null);
    }

    /** Returns the id, the state and the progress. */
    @Override
    public String toString() {
        return "TaskStatus[" + taskId + ", " + state + (progress == null ? "" : ", " + progress + " %") + "]";
    }
}
