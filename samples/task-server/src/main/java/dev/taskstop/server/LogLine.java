package dev.taskstop.server;

import java.util.ArrayList;
import java.util.List;

/** A line of a task's log. The log is a function of the clock: a line a second, and one more when the task ends. */
record LogLine(int index, String type, String message, String timestamp) {

    private static final int MAX_LINES = 10_000;

    /** The lines written until now in this run of the task, from an index on. */
    static List<LogLine> from(int fromIndex, TaskView view, long now) {
        int steps = steps(view, now);
        List<LogLine> lines = new ArrayList<>();
        for (int i = fromIndex; i < steps; i++) {
            lines.add(new LogLine(i, "info", "Step " + (i + 1), Times.iso(view.startedAt() + 1000L * i)));
        }
        if (!view.status().isActive() && fromIndex <= steps) {
            lines.add(new LogLine(steps, "info", "Task " + view.status(), Times.iso(view.since())));
        }
        return lines;
    }

    static int total(TaskView view, long now) {
        return steps(view, now) + (view.status().isActive() ? 0 : 1);
    }

    private static int steps(TaskView view, long now) {
        long until = view.status().isActive() ? now : view.since();
        return (int) Math.min(MAX_LINES, (until - view.startedAt()) / 1000 + 1);
    }
}
