package dev.taskstop.room;

import dev.taskstop.TaskException;
import dev.taskstop.TaskRequestException;
import dev.taskstop.TaskResponseException;

/** What a person is told of a stop that failed: what went wrong, what may be, and what to do. */
final class FailureSentence {

    private FailureSentence() {}

    static String of(TaskException error) {
        String what = what(error) + ".";
        if (error.isOutcomeUnknown()) {
            return what + " It may have been stopped: try again.";
        }
        return what + (isFinal(error) ? " It may still run." : " It may still run: try again.");
    }

    /** What went wrong, with a stop or with the reading of a task, without a full stop. */
    static String what(TaskException error) {
        if (error instanceof TaskResponseException answer) {
            return what(answer) + " (" + answer.status() + ")";
        }
        if (error instanceof TaskRequestException request) {
            return what(request.reason());
        }
        return "The server's answer could not be understood";
    }

    private static String what(TaskResponseException answer) {
        return switch (answer.reason()) {
            case NOT_ACTIVE -> "It did not get into a state that can be stopped in time";
            case UNAUTHORIZED -> "The API key is refused; somebody has to replace it";
            case PAYMENT_REQUIRED -> "The account has to be paid for first";
            case FORBIDDEN ->
                answer.isAboutKey()
                        ? "The API key is not allowed to do this"
                        : "The API key is not allowed to do this to this task";
            case NOT_FOUND -> "There is no such task";
            case RATE_LIMITED -> "The server asked to slow down for too long";
            case SERVER_ERROR -> "The server failed";
            case RUNS_AGAIN -> "It was stopped, and runs again";
            case UNEXPECTED -> "The server gave an answer that means nothing here";
        };
    }

    private static String what(TaskRequestException.Reason reason) {
        return switch (reason) {
            case REFUSED -> "Nothing was sent: this cannot be the id of a task";
            case NO_KEY -> "There is no API key at the moment";
            case NO_TURN -> "Too much else was to be sent, so its turn did not come";
            case NOT_SENT -> "The server could not be reached";
            case NOT_PROCESSED -> "The server did not take the request";
            case NO_ANSWER -> "The server's answer was lost, or took too long";
            case BROKEN_OFF -> "It broke off";
            case UNCONFIRMED -> "The stop was answered, and that the task has ended could not be confirmed";
            case DEADLINE -> "The time was over before it was known what became of it";
        };
    }

    /** Tells whether another attempt would go the same way. */
    private static boolean isFinal(TaskException error) {
        if (error instanceof TaskResponseException answer) {
            return answer.isAboutKey() || answer.reason() == TaskResponseException.Reason.FORBIDDEN;
        }
        return error instanceof TaskRequestException request && request.reason() == TaskRequestException.Reason.REFUSED;
    }
}
