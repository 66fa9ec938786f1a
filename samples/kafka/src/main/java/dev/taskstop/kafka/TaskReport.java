package dev.taskstop.kafka;

import dev.taskstop.StopResult;
import dev.taskstop.kafka.StopOrder.SetAside;
import org.jspecify.annotations.Nullable;

/**
 * What became of one record: the JSON in the topics of results and failures. Its texts come from records and servers,
 * and have 256 characters at the most, so that the broker takes each report. Where a topic takes less, the texts are
 * left out, and then the id and the name of the instance.
 *
 * @param taskId the id, without the blanks around it; of a record that was set aside, how its value begins; empty where
 *     the topic does not take as much
 * @param outcome what happened
 * @param attempts how many requests a stop took that had its effect, else 0
 * @param recovered whether the answer to a stop was lost, so that it was found out by asking for the status
 * @param outcomeUnknown whether this stop may have ended the task although it failed, or found it ended
 * @param detail the state of a task that had ended before, or the reason of a failure
 * @param reason why the task was to be stopped, if the record said so
 * @param sha256 of the value of a record that was set aside, in hexadecimal; else null, and {@code taskId} is an id or empty
 * @param instance who reports
 */
public record TaskReport(
        String taskId,
        Outcome outcome,
        int attempts,
        boolean recovered,
        boolean outcomeUnknown,
        @Nullable String detail,
        @Nullable String reason,
        @Nullable String sha256,
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

    /** Cuts the texts. */
    public TaskReport {
        taskId = Texts.cut(taskId);
        detail = detail == null ? null : Texts.cut(detail);
        reason = reason == null ? null : Texts.cut(reason);
    }

    static TaskReport of(StopResult result, @Nullable String reason, String instance) {
        String taskId = result.taskId();
        return result.fold(
                stopped -> new TaskReport(
                        taskId,
                        Outcome.STOPPED,
                        stopped.attempts(),
                        stopped.recovered(),
                        false,
                        null,
                        reason,
                        null,
                        instance),
                ended -> without(
                        taskId,
                        Outcome.ALREADY_ENDED,
                        ended.perhapsByUs(),
                        ended.state().raw(),
                        reason,
                        null,
                        instance),
                notFound -> without(taskId, Outcome.NOT_FOUND, false, null, reason, null, instance),
                failed -> without(
                        taskId,
                        Outcome.FAILED,
                        failed.error().isOutcomeUnknown(),
                        failed.error().getMessage(),
                        reason,
                        null,
                        instance),
                skipped -> {
                    throw new IllegalArgumentException("Nothing is reported of " + skipped);
                });
    }

    /** Nothing was sent for a record that was set aside, so nothing can have been stopped. */
    static TaskReport of(SetAside order, String instance) {
        return without(order.text(), Outcome.FAILED, false, order.problem(), null, order.sha256(), instance);
    }

    /** What became of a record, and of which id. */
    TaskReport withoutTexts() {
        return new TaskReport(
                sha256 == null ? taskId : "",
                outcome,
                attempts,
                recovered,
                outcomeUnknown,
                null,
                null,
                sha256,
                instance);
    }

    /** The least that says what became of a record: which one it is, the headers tell. */
    TaskReport withoutId() {
        return new TaskReport("", outcome, attempts, recovered, outcomeUnknown, null, null, sha256, "");
    }

    private static TaskReport without(
            String taskId,
            Outcome outcome,
            boolean outcomeUnknown,
            @Nullable String detail,
            @Nullable String reason,
            @Nullable String sha256,
            String instance) {
        return new TaskReport(taskId, outcome, 0, false, outcomeUnknown, detail, reason, sha256, instance);
    }
}
