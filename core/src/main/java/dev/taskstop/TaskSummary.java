package dev.taskstop;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A task as a list shows it.
 *
 * <p>See the page <em>Task list</em> of the API's documentation.
 *
 * @param taskId the task's id
 * @param state the state
 * @param progress how far it is, in percent; null when not told
 * @param prompt what it was asked to do; not part of the text form; null when not told
 * @param repoUrl the repository that it works on; null when not told
 * @param agent the agent that works on it; null when not told
 * @param model the model that the agent uses; null when not told
 * @param batchId the batch that it belongs to; null when it belongs to none
 * @param createdAt when it was created; null when not told
 * @param updatedAt when it last changed; null when not told
 * @param completedAt when it ended; null when it has not, or when not told
 */
public record TaskSummary(
        String taskId,
        TaskState state,
        @Nullable Integer progress,
        @Nullable String prompt,
        @Nullable String repoUrl,
        @Nullable String agent,
        @Nullable String model,
        @Nullable String batchId,
        @Nullable Instant createdAt,
        @Nullable Instant updatedAt,
        @Nullable Instant completedAt) {

    /** Returns the id, the state and the agent. */
    @Override
    public String toString() {
        return "TaskSummary[" + taskId + ", " + state + (agent == null ? "" : ", " + agent) + "]";
    }
}
