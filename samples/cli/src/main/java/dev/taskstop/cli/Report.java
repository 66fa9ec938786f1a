package dev.taskstop.cli;

import dev.taskstop.StopSummary;
import java.util.Locale;

/** What is said at the end of a bulk stop, on standard error. */
final class Report {

    private Report() {}

    /**
     * Says how it went.
     *
     * @param unanswered for how many ids a stop was begun that has no result
     */
    static void print(Screen screen, StopSummary summary, StopRun run, long unanswered) {
        if (summary.total() != 1 || unanswered > 0) {
            screen.message("%s", summary);
        }
        if (summary.notFound() > 0) {
            screen.message("%,d not found: there are no such tasks for this key; check the ids", summary.notFound());
        }
        if (summary.failed() > 0 && !run.isKeyRefused()) {
            screen.message(
                    "%s: these tasks may still run; the first: %s",
                    screen.red(String.format(Locale.ROOT, "%,d failed", summary.failed())),
                    Taskstop.messageOf(summary.firstFailures().get(0).error()));
        }
        if (unanswered > 0) {
            screen.message("%,d without an answer: whether these tasks were stopped is not known", unanswered);
        }
        if (run.isKeyRefused()) {
            screen.message("%s", screen.red("taskstop: the key was refused, so nothing more was sent"));
        }
        Throwable failure = run.failure();
        if (failure != null) {
            screen.message("%s", screen.red("taskstop: " + Taskstop.messageOf(failure)));
        }
        if (run.exitCode() == Exit.BROKEN_PIPE) {
            screen.message("taskstop: nobody reads the results any more, so nothing more was sent");
        }
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
