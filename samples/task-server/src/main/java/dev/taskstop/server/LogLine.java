package dev.taskstop.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A line of a task's log. The log is a function of the clock: a line a second, and one more when the task ends. */
record LogLine(int index, String type, String contentType, String message, String step, String agent, long at) {

    private static final int MAX_LINES = 10_000;

    /** The lines written until now in this run of the task, from an index on. */
    static List<LogLine> from(int fromIndex, TaskView view, long now) {
        int steps = steps(view, now);
        List<LogLine> lines = new ArrayList<>();
        for (int i = fromIndex; i < steps; i++) {
            lines.add(step(i, view));
        }
        if (!view.status().isActive() && fromIndex <= steps) {
            lines.add(end(steps, view));
        }
        return lines;
    }

    static int total(TaskView view, long now) {
        return steps(view, now) + (view.status().isActive() ? 0 : 1);
    }

    /** When the last line was written that is not the end. */
    static long lastStepAt(long startedAt, long until) {
        return startedAt + (until - startedAt) / 1000 * 1000;
    }

    /** The line as the cloud API shows it in a task and in an event. */
    Map<String, Object> body(TaskClock clock) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", type);
        body.put("contentType", contentType);
        body.put("message", message);
        body.put("timestamp", clock.text(at));
        body.put("agent", agent);
        body.put("step", step);
        return body;
    }

    private static LogLine step(int index, TaskView view) {
        long at = view.startedAt() + 1000L * index;
        return switch (index) {
            case 0 -> line(0, "system", "system", "Fetching the repository", "git_cloning", view, at);
            case 1 -> line(1, "info", "ansi", "\u001b[32mFetched\u001b[0m", "git_cloned", view, at);
            case 2 -> line(2, "info", "agentResponse", "**Reading**\n\nthe code", "agent_executing", view, at);
            case 3 -> line(3, "warning", "plain-text", "One file is skipped", "agent_executing", view, at);
            default -> line(index, "info", "agentResponse", "Step " + index, "agent_executing", view, at);
        };
    }

    private static LogLine end(int index, TaskView view) {
        String message = "Task " + ServedCloudApi.word(view.status());
        return view.status() == Status.COMPLETED
                ? line(index, "success", "message", message, "git_committed", view, view.since())
                : line(index, "error", "message", message, "agent_executing", view, view.since());
    }

    private static LogLine line(
            int index, String type, String contentType, String message, String step, TaskView view, long at) {
        return new LogLine(
                index,
                type,
                contentType,
                message,
                step,
                view.task().input().agent().agent(),
                at);
    }

    private static int steps(TaskView view, long now) {
        long until = view.status().isActive() ? now : view.since();
        return (int) Math.min(MAX_LINES, (until - view.startedAt()) / 1000 + 1);
    }
}
