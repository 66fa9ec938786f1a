package dev.taskstop.server;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a task is created with, for lists in which tasks differ. Immutable: a {@code with…} method returns a new instance.
 *
 * @param prompt what it is to do
 * @param repoUrl the repository, empty for none
 * @param branch the branch that it starts from
 * @param agent the agent
 * @param model the model
 * @param batchId the batch, null for none
 * @param creator who is shown to have created it, null for the user whose task it is
 * @param chatId the chat of which the Agent API v1 shows it as a run, null for one of its own
 * @param createdAt when it was created, and began to move; null for now
 */
public record NewTask(
        String prompt,
        String repoUrl,
        String branch,
        String agent,
        String model,
        @Nullable String batchId,
        @Nullable String creator,
        @Nullable String chatId,
        @Nullable Instant createdAt) {

    private static final NewTask DEFAULTS = new NewTask(
            TaskInput.DEFAULT.prompt(),
            TaskInput.DEFAULT.repoUrl(),
            TaskInput.DEFAULT.branch(),
            TaskInput.DEFAULT_AGENT.agent(),
            TaskInput.DEFAULT_AGENT.model(),
            null,
            null,
            null,
            null);

    /**
     * The task that is created where nothing is said.
     *
     * @return the task, to be changed with the {@code with…} methods
     */
    public static NewTask defaults() {
        return DEFAULTS;
    }

    /**
     * Changes what it is to do.
     *
     * @param prompt the text
     * @return a new instance
     */
    public NewTask withPrompt(String prompt) {
        return new NewTask(prompt, repoUrl, branch, agent, model, batchId, creator, chatId, createdAt);
    }

    /**
     * Changes what it works on.
     *
     * @param repoUrl the repository's address, empty for none
     * @param branch the branch
     * @return a new instance
     */
    public NewTask withRepository(String repoUrl, String branch) {
        return new NewTask(prompt, repoUrl, branch, agent, model, batchId, creator, chatId, createdAt);
    }

    /**
     * Changes who works on it.
     *
     * @param agent the agent
     * @param model its model
     * @return a new instance
     */
    public NewTask withAgent(String agent, String model) {
        return new NewTask(prompt, repoUrl, branch, agent, model, batchId, creator, chatId, createdAt);
    }

    /**
     * Changes the batch that it belongs to.
     *
     * @param batchId the batch, null for none
     * @return a new instance
     */
    public NewTask withBatch(@Nullable String batchId) {
        return new NewTask(prompt, repoUrl, branch, agent, model, batchId, creator, chatId, createdAt);
    }

    /**
     * Changes who is shown to have created it; the task stays that of its user.
     *
     * @param creator a name, null for the user's id
     * @return a new instance
     */
    public NewTask withCreator(@Nullable String creator) {
        return new NewTask(prompt, repoUrl, branch, agent, model, batchId, creator, chatId, createdAt);
    }

    /**
     * Changes the chat of which the Agent API v1 shows it as a run.
     *
     * @param chatId the chat, null for one of its own
     * @return a new instance
     */
    public NewTask withChat(@Nullable String chatId) {
        return new NewTask(prompt, repoUrl, branch, agent, model, batchId, creator, chatId, createdAt);
    }

    /**
     * Changes when it was created, and began to move.
     *
     * @param createdAt the time, null for now
     * @return a new instance
     */
    public NewTask withCreatedAt(@Nullable Instant createdAt) {
        return new NewTask(prompt, repoUrl, branch, agent, model, batchId, creator, chatId, createdAt);
    }

    TaskInput input() {
        return new TaskInput(prompt, repoUrl, branch, List.of(new TaskInput.Agent(agent, model)), batchId, creator);
    }
}
