package dev.taskstop.server;

import java.time.Duration;
import picocli.CommandLine.Option;

/** The command line's options about what is answered where the documentation is silent. */
final class AnswerOptions {

    @Option(
            names = "--list-order",
            defaultValue = "NEWEST_FIRST",
            description = "Order of lists: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private ListOrder listOrder = ListOrder.NEWEST_FIRST;

    @Option(
            names = "--queued-run",
            defaultValue = "BAD_REQUEST",
            description = "What v1 answers to who cancels a run that is queued: ${COMPLETION-CANDIDATES}"
                    + " (${DEFAULT-VALUE}).")
    private QueuedRunAnswer queuedRun = QueuedRunAnswer.BAD_REQUEST;

    @Option(
            names = "--ended-run",
            defaultValue = "BAD_REQUEST",
            description = "What v1 answers to who cancels a run that has ended: ${COMPLETION-CANDIDATES}"
                    + " (${DEFAULT-VALUE}).")
    private EndedRunAnswer endedRun = EndedRunAnswer.BAD_REQUEST;

    @Option(
            names = "--v1-created-status",
            defaultValue = "200",
            description = "HTTP status of who creates or continues a v1 run, 200 to 299 (${DEFAULT-VALUE}).")
    private int v1CreatedStatus;

    @Option(names = "--timeout-is-not-failed", description = "List tasks in timeout not among the failed ones.")
    private boolean timeoutIsNotFailed;

    @Option(
            names = "--duration-if-completed",
            description = "Tell the duration of completed cloud tasks only, not of those that ended otherwise.")
    private boolean durationIfCompleted;

    @Option(names = "--any-content-type", description = "Read a body as JSON, whatever its Content-Type says.")
    private boolean anyContentType;

    @Option(
            names = "--executions",
            defaultValue = "GET_TASK",
            description = "Form of agentExecutions: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private ExecutionForm executions = ExecutionForm.GET_TASK;

    @Option(
            names = "--error-form",
            defaultValue = "STRING",
            description = "Form of error bodies: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private ErrorForm errorForm = ErrorForm.STRING;

    @Option(
            names = "--retry-after",
            defaultValue = "SECONDS",
            description = "How a 429 says when to come back: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private RetryAfterForm retryAfter = RetryAfterForm.SECONDS;

    TaskServerOptions addTo(TaskServerOptions options, Duration retryAfterWait) {
        return options.withListOrder(listOrder)
                .withQueuedRunAnswer(queuedRun)
                .withEndedRunAnswer(endedRun)
                .withV1CreatedStatus(v1CreatedStatus)
                .withTimeoutIsFailed(!timeoutIsNotFailed)
                .withDurationIfCompleted(durationIfCompleted)
                .withAnyContentType(anyContentType)
                .withExecutionForm(executions)
                .withErrorForm(errorForm)
                .withRetryAfter(retryAfter, retryAfterWait);
    }
}
