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
 * @param progress how far it is, in percent; null when not told
 * @param prompt what it was asked to do; not part of the text form; null when not told
 * @param repoUrl the repository that it works on; null when not told
 * @param agent the agent that works on it; null when not told
 * @param model the model that the agent uses; null when not told
 * @param batchId the batch that it belongs to; null when it belongs to none
 * @param createdAt when it was created; null when not told
 * @param updatedAt when it last changed; null when not told
 * @param completedAt when it ended; null when it has not, or when not told
 * @param branch the branch that it started from; null when not told
 * @param creatorName who created it: personal data, and not part of the text form; null when not told
 * @param maxDuration how long it may run; the unit is not documented; null when not told
 * @param diffStats how much it has changed; null when nothing, or when not told
 * @param merged whether its changes were merged; null when not told
 * @param chatId the chat that the run belongs to; null when not told
 * @param startedAt when it began to run; null when it has not, or when not told
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
     * @param linesAdded how many lines it added; null when not told
     * @param linesRemoved how many lines it removed; null when not told
     * @param filesChanged how many files it changed; null when not told
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
     * @param progress how far it is, in percent; null when not told
     * @param prompt what it was asked to do; null when not told
     * @param repoUrl the repository that it works on; null when not told
     * @param agent the agent that works on it; null when not told
     * @param model the model that the agent uses; null when not told
     * @param batchId the batch that it belongs to; null when it belongs to none
     * @param createdAt when it was created; null when not told
     * @param updatedAt when it last changed; null when not told
     * @param completedAt when it ended; null when it has not, or when not told
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
