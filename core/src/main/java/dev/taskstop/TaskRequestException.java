package dev.taskstop;

import java.security.GeneralSecurityException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** No answer arrived, or not all of it. */
public final class TaskRequestException extends TaskException {

    private static final long serialVersionUID = 1L;

    /** Why there is no answer. */
    public enum Reason {
        /** This library refused the call, and would do so again: an id that cannot be one, a client that is closed. */
        REFUSED,
        /** There is no API key to send: its source failed, gave none, or did not answer in time. */
        NO_KEY,
        /** The request's turn did not come in time: too much else was to be sent, or the server wanted a pause. */
        NO_TURN,
        /** The request did not leave: no connection, no address, no trust, no room. */
        NOT_SENT,
        /** The server says that it did not process the request, as HTTP/2 has it (RFC 9113, 8.7). */
        NOT_PROCESSED,
        /** The request may have reached the server, and its answer was lost. */
        NO_ANSWER,
        /** A stream ended before its end, or a stop in a way that nobody foresaw. */
        BROKEN_OFF,
        /** The stop was answered, and that the task has ended could not be confirmed. */
        UNCONFIRMED,
        /** The deadline came before it was known what became of the task. */
        DEADLINE
    }

    /** Why there is no answer. */
    private final Reason reason;

    private TaskRequestException(Reason reason, String message, boolean outcomeUnknown, @Nullable Throwable cause) {
        super(message, outcomeUnknown, cause);
        this.reason = reason;
    }

    private TaskRequestException(TaskRequestException original, boolean outcomeUnknown) {
        super(original, outcomeUnknown);
        this.reason = original.reason;
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
                Reason.NOT_SENT, request + " was not sent (" + cause.getClass().getSimpleName() + ")", false, cause);
    }

    /**
     * The request left, and the server says that it was not processed: the stream was refused, or comes after the last
     * one that a server which goes away still takes (RFC 9113, 8.7).
     *
     * @param request what was sent
     * @param cause how the server said so
     * @return the exception
     */
    public static TaskRequestException notProcessed(TaskRequest request, Throwable cause) {
        return new TaskRequestException(
                Reason.NOT_PROCESSED,
                request + " was not processed by the server ("
                        + cause.getClass().getSimpleName() + ")",
                false,
                cause);
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
                Reason.NO_ANSWER,
                request + " got no answer (" + cause.getClass().getSimpleName() + "); it may have been carried out",
                true,
                cause);
    }

    /** A stream that had begun, or was to begin, and ended before its end. Nothing but reading was asked for. */
    static TaskRequestException brokenOff(TaskRequest request, Throwable cause) {
        return new TaskRequestException(
                Reason.BROKEN_OFF,
                request + " broke off before its end (" + cause.getClass().getSimpleName() + ")",
                false,
                cause);
    }

    static TaskRequestException refused(String message) {
        return new TaskRequestException(Reason.REFUSED, message, false, null);
    }

    /** Says nothing of what was sent before: a stop may have had its turn for an earlier request. */
    static TaskRequestException noTurn(String message) {
        return new TaskRequestException(Reason.NO_TURN, message, false, null);
    }

    static TaskRequestException withoutKey(Throwable cause) {
        return new TaskRequestException(
                Reason.NO_KEY, "There is no API key (" + cause.getClass().getSimpleName() + ")", false, cause);
    }

    static TaskRequestException unconfirmed(Throwable cause) {
        return new TaskRequestException(
                Reason.UNCONFIRMED,
                "The stop was answered, and that the task has ended could not be confirmed ("
                        + cause.getClass().getSimpleName() + ")",
                true,
                cause);
    }

    static TaskRequestException abortedUnconfirmed() {
        return new TaskRequestException(
                Reason.UNCONFIRMED,
                "The stop was answered, and the batch was aborted before it was confirmed that the task has ended",
                true,
                null);
    }

    static TaskRequestException cutOff(@Nullable Throwable lastFailure) {
        return new TaskRequestException(
                Reason.DEADLINE, "The deadline came before it was known what became of the task", true, lastFailure);
    }

    /** What nobody foresaw went wrong on the way of a stop. */
    static TaskRequestException broken(Throwable cause, boolean outcomeUnknown) {
        return new TaskRequestException(
                Reason.BROKEN_OFF,
                "The stop broke off (" + cause.getClass().getSimpleName() + ")",
                outcomeUnknown,
                cause);
    }

    /** What nobody foresaw, such as a scheduler that takes no more work, in place of which there is to be a result. */
    static TaskException foreseen(Throwable failure) {
        return failure instanceof TaskException known ? known : broken(failure, false);
    }

    /** Tells whether a failure is that there is no answer, for this reason. */
    static boolean isOne(Throwable failure, Reason reason) {
        return failure instanceof TaskRequestException unanswered && unanswered.reason == reason;
    }

    /**
     * Returns why there is no answer.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }

    @Override
    TaskRequestException copy(boolean outcomeUnknown) {
        return new TaskRequestException(this, outcomeUnknown);
    }

    /** What cannot succeed soon is not worth another attempt. */
    @Override
    public boolean isTransient() {
        return switch (reason) {
            case REFUSED, NO_TURN, UNCONFIRMED, DEADLINE -> false;
            case NOT_SENT -> !isRefusedByTls(getCause());
            case NO_KEY, NOT_PROCESSED, NO_ANSWER, BROKEN_OFF -> true;
        };
    }

    /**
     * A certificate that is not trusted, or is another host's, stays so, and so do the versions and ciphers of both sides
     * and a server that speaks no TLS. A connection that ends during the handshake has exceptions of its own for that.
     */
    private static boolean isRefusedByTls(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof GeneralSecurityException || cause.getClass() == SSLHandshakeException.class) {
                return true;
            }
        }
        return false;
    }
}
