package dev.taskstop.cli;

import dev.taskstop.StopSummary;
import dev.taskstop.TaskResponseException;
import java.util.Locale;

/** What is said at the end of a bulk stop, on standard error. */
final class Report {

    /** As many as nobody knows. */
    static final long UNKNOWN = -1;

    private Report() {}

    /**
     * What became of the ids that have no result.
     *
     * @param unanswered for how many a stop was begun
     * @param notBegun for how many none was begun, or {@link #UNKNOWN}
     */
    record Rest(long unanswered, long notBegun) {

        static final Rest NONE = new Rest(0, 0);

        boolean isNone() {
            return equals(NONE);
        }
    }

    /** Says how it went. */
    static void print(Screen screen, StopSummary summary, StopRun run, Rest rest, boolean json) {
        if (json) {
            screen.message("%s", object(Json.with("event", "summary"), summary, rest));
        } else if (summary.total() > 1 || summary.reason() != null || !rest.isNone()) {
            screen.message("%s", summary);
        }
        sayWhatWentWrong(screen, summary, run, rest);
    }

    /** Says how a round of several went. */
    static void printRound(Screen screen, long number, StopSummary summary, StopRun run, Rest rest, boolean json) {
        if (json) {
            screen.message("%s", object(Json.with("event", "round").and("round", number), summary, rest));
        } else {
            screen.message("Round %,d: %s", number, summary);
        }
        sayWhatWentWrong(screen, summary, run, rest);
    }

    private static void sayWhatWentWrong(Screen screen, StopSummary summary, StopRun run, Rest rest) {
        TaskResponseException refusal = run.refusal();
        sayWhatWasNotFound(screen, summary, run);
        if (summary.failed() > 0 && refusal == null) {
            screen.alarm(
                    "%,d failed: these tasks may still run; the first: %s",
                    summary.failed(),
                    Taskstop.messageOf(summary.firstFailures().get(0).error()));
        }
        if (rest.unanswered() > 0) {
            screen.alarm("%,d without an answer: whether these tasks were stopped is not known", rest.unanswered());
        }
        if (refusal != null) {
            screen.alarm("taskstop: %s, so nothing more was sent", Taskstop.reasonOf(refusal));
        }
        Throwable failure = run.failure();
        if (failure != null) {
            screen.alarm("taskstop: %s", Taskstop.messageOf(failure));
        }
        sayWhatWasNotWritten(screen);
        if (rest.notBegun() > 0) {
            screen.message("%,d were not begun: nothing was sent for them", rest.notBegun());
        } else if (run.isInputLeft()) {
            screen.alarm("taskstop: nothing more is sent, so further ids were not waited for; some may follow these");
        } else if (rest.notBegun() < 0) {
            screen.message("What comes after them was not begun, and not read");
        }
    }

    private static void sayWhatWasNotFound(Screen screen, StopSummary summary, StopRun run) {
        if (summary.notFound() > 0) {
            screen.message("%,d not found: there are no such tasks for this key; check the ids", summary.notFound());
        }
        if (run.wrapped() != null) {
            screen.alarm(
                    "%s is no id as it stands: ids are read without quotes, brackets, commas and the like, as jq -r prints"
                            + " them, and from a table only their column (cut -d, -f1)",
                    run.wrapped());
        } else if (!run.hasFoundAny() && summary.notFound() > 1) {
            screen.alarm("None was found at all: check the key, --base-url and --dialect, too");
        }
    }

    private static void sayWhatWasNotWritten(Screen screen) {
        if (screen.isBroken()) {
            Output out = Output.standard();
            out.markTold();
            screen.alarm(
                    "taskstop: %s, so nothing more was sent; results that were lost: %,d",
                    out.hasNoReader()
                            ? "nobody reads the results any more"
                            : "the results cannot be written (" + out.why() + ")",
                    out.lost());
        }
    }

    private static String object(Json event, StopSummary summary, Rest rest) {
        return event.and("stopped", summary.stopped())
                .and("recovered", summary.recovered())
                .and("alreadyEnded", summary.alreadyEnded())
                .and("notFound", summary.notFound())
                .and("failed", summary.failed())
                .and("skipped", summary.skipped())
                .and("unanswered", rest.unanswered())
                .and("notBegun", rest.notBegun() < 0 ? null : rest.notBegun())
                .and("reason", summary.reason())
                .and("seconds", summary.elapsed().toMillis() / 1e3)
                .line();
    }

    static void print(Screen screen, Checkpoint checkpoint, StopRun run) {
        if (run.exitCode() == Exit.OK) {
            screen.message("%,d ids are finished, none is left", checkpoint.finished());
            return;
        }
        screen.message(
                "%,d ids are finished. The same command goes on from there%s",
                checkpoint.finished(),
                checkpoint.failures() == 0
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                ", and tries the %,d in %s again",
                                checkpoint.failures(),
                                checkpoint.failuresFile()));
    }
}
