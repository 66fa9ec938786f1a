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
        /** Ended: failed, or took too long. */
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
    private static final TaskQuery ALL = new TaskQuery(null, null, MAX_PAGE_SIZE);

    private final @Nullable Status status;
    private final @Nullable Kind kind;
    private final int pageSize;

    private TaskQuery(@Nullable Status status, @Nullable Kind kind, int pageSize) {
        this.status = status;
        this.kind = kind;
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
        return new TaskQuery(status, kind, pageSize);
    }

    /**
     * Sets which origin the tasks are to have. The cloud API knows it; others refuse such a query.
     *
     * @param kind the origin
     * @return a new instance
     */
    public TaskQuery withKind(Kind kind) {
        return new TaskQuery(status, kind, pageSize);
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
        return new TaskQuery(status, kind, pageSize);
    }

    @Nullable
    Status status() {
        return status;
    }

    @Nullable
    Kind kind() {
        return kind;
    }

    int pageSize() {
        return pageSize;
    }
}
