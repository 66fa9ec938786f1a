package dev.taskstop;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A task as a list shows it.
 *
 * <p>See the page <em>Task list</em> of the API's documentation. What one of the two APIs does not tell is null: the
 * cloud API has no chats and no start, the Agent API v1 has only id, state, model, chat and the times of creation, start
 * and end.
 *
 * @param taskId the task's id
 * @param state the state
 * @param progress how far it is, in percent; null if the server did not send it
 * @param prompt what it was asked to do; not part of the text form; null if the server did not send it
 * @param repoUrl the repository that it works on; null if the server did not send it
 * @param agent the agent that works on it; null if the server did not send it
 * @param model the model that the agent uses; null if the server did not send it
 * @param batchId the batch that it belongs to; null when it belongs to none
 * @param createdAt when it was created; null if the server did not send it
 * @param updatedAt when it last changed; null if the server did not send it
 * @param completedAt when it ended; null if it has not, or if the server did not send it
 * @param branch the branch that it started from; null if the server did not send it
 * @param creatorName who created it: personal data, and not part of the text form; null if the server did not send it
 * @param maxDuration how long it may run; the unit is not documented; null if the server did not send it
 * @param diffStats how much it has changed; null if nothing, or if the server did not send it
 * @param merged whether its changes were merged; null if the server did not send it
 * @param chatId the chat that the run belongs to; null if the server did not send it
 * @param startedAt when it began to run; null if it has not, or if the server did not send it
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
        @Nullable Instant completedAt,
        @Nullable String branch,
        @Nullable String creatorName,
        @Nullable Integer maxDuration,
        @Nullable DiffStats diffStats,
        @Nullable Boolean merged,
        @Nullable String chatId,
        @Nullable Instant startedAt) {

    /**
     * How much a task has changed.
     *
     * @param linesAdded how many lines it added; null if the server did not send it
     * @param linesRemoved how many lines it removed; null if the server did not send it
     * @param filesChanged how many files it changed; null if the server did not send it
     */
    public record DiffStats(
            @Nullable Integer linesAdded,
            @Nullable Integer linesRemoved,
            @Nullable Integer filesChanged) {}

    /**
     * Creates a task that tells what lists mostly do.
     *
     * @param taskId the task's id
     * @param state the state
     * @param progress how far it is, in percent; null if the server did not send it
     * @param prompt what it was asked to do; null if the server did not send it
     * @param repoUrl the repository that it works on; null if the server did not send it
     * @param agent the agent that works on it; null if the server did not send it
     * @param model the model that the agent uses; null if the server did not send it
     * @param batchId the batch that it belongs to; null when it belongs to none
     * @param createdAt when it was created; null if the server did not send it
     * @param updatedAt when it last changed; null if the server did not send it
     * @param completedAt when it ended; null if it has not, or if the server did not send it
     */
    public TaskSummary(
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
        this(
                taskId,
                state,
                progress,
                prompt,
                repoUrl,
                agent,
                model,
                batchId,
                createdAt,
                updatedAt,
                completedAt,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** Returns the id, the state and the agent. */
    @Override
    public String toString() {
        return "TaskSummary[" + taskId + ", " + state + (agent == null ? "" : ", " + agent) + "]";
    }
}
