package dev.taskstop;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An answer arrived that says no.
 *
 * <p>See the page <em>Errors</em> of the API's documentation.
 */
public final class TaskResponseException extends TaskException {

    private static final long serialVersionUID = 1L;

    /** What the answer means. */
    public enum Reason {
        /** 400, in the Agent API v1 also 409: the task is in no state that can be stopped. */
        NOT_ACTIVE,
        /** 401: the key is missing, unknown or no longer good. */
        UNAUTHORIZED,
        /** 402: the account has to be paid for. */
        PAYMENT_REQUIRED,
        /** 403: not allowed. */
        FORBIDDEN,
        /** 404: no such task, or somebody else's. */
        NOT_FOUND,
        /** 429: too many requests. */
        RATE_LIMITED,
        /** 408, 5xx and what is no status at all: the server failed; what was asked may have been done. */
        SERVER_ERROR,
        /** Any other status, a redirect among them. */
        UNEXPECTED,
        /**
         * The stop worked, and the task was then seen to run again: a follow-up started it, or, with the Agent API v1,
         * another run of its chat. Only a watch tells: {@link StopAllOptions#withConfirm(Duration)}.
         */
        RUNS_AGAIN
    }

    /** What the answer means. */
    private final Reason reason;

    /** The HTTP status. */
    private final int status;

    /** Whether every call would get this answer. */
    private final boolean aboutKey;

    /** The server's text. */
    private final @Nullable String serverMessage;

    /** How long to wait. */
    private final @Nullable Duration retryAfter;

    private final transient @Nullable TaskState state;

    TaskResponseException(
            String call,
            Reason reason,
            int status,
            boolean aboutKey,
            @Nullable String serverMessage,
            @Nullable Duration retryAfter) {
        super(call + " answered " + status, reason == Reason.SERVER_ERROR, null);
        this.reason = reason;
        this.status = status;
        this.aboutKey = aboutKey;
        this.serverMessage = serverMessage;
        this.retryAfter = retryAfter;
        this.state = null;
    }

    private TaskResponseException(
            String message, Reason reason, int status, boolean outcomeUnknown, @Nullable TaskState state) {
        super(message, outcomeUnknown, null);
        this.reason = reason;
        this.status = status;
        this.aboutKey = false;
        this.serverMessage = null;
        this.retryAfter = null;
        this.state = state;
    }

    private TaskResponseException(TaskResponseException original, boolean outcomeUnknown, boolean aboutKey) {
        super(original, outcomeUnknown);
        this.reason = original.reason;
        this.status = original.status;
        this.aboutKey = aboutKey;
        this.serverMessage = original.serverMessage;
        this.retryAfter = original.retryAfter;
        this.state = original.state;
    }

    @Override
    TaskResponseException copy(boolean outcomeUnknown) {
        return new TaskResponseException(this, outcomeUnknown, aboutKey);
    }

    /** The same answer when it has turned out to be about the key. */
    TaskResponseException asAboutKey() {
        return new TaskResponseException(this, isOutcomeUnknown(), true);
    }

    static TaskResponseException notActive(TaskState state) {
        return new TaskResponseException(
                "The task is not in a state that can be stopped (" + state.kind() + ")",
                Reason.NOT_ACTIVE,
                400,
                false,
                state);
    }

    static TaskResponseException notFound() {
        return new TaskResponseException("There is no such task", Reason.NOT_FOUND, 404, false, null);
    }

    /** The stop that came before had its effect, so the outcome is not that nothing was done. */
    static TaskResponseException runsAgain(TaskState state) {
        return new TaskResponseException(
                "The task was stopped, and runs again (" + state.kind() + ")", Reason.RUNS_AGAIN, 200, true, state);
    }

    /** Tells whether a failure is an answer with this meaning. */
    static boolean isOne(Throwable failure, Reason reason) {
        return failure instanceof TaskResponseException answer && answer.reason == reason;
    }

    /** Tells whether a failure is an answer about the key. */
    static boolean isAboutKey(Throwable failure) {
        return failure instanceof TaskResponseException answer && answer.aboutKey;
    }

    /**
     * Returns what the answer means.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }

    /**
     * Returns the HTTP status. Where the meaning was found out by asking for the task's status, it is the one that the
     * documentation gives this meaning.
     *
     * @return the status
     */
    public int status() {
        return status;
    }

    /**
     * Tells whether the answer is about the key or its account, so that every other call would get it too.
     *
     * @return true for 401, 402, and a 403 that a request gets, too, which names no task, such as that for a list, or,
     *     in the cloud API, where that one tells nothing and no other task has had another answer
     */
    public boolean isAboutKey() {
        return aboutKey;
    }

    /**
     * Returns the text that the server gave. It is for people, may hold personal data, and means nothing to this
     * library.
     *
     * @return the text, or null
     */
    public @Nullable String serverMessage() {
        return serverMessage;
    }

    /**
     * Returns how long the server asked to wait.
     *
     * @return the time from the answer's arrival, not negative, not capped; null when the server did not say
     */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /**
     * Returns the state that keeps the task from being stopped, or in which it runs again.
     *
     * @return the state, or null when it is not known, or after serialization
     */
    public @Nullable TaskState state() {
        return state;
    }

    @Override
    public boolean isTransient() {
        return reason == Reason.SERVER_ERROR || reason == Reason.RATE_LIMITED;
    }
}
