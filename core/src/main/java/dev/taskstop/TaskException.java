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

    TaskException(String message) {
        super(message);
    }

    /**
     * Tells whether the call may have had its effect although it failed.
     *
     * @return true when the request may have reached the server and no answer denies that it worked
     */
    public abstract boolean isOutcomeUnknown();
}
