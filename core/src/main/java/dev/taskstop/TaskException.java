package dev.taskstop;

import org.jspecify.annotations.Nullable;

/**
 * A call that did not succeed. Its three kinds are split by whether an answer arrived: none
 * ({@link TaskRequestException}), one that says no ({@link TaskResponseException}), or one that cannot be read
 * ({@link TaskDecodingException}).
 *
 * <p>A message about a request names its method and path template; none holds a key, a task id or anything that the
 * server wrote.
 */
public abstract sealed class TaskException extends RuntimeException
        permits TaskRequestException, TaskResponseException, TaskDecodingException {

    private static final long serialVersionUID = 1L;

    /** Whether the call may have had its effect. */
    private final boolean outcomeUnknown;

    TaskException(String message, boolean outcomeUnknown, @Nullable Throwable cause) {
        super(message, cause);
        this.outcomeUnknown = outcomeUnknown;
    }

    /** Creates a copy that is told from the original by its flag alone. */
    TaskException(TaskException original, boolean outcomeUnknown) {
        this(String.valueOf(original.getMessage()), outcomeUnknown, original.getCause());
        setStackTrace(original.getStackTrace());
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

    /**
     * Tells whether the same call may well succeed a little later. A stop has been tried as often as its {@link StopRetry}
     * allows when it comes to this; who keeps what failed may give it to another bulk stop later.
     *
     * @return true for a failure that may pass by itself
     */
    public abstract boolean isTransient();

    /** The same failure for somebody else, or of a stop of which an earlier request may have worked. */
    abstract TaskException copy(boolean outcomeUnknown);
}
