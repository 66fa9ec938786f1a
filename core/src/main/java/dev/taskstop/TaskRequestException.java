package dev.taskstop;

import org.jspecify.annotations.Nullable;

/** No answer arrived, or not all of it. */
public final class TaskRequestException extends TaskException {

    private static final long serialVersionUID = 1L;

    private TaskRequestException(String message, boolean sent, @Nullable Throwable cause) {
        super(message, sent);
        if (cause != null) {
            initCause(cause);
        }
    }

    /**
     * The request certainly did not leave: no connection, no address, no trust, no room.
     *
     * @param request what was to be sent
     * @param cause why it was not
     * @return the exception
     */
    public static TaskRequestException notSent(TaskRequest request, Throwable cause) {
        return new TaskRequestException(
                request + " was not sent (" + cause.getClass().getSimpleName() + ")", false, cause);
    }

    /**
     * The request may have reached the server, and its answer was lost.
     *
     * @param request what was sent
     * @param cause why there is no answer
     * @return the exception
     */
    public static TaskRequestException noAnswer(TaskRequest request, Throwable cause) {
        return new TaskRequestException(
                request + " got no answer (" + cause.getClass().getSimpleName() + "); it may have been carried out",
                true,
                cause);
    }

    /** A stream that had begun, or was to begin, and ended before its end. Nothing but reading was asked for. */
    static TaskRequestException brokenOff(TaskRequest request, Throwable cause) {
        return new TaskRequestException(
                request + " broke off before its end (" + cause.getClass().getSimpleName() + ")", false, cause);
    }

    static TaskRequestException refused(String reason) {
        return new TaskRequestException(reason, false, null);
    }

    static TaskRequestException withoutKey(Throwable cause) {
        return new TaskRequestException(
                "Nothing was sent: there is no API key (" + cause.getClass().getSimpleName() + ")", false, cause);
    }

    static TaskRequestException cutOff(@Nullable Throwable lastFailure) {
        return new TaskRequestException(
                "The deadline came before it was known what became of the task", true, lastFailure);
    }

    /** What was refused before anything was sent would be so again; whatever else went wrong has a cause. */
    @Override
    boolean isTransient() {
        return getCause() != null;
    }
}
