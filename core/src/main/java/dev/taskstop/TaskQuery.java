package dev.taskstop;

import org.jspecify.annotations.Nullable;

/** Which tasks a list is to have. Immutable: each {@code with…} returns a new instance. */
public final class TaskQuery {

    /** Which states a list is to have. */
    public enum Status {
        /** Pending, processing and saving. */
        ACTIVE,
        /** Ended: did their work. */
        COMPLETED,
        /**
         * Ended: failed. Whether those that took too long are among them is not documented; in the Agent API v1 those are
         * that were interrupted.
         */
        FAILED,
        /** Ended: were stopped. */
        STOPPED
    }

    /** Which origin the tasks are to have. */
    public enum Kind {
        /** Tasks that were created alone. */
        TASKS,
        /** Tasks of a batch. */
        BATCH
    }

    private static final int MAX_PAGE_SIZE = 100;
    private static final TaskQuery ALL = new TaskQuery(null, null, null, MAX_PAGE_SIZE);

    private final @Nullable Status status;
    private final @Nullable Kind kind;
    private final @Nullable String chatId;
    private final int pageSize;

    private TaskQuery(@Nullable Status status, @Nullable Kind kind, @Nullable String chatId, int pageSize) {
        this.status = status;
        this.kind = kind;
        this.chatId = chatId;
        this.pageSize = pageSize;
    }

    /**
     * Asks for every task of the key.
     *
     * @return a query for all
     */
    public static TaskQuery all() {
        return ALL;
    }

    /**
     * Asks for the tasks that still run or will run.
     *
     * @return a query for pending, processing and saving
     */
    public static TaskQuery active() {
        return ALL.withStatus(Status.ACTIVE);
    }

    /**
     * Sets which states the list is to have.
     *
     * @param status the states
     * @return a new instance
     */
    public TaskQuery withStatus(Status status) {
        return new TaskQuery(status, kind, chatId, pageSize);
    }

    /**
     * Sets which origin the tasks are to have. The cloud API knows it; others refuse such a query.
     *
     * @param kind the origin
     * @return a new instance
     */
    public TaskQuery withKind(Kind kind) {
        return new TaskQuery(status, kind, chatId, pageSize);
    }

    /**
     * Sets which chat the tasks are to belong to: all of its runs, so that a chat comes to rest although a follow-up
     * makes a new run. The Agent API v1 has chats; others refuse such a query. It does not pick them out by itself, so
     * the list is read as a whole, and what belongs to other chats is passed over here.
     *
     * @param chatId the chat's id
     * @return a new instance
     */
    public TaskQuery withChatId(String chatId) {
        if (chatId.isBlank()) {
            throw new IllegalArgumentException("chatId takes the id of a chat, not a blank");
        }
        return new TaskQuery(status, kind, chatId, pageSize);
    }

    /**
     * Sets how many tasks a page has; the default is 100.
     *
     * @param pageSize from 1 to 100
     * @return a new instance
     */
    public TaskQuery withPageSize(int pageSize) {
        if (pageSize < 1 || pageSize > MAX_PAGE_SIZE) {
            throw new IllegalArgumentException(
                    "pageSize takes a number from 1 to " + MAX_PAGE_SIZE + ", not " + pageSize);
        }
        return new TaskQuery(status, kind, chatId, pageSize);
    }

    /** Tells whether a task of the list is one that was asked for: for what the server does not pick out by itself. */
    boolean matches(TaskSummary task) {
        return (status != Status.ACTIVE || !task.state().isEnded()) && (chatId == null || chatId.equals(task.chatId()));
    }

    @Nullable
    Status status() {
        return status;
    }

    @Nullable
    Kind kind() {
        return kind;
    }

    @Nullable
    String chatId() {
        return chatId;
    }

    int pageSize() {
        return pageSize;
    }
}
