package dev.taskstop.benchmarks;

import java.util.List;
import java.util.Locale;

/** Something that a run has to show. */
record Goal(String what, double value, double bound, boolean atLeast) {

    static Goal atLeast(double bound, String what, double value) {
        return new Goal(what, value, bound, true);
    }

    static Goal atMost(double bound, String what, double value) {
        return new Goal(what, value, bound, false);
    }

    boolean isMet() {
        return atLeast ? value >= bound : value <= bound;
    }

    static MarkdownTable table(List<Goal> goals) {
        MarkdownTable table = new MarkdownTable("goal", "bound", "this run", "met");
        for (Goal goal : goals) {
            table.row(
                    goal.what,
                    (goal.atLeast ? "≥ " : "≤ ") + number(goal.bound),
                    number(goal.value),
                    goal.isMet() ? "yes" : "**no**");
        }
        return table;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : "%.2f", value);
    }
}
