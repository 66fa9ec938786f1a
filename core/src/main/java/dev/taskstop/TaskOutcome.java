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
     * The task ended by itself, or somebody else ended it; also when that was in the last moment, after the stop had
     * been sent.
     *
     * @param status how it ended
     */
    record Finished(TaskStatus status) implements TaskOutcome {
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
