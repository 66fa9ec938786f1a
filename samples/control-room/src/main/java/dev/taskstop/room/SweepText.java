package dev.taskstop.room;

import dev.taskstop.StopSummary;
import dev.taskstop.Sweep;
import dev.taskstop.TaskException;
import dev.taskstop.spring.TaskSweep;
import java.util.ArrayList;
import java.util.List;

/**
 * A sweep of {@code taskstop.sweeps}, in words.
 *
 * @param name its name
 * @param what how often, and which tasks
 * @param last what became of the last round; of the time it says nothing, as it would change though nothing has happened
 * @param failed whether the last round failed, or a stop of it
 * @param sum what all rounds came to
 */
record SweepText(String name, String what, String last, boolean failed, String sum) {

    static SweepText of(TaskSweep sweep) {
        TaskSweep.State state = sweep.state();
        String what = "Every " + Text.duration(sweep.every()) + (sweep.dryRun() ? ", only counted" : "") + ": "
                + sweep.query().toString().replaceFirst("^TaskQuery\\[(.*)]$", "$1");
        Sweep last = state.last();
        String sum = Text.number(state.stopped()) + " stopped in "
                + Text.number(state.rounds()) + (state.rounds() == 1 ? " round" : " rounds")
                + (sweep.isRunning() ? "." : "; it has ended.");
        if (last == null) {
            return new SweepText(sweep.name(), what, "No round has ended yet.", false, sum);
        }
        TaskException error = last.error();
        return error == null
                ? new SweepText(
                        sweep.name(),
                        what,
                        outcome(last.summary()),
                        last.summary().failed() > 0,
                        sum)
                : new SweepText(
                        sweep.name(),
                        what,
                        "The last round could not read the list: " + Text.plain(String.valueOf(error.getMessage()))
                                + ".",
                        true,
                        sum);
    }

    private static String outcome(StopSummary round) {
        List<String> parts = new ArrayList<>();
        add(parts, round.stopped(), "stopped");
        add(parts, round.alreadyEnded() + round.notFound(), "had ended");
        add(parts, round.failed(), "failed");
        add(parts, round.skipped(), "not sent");
        return "The last round: " + (parts.isEmpty() ? "nothing to stop." : String.join(", ", parts) + ".");
    }

    private static void add(List<String> parts, long count, String what) {
        if (count > 0) {
            parts.add(Text.number(count) + " " + what);
        }
    }
}
