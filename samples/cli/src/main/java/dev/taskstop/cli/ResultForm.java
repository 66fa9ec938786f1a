package dev.taskstop.cli;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import java.util.Locale;

/** What became of a stop, in one line: for people, or as JSON. Both name the outcome with the same word. */
final class ResultForm {

    private ResultForm() {}

    static String text(StopResult result) {
        return Printable.line(result.taskId()) + " " + outcome(result) + detail(result);
    }

    static String json(StopResult result) {
        Json json = Json.with("taskId", result.taskId()).and("outcome", outcome(result));
        if (result instanceof Stopped stopped) {
            json.and("state", stopped.task().state())
                    .and("attempts", stopped.attempts())
                    .and("recovered", stopped.recovered());
        } else if (result instanceof AlreadyEnded ended) {
            json.and("state", ended.state());
        } else if (result instanceof Failed failed) {
            json.and("error", failed.error().getMessage())
                    .and("outcomeUnknown", failed.error().isOutcomeUnknown());
        } else if (result instanceof Skipped skipped) {
            json.and("reason", word(skipped.reason()));
        }
        return json.line();
    }

    private static String outcome(StopResult result) {
        if (result instanceof Stopped) {
            return "stopped";
        }
        if (result instanceof AlreadyEnded) {
            return "already-ended";
        }
        if (result instanceof NotFound) {
            return "not-found";
        }
        return result instanceof Failed ? "failed" : "skipped";
    }

    private static String detail(StopResult result) {
        if (result instanceof Stopped stopped && stopped.recovered()) {
            return " (the answer was lost; its status says so)";
        }
        if (result instanceof AlreadyEnded ended) {
            return " (" + Printable.line(ended.state()) + ")";
        }
        if (result instanceof Failed failed) {
            return " (" + failed.error().getMessage()
                    + (failed.error().isOutcomeUnknown() ? "; it may have been stopped)" : ")");
        }
        return result instanceof Skipped skipped ? " (" + word(skipped.reason()) + ")" : "";
    }

    private static String word(Skipped.Reason reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
