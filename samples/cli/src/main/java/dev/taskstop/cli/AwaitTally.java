package dev.taskstop.cli;

import dev.taskstop.TaskException;
import dev.taskstop.TaskOutcome;
import dev.taskstop.TaskOutcome.Failed;
import dev.taskstop.TaskOutcome.Finished;
import dev.taskstop.TaskResponseException;
import dev.taskstop.TaskState;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How waiting for some tasks went: each in a line, all in a summary and an exit code. */
final class AwaitTally {

    private long completed;
    private long notCompleted;
    private long stopped;
    private long notFound;
    private long failed;
    private @Nullable TaskException firstFailure;

    void add(TaskOutcome outcome) {
        if (outcome instanceof Finished finished) {
            boolean done = finished.status().state().kind() == TaskState.Kind.COMPLETED;
            completed += done ? 1 : 0;
            notCompleted += done ? 0 : 1;
        } else if (outcome instanceof Failed failure) {
            boolean missing = isNotFound(failure.error());
            notFound += missing ? 1 : 0;
            failed += missing ? 0 : 1;
            boolean first = firstFailure == null || (isAboutKey(outcome) && !missing);
            firstFailure = first ? failure.error() : firstFailure;
        } else {
            stopped++;
        }
    }

    long total() {
        return completed + notCompleted + stopped + notFound + failed;
    }

    int exitCode(boolean missingAllowed) {
        TaskException failure = firstFailure;
        if (failure != null && Taskstop.exitCodeOf(failure) == Exit.KEY_REFUSED) {
            return Exit.KEY_REFUSED;
        }
        if (failed > 0 || (notFound > 0 && !missingAllowed)) {
            return Exit.FAILED;
        }
        if (notCompleted > 0) {
            return Exit.NOT_COMPLETED;
        }
        return stopped > 0 ? Exit.STOPPED : Exit.OK;
    }

    /** Says what went wrong, where something did. */
    void explain(Screen screen) {
        if (firstFailure != null) {
            screen.alarm("taskstop: %s", Taskstop.messageOf(firstFailure));
        }
    }

    /** As an object. */
    String summary() {
        return Json.with("event", "summary")
                .and("completed", completed)
                .and("notCompleted", notCompleted)
                .and("stopped", stopped)
                .and("notFound", notFound)
                .and("failed", failed)
                .line();
    }

    /** The same for people. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d completed, %d ended without completing, %d stopped, %d not found, %d failed",
                completed,
                notCompleted,
                stopped,
                notFound,
                failed);
    }

    static boolean isAboutKey(TaskOutcome outcome) {
        return outcome instanceof Failed failed && Taskstop.exitCodeOf(failed.error()) == Exit.KEY_REFUSED;
    }

    static String text(TaskOutcome outcome) {
        String id = Printable.line(outcome.taskId()) + " ";
        if (outcome instanceof Finished finished) {
            String perhaps = finished.perhapsByUs() ? "; perhaps because of the stop" : "";
            return id + "finished (" + Printable.line(finished.status().state()) + perhaps + ")";
        }
        return id
                + word(outcome)
                + (outcome instanceof Failed failed ? " (" + Taskstop.messageOf(failed.error()) + ")" : "");
    }

    static String json(TaskOutcome outcome) {
        Json json = Json.with("taskId", outcome.taskId()).and("outcome", word(outcome));
        if (outcome instanceof Finished finished) {
            json.and("state", finished.status().state()).and("perhapsByUs", finished.perhapsByUs() ? true : null);
        } else if (outcome instanceof Failed failed) {
            json.and("error", failed.error().getMessage())
                    .and("outcomeUnknown", failed.error().isOutcomeUnknown());
        } else {
            json.and("state", "stopped");
        }
        return json.line();
    }

    private static String word(TaskOutcome outcome) {
        if (outcome instanceof Finished) {
            return "finished";
        }
        if (outcome instanceof Failed failed) {
            return isNotFound(failed.error()) ? "not-found" : "failed";
        }
        return "stopped";
    }

    private static boolean isNotFound(TaskException failure) {
        return failure instanceof TaskResponseException answer
                && answer.reason() == TaskResponseException.Reason.NOT_FOUND;
    }
}
