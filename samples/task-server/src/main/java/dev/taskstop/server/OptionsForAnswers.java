package dev.taskstop.server;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/** The part of {@link TaskServerOptions} that is about what is answered where the documentation is silent. */
abstract sealed class OptionsForAnswers permits OptionsForTrouble {

    // Changed only by with(), before the new options are seen by anybody.
    ErrorForm errorForm = ErrorForm.STRING;
    RetryAfterForm retryAfterForm = RetryAfterForm.SECONDS;
    Duration retryAfter = Duration.ofSeconds(1);
    EndedRunAnswer endedRunAnswer = EndedRunAnswer.BAD_REQUEST;
    QueuedRunAnswer queuedRunAnswer = QueuedRunAnswer.BAD_REQUEST;
    ListOrder listOrder = ListOrder.NEWEST_FIRST;
    ExecutionForm executionForm = ExecutionForm.GET_TASK;
    boolean timeoutIsFailed = true;
    boolean durationIfCompleted;
    boolean anyContentType;
    int v1CreatedStatus = 200;

    OptionsForAnswers() {}

    OptionsForAnswers(OptionsForAnswers other) {
        errorForm = other.errorForm;
        retryAfterForm = other.retryAfterForm;
        retryAfter = other.retryAfter;
        endedRunAnswer = other.endedRunAnswer;
        queuedRunAnswer = other.queuedRunAnswer;
        listOrder = other.listOrder;
        executionForm = other.executionForm;
        timeoutIsFailed = other.timeoutIsFailed;
        durationIfCompleted = other.durationIfCompleted;
        anyContentType = other.anyContentType;
        v1CreatedStatus = other.v1CreatedStatus;
    }

    /** Changes a copy. */
    abstract TaskServerOptions with(Consumer<TaskServerOptions> change);

    static void require(boolean valid, String message) {
        if (!valid) {
            throw new IllegalArgumentException(message);
        }
    }

    /**
     * Changes the form of error bodies.
     *
     * @param form the form, by default a string
     * @return new options
     */
    public TaskServerOptions withErrorForm(ErrorForm form) {
        return with(it -> it.errorForm = form);
    }

    /**
     * Changes how a 429 says when to come back.
     *
     * @param form the form, by default whole seconds in the header {@code Retry-After}
     * @param faultWait the wait of {@link FaultKind#RATE_LIMITED}; the rate limit computes its own
     * @return new options
     */
    public TaskServerOptions withRetryAfter(RetryAfterForm form, Duration faultWait) {
        Lifecycle.requireDuration("the wait", faultWait);
        return with(it -> {
            it.retryAfterForm = form;
            it.retryAfter = faultWait;
        });
    }

    /**
     * Changes what the Agent API v1 answers to who cancels a run that has ended already.
     *
     * @param answer the answer, by default 400
     * @return new options
     */
    public TaskServerOptions withEndedRunAnswer(EndedRunAnswer answer) {
        Objects.requireNonNull(answer, "answer");
        return with(it -> it.endedRunAnswer = answer);
    }

    /**
     * Changes what the Agent API v1 answers to who cancels a run that is still queued.
     *
     * @param answer the answer, by default 400
     * @return new options
     */
    public TaskServerOptions withQueuedRunAnswer(QueuedRunAnswer answer) {
        Objects.requireNonNull(answer, "answer");
        return with(it -> it.queuedRunAnswer = answer);
    }

    /**
     * Changes the order of lists.
     *
     * @param order the order, by default the newest task first
     * @return new options
     */
    public TaskServerOptions withListOrder(ListOrder order) {
        Objects.requireNonNull(order, "order");
        return with(it -> it.listOrder = order);
    }

    /**
     * Changes the form of what the cloud API tells about each agent of a task.
     *
     * @param form the form, by default that of the page about getting a task
     * @return new options
     */
    public TaskServerOptions withExecutionForm(ExecutionForm form) {
        Objects.requireNonNull(form, "form");
        return with(it -> it.executionForm = form);
    }

    /**
     * Changes whether a list of the cloud API's failed tasks has those that took too long.
     *
     * @param timeoutIsFailed whether it has, by default true
     * @return new options
     */
    public TaskServerOptions withTimeoutIsFailed(boolean timeoutIsFailed) {
        return with(it -> it.timeoutIsFailed = timeoutIsFailed);
    }

    /**
     * Changes of which cloud tasks the status tells a duration.
     *
     * @param durationIfCompleted true for completed ones only, false, the default, for all that have ended
     * @return new options
     */
    public TaskServerOptions withDurationIfCompleted(boolean durationIfCompleted) {
        return with(it -> it.durationIfCompleted = durationIfCompleted);
    }

    /**
     * Changes what becomes of a body whose {@code Content-Type} is not that of JSON.
     *
     * @param anyContentType true to read it as JSON all the same, false, the default, to answer 400
     * @return new options
     */
    public TaskServerOptions withAnyContentType(boolean anyContentType) {
        return with(it -> it.anyContentType = anyContentType);
    }

    /**
     * Changes the HTTP status of an answer of the Agent API v1 to who creates or continues a run.
     *
     * @param status 200, the default, to 299
     * @return new options
     */
    public TaskServerOptions withV1CreatedStatus(int status) {
        require(status >= 200 && status <= 299, "the status of a run that was created is 200 to 299: " + status);
        return with(it -> it.v1CreatedStatus = status);
    }
}
