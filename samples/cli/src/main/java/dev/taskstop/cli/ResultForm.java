package dev.taskstop.cli;

import dev.taskstop.StopResult;
import java.util.Locale;

/** What became of a stop, in one line: for people, or as JSON. Both name the outcome with the same word. */
final class ResultForm {

    private ResultForm() {}

    static String text(StopResult result) {
        return Printable.line(result.taskId()) + " " + outcome(result) + detail(result);
    }

    static String json(StopResult result) {
        Json json = Json.with("taskId", result.taskId()).and("outcome", outcome(result));
        return result.fold(
                        stopped -> json.and("state", stopped.task().state())
                                .and("attempts", stopped.attempts())
                                .and("recovered", stopped.recovered()),
                        ended -> json.and("state", ended.state()).and("perhapsByUs", ended.perhapsByUs() ? true : null),
                        notFound -> json,
                        failed -> json.and("error", failed.error().getMessage())
                                .and("outcomeUnknown", failed.error().isOutcomeUnknown())
                                .and("attempts", failed.attempts()),
                        skipped -> json.and("reason", word(skipped.reason())))
                .line();
    }

    private static String outcome(StopResult result) {
        return word(result.outcome());
    }

    private static String detail(StopResult result) {
        return result.fold(
                stopped -> stopped.recovered() ? " (the answer was lost; its status says so)" : "",
                ended -> " (" + Printable.line(ended.state())
                        + (ended.perhapsByUs() ? "; perhaps because of the stop)" : ")"),
                notFound -> "",
                failed -> " (" + failed.error().getMessage()
                        + (failed.error().isOutcomeUnknown() ? "; it may have been stopped)" : ")"),
                skipped -> " (" + word(skipped.reason()) + ")");
    }

    private static String word(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
