package dev.taskstop;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A second look at a task: what it is, and what a stop left behind.
 *
 * <p>See the page <em>Get task</em> of the API's documentation. Secrets of the task, such as its environment variables
 * and test accounts, its log and the messages of a run are not read; of a follow-up its prompt is. What one of the two
 * APIs does not tell is null or empty: the Agent API v1 tells of no agents, sandboxes or follow-ups, because a follow-up
 * is a run of its own there.
 *
 * @param taskId the task's id
 * @param state the state
 * @param progress how far it is, in percent; null if the server did not send it
 * @param error what went wrong, in the server's words; not part of the text form; null when nothing did
 * @param repoUrl the repository that it works on; null if the server did not send it
 * @param branch the branch that it started from; null if the server did not send it
 * @param workBranch the branch that it wrote to; null if there is none, or if the server did not send it
 * @param agent the agent that works on it; null if the server did not send it
 * @param model the model that the agent uses; null if the server did not send it
 * @param agents each of its agents, where it has several; empty if the server did not send them
 * @param sandboxes the machines that it was given; each may outlive the task
 * @param keepAlive whether its sandbox is kept when it has ended, and goes on to cost money; null if the server did not send it
 * @param maxDuration how long it may run; the unit is not documented; null if the server did not send it
 * @param diffStats how much it has changed; null if nothing, or if the server did not send it
 * @param pullRequest where its pull request is; null when there is none
 * @param merged whether its changes were merged; null if the server did not send it
 * @param followUps what it was asked to do afterwards, in the order in which it was
 * @param batchId the batch that it belongs to; null when it belongs to none
 * @param chatId the chat that the run belongs to; null if the server did not send it
 * @param createdAt when it was created; null if the server did not send it
 * @param startedAt when it began to run; null if it has not, or if the server did not send it
 * @param updatedAt when it last changed; null if the server did not send it
 * @param completedAt when it ended; null if it has not, or if the server did not send it
 * @param asOf when the server answered, by its own clock, to the second; null if the server did not send it
 */
public record TaskDetails(
        String taskId,
        TaskState state,
        @Nullable Integer progress,
        @Nullable String error,
        @Nullable String repoUrl,
        @Nullable String branch,
        @Nullable String workBranch,
        @Nullable String agent,
        @Nullable String model,
        List<Agent> agents,
        List<Sandbox> sandboxes,
        @Nullable Boolean keepAlive,
        @Nullable Integer maxDuration,
        TaskSummary.@Nullable DiffStats diffStats,
        @Nullable String pullRequest,
        @Nullable Boolean merged,
        List<FollowUp> followUps,
        @Nullable String batchId,
        @Nullable String chatId,
        @Nullable Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant updatedAt,
        @Nullable Instant completedAt,
        @Nullable Instant asOf) {

    /**
     * What one of a task's agents did. The states are words of their own; there is none for stopped.
     *
     * @param agent the agent's name; null if the server did not send it
     * @param model the model that it uses; null if the server did not send it
     * @param state its state; null if it has not begun, or if the server did not send it
     * @param branch the branch that it wrote to; null if the server did not send it
     * @param error what went wrong, in the server's words; not part of the text form; null when nothing did
     * @param diffStats how much it has changed; null if the server did not send it
     * @param startedAt when it began; null if the server did not send it
     * @param completedAt when it ended; null if it has not, or if the server did not send it
     */
    public record Agent(
            @Nullable String agent,
            @Nullable String model,
            @Nullable TaskState state,
            @Nullable String branch,
            @Nullable String error,
            TaskSummary.@Nullable DiffStats diffStats,
            @Nullable Instant startedAt,
            @Nullable Instant completedAt) {

        /** Returns the agent and its state. */
        @Override
        public String toString() {
            return "Agent[" + agent + ", " + state + "]";
        }
    }

    /**
     * A machine that the task was given.
     *
     * @param sandboxId the sandbox's id; null if the server did not send it
     * @param agent the agent that worked in it; null if the server did not send it
     * @param branch the branch that is checked out in it; null if the server did not send it
     */
    public record Sandbox(
            @Nullable String sandboxId,
            @Nullable String agent,
            @Nullable String branch) {}

    /**
     * What a task was asked to do after it had begun. It makes an ended task active again.
     *
     * @param prompt what it was asked; not part of the text form; null if the server did not send it
     * @param state how far it is; the words are not documented; null if the server did not send it
     * @param agent the agent that was asked; null if the server did not send it
     * @param model the model that the agent uses; null if the server did not send it
     * @param askedAt when it was asked; null if the server did not send it
     */
    public record FollowUp(
            @Nullable String prompt,
            @Nullable TaskState state,
            @Nullable String agent,
            @Nullable String model,
            @Nullable Instant askedAt) {

        /** Returns the state and the time. */
        @Override
        public String toString() {
            return "FollowUp[" + state + ", " + askedAt + "]";
        }
    }

    /**
     * Returns how long the task ran, or how long it has been running: from its start, or else its creation, to its end
     * or, while it has not ended, to the server's answer.
     *
     * @return the time; null if one of the two is not known, or if they contradict each other
     */
    public @Nullable Duration runTime() {
        Instant from = startedAt == null ? createdAt : startedAt;
        Instant until = state.isEnded() ? completedAt : asOf;
        return from == null || until == null || until.isBefore(from) ? null : Duration.between(from, until);
    }

    /** Returns the id, the state, and how many agents, sandboxes and follow-ups there are. */
    @Override
    public String toString() {
        return "TaskDetails[" + taskId + ", " + state + ", agents=" + agents.size() + ", sandboxes=" + sandboxes.size()
                + ", keepAlive=" + keepAlive + ", followUps=" + followUps.size() + "]";
    }
}
