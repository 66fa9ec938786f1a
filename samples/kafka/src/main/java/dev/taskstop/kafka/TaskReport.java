package dev.taskstop.kafka;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Stopped;
import org.jspecify.annotations.Nullable;

/**
 * What became of one delivery of an id: the JSON in the topics of results and failures.
 *
 * @param taskId the id, as it was delivered
 * @param outcome what happened
 * @param attempts how many requests a stop took that had its effect, else 0
 * @param recovered whether the answer to a stop was lost, so that it was found out by asking for the status
 * @param outcomeUnknown whether a task may have been stopped although it failed
 * @param detail the state of a task that had ended before, or the reason of a failure
 * @param instance who reports
 */
public record TaskReport(
        String taskId,
        Outcome outcome,
        int attempts,
        boolean recovered,
        boolean outcomeUnknown,
        @Nullable String detail,
        String instance) {

    /** What happened, as {@link StopResult} has it. */
    public enum Outcome {
        /** The task was active, and this stop ended it. */
        STOPPED,
        /** It had ended before. */
        ALREADY_ENDED,
        /** There is no such task for this key. */
        NOT_FOUND,
        /** It may still run. */
        FAILED
    }

    static TaskReport of(StopResult result, String instance) {
        String taskId = result.taskId();
        if (result instanceof Stopped stopped) {
            return new TaskReport(
                    taskId, Outcome.STOPPED, stopped.attempts(), stopped.recovered(), false, null, instance);
        }
        if (result instanceof AlreadyEnded ended) {
            return new TaskReport(
                    taskId,
                    Outcome.ALREADY_ENDED,
                    0,
                    false,
                    false,
                    ended.state().raw(),
                    instance);
        }
        if (result instanceof NotFound) {
            return new TaskReport(taskId, Outcome.NOT_FOUND, 0, false, false, null, instance);
        }
        if (result instanceof Failed failed) {
            return new TaskReport(
                    taskId,
                    Outcome.FAILED,
                    0,
                    false,
                    failed.error().isOutcomeUnknown(),
                    failed.error().getMessage(),
                    instance);
        }
        throw new IllegalArgumentException(
                "Nothing is reported of " + result.getClass().getSimpleName());
    }
}
