package dev.taskstop;

/** How the race between a task and a time-out ended. */
public sealed interface TaskOutcome {

    /**
     * Returns the id of the task.
     *
     * @return the id, as it was given
     */
    String taskId();

    /**
     * The task ended by itself, or somebody else ended it, unless it is marked as <em>perhaps by us</em>; also when that
     * was in the last moment, after the stop had been sent.
     *
     * @param status how it ended
     * @param perhapsByUs whether the answer to the stop was lost, and the task is in a state that a worker can leave
     *     behind whose task was stopped under it
     */
    record Finished(TaskStatus status, boolean perhapsByUs) implements TaskOutcome {

        /**
         * Creates an outcome with which no stop can have had to do.
         *
         * @param status how the task ended
         */
        public Finished(TaskStatus status) {
            this(status, false);
        }

        @Override
        public String taskId() {
            return status.taskId();
        }
    }

    /**
     * The task was still running at the time-out, and was stopped.
     *
     * @param task the task
     */
    record Stopped(StoppedTask task) implements TaskOutcome {
        @Override
        public String taskId() {
            return task.taskId();
        }
    }

    /**
     * The task may still run. Only in bulk; one race alone fails with the error.
     *
     * @param taskId the id
     * @param error why
     */
    record Failed(String taskId, TaskException error) implements TaskOutcome {}
}
