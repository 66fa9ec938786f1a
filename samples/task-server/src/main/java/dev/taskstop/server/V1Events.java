package dev.taskstop.server;

import dev.taskstop.server.EventStream.Event;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a run does, as the Agent API v1 tells it. It is a function of the clock: a bit of text a second. */
final class V1Events {

    private static final int MAX_STEPS = 10_000;
    private static final String CALL = "tc_1";
    private static final String TOOL = "bash";

    private V1Events() {}

    /** All events until now. */
    static List<Map<String, Object>> of(TaskView view, boolean deltas, long now) {
        List<Map<String, Object>> events = new ArrayList<>();
        if (view.hasStarted()) {
            String id = V1RunBodies.messageId(view.task());
            events.add(event("text-start", "id", id));
            addDelta(events, deltas, id, "Reading the code");
            long until = view.status().isActive() ? now : view.since();
            long steps = Math.min(MAX_STEPS, Math.max(0, until - view.pendingUntil()) / 1000);
            if (steps > 0 || view.status() == Status.COMPLETED) {
                addToolCall(events);
            }
            for (int step = 1; step <= steps; step++) {
                addDelta(events, deltas, id, "Step " + step);
            }
            if (view.status() == Status.COMPLETED) {
                addDelta(events, deltas, id, "Done.");
            }
        }
        if (!view.status().isActive()) {
            events.add(end(view));
        }
        return events;
    }

    /** A reader that is told what a run does, from the beginning. */
    static Supplier<List<Event>> reader(
            Task task, boolean deltas, boolean preamble, InstantSource clock, TaskClock taskClock) {
        return new Reader(task, deltas, preamble, clock, taskClock);
    }

    static String line(Map<String, Object> event) {
        return "data: " + new String(JsonBodies.write(event), StandardCharsets.UTF_8);
    }

    private static Map<String, Object> end(TaskView view) {
        String error = V1RunBodies.error(view);
        return error == null || view.status() == Status.INTERRUPTED || view.status() == Status.COMPLETED
                ? event("finish", "runId", view.task().id(), "status", V1RunBodies.word(view.status()))
                : event("error", "errorText", error);
    }

    private static void addToolCall(List<Map<String, Object>> events) {
        Map<String, Object> output = data("stdout", "README.md\n", "exitCode", 0);
        events.add(event("tool-call-start", "toolCallId", CALL, "toolName", TOOL));
        events.add(event("tool-input-available", "toolCallId", CALL, "toolName", TOOL, "input", data("command", "ls")));
        events.add(event("tool-output-available", "toolCallId", CALL, "toolName", TOOL, "output", output));
    }

    private static void addDelta(List<Map<String, Object>> events, boolean deltas, String id, String text) {
        if (deltas) {
            events.add(event("text-delta", "id", id, "delta", text));
        }
    }

    private static Map<String, Object> event(String type, Object... fields) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("type", type);
        event.putAll(data(fields));
        return event;
    }

    private static Map<String, Object> data(Object... fields) {
        Map<String, Object> data = new LinkedHashMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            data.put((String) fields[i], fields[i + 1]);
        }
        return data;
    }

    private static final class Reader implements Supplier<List<Event>> {

        private final Task task;
        private final boolean deltas;
        private final InstantSource clock;
        private final TaskClock taskClock;
        private @Nullable Boolean startTold;
        private int next;

        /** @param preamble whether the reader is told that it resumes a run, and when that was started */
        Reader(Task task, boolean deltas, boolean preamble, InstantSource clock, TaskClock taskClock) {
            this.task = task;
            this.deltas = deltas;
            this.clock = clock;
            this.taskClock = taskClock;
            this.startTold = preamble ? null : Boolean.TRUE;
        }

        @Override
        public List<Event> get() {
            long now = clock.millis();
            TaskView view = task.view(now);
            List<Event> news = new ArrayList<>();
            if (startTold == null) {
                startTold = false;
                news.add(new Event("", event("resume", "runId", task.id()), false));
            }
            String startedAt = taskClock.textOrNull(view.processingAt());
            if (!startTold && startedAt != null) {
                startTold = true;
                news.add(new Event("", event("start", "runId", task.id(), "startedAt", startedAt), false));
            }
            List<Map<String, Object>> all = of(view, deltas, now);
            for (; next < all.size(); next++) {
                boolean last = next == all.size() - 1 && !view.status().isActive();
                news.add(new Event("", all.get(next), last));
            }
            return news;
        }
    }
}
