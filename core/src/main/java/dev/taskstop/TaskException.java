package dev.taskstop;

/**
 * A call that did not succeed. Its three kinds are split by whether an answer arrived: none
 * ({@link TaskRequestException}), one that says no ({@link TaskResponseException}), or one that cannot be read
 * ({@link TaskDecodingException}).
 *
 * <p>A message names the method and the path template; it holds no key, no task id and nothing that the server wrote.
 */
public abstract sealed class TaskException extends RuntimeException
        permits TaskRequestException, TaskResponseException, TaskDecodingException {

    private static final long serialVersionUID = 1L;

    /** Whether the call may have had its effect. */
    private boolean outcomeUnknown;

    TaskException(String message, boolean outcomeUnknown) {
        super(message);
        this.outcomeUnknown = outcomeUnknown;
    }

    /**
     * Tells whether what was asked for may have been done although it failed.
     *
     * @return true when this request, or an earlier one for the same stop, may have reached the server and no answer
     *     denies that it worked
     */
    public final boolean isOutcomeUnknown() {
        return outcomeUnknown;
    }

    /** Tells whether the same request may well succeed a little later. */
    abstract boolean isTransient();

    void markOutcomeUnknown() {
        outcomeUnknown = true;
    }
}
