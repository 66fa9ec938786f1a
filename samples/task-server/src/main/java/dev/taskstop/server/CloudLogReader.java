package dev.taskstop.server;

import dev.taskstop.server.EventStream.Event;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A reader of a task's log over the cloud API, and how far it has come. */
final class CloudLogReader implements Supplier<List<Event>> {

    private final Task task;
    private final boolean includeStatus;
    private final int errorAfter;
    private final InstantSource clock;
    private final TaskClock taskClock;
    private final int fromIndex;
    private int nextIndex;
    private boolean connected;
    private @Nullable Status lastStatus;

    /** @param errorAfter the number of entries after which the stream breaks with an error; negative for never */
    CloudLogReader(
            Task task, int fromIndex, boolean includeStatus, int errorAfter, InstantSource clock, TaskClock taskClock) {
        this.task = task;
        this.includeStatus = includeStatus;
        this.errorAfter = errorAfter;
        this.clock = clock;
        this.taskClock = taskClock;
        this.fromIndex = fromIndex;
        this.nextIndex = fromIndex;
    }

    @Override
    public List<Event> get() {
        long now = clock.millis();
        TaskView view = task.view(now);
        List<Event> events = new ArrayList<>();
        if (!connected) {
            connected = true;
            events.add(connected(now));
        }
        for (LogLine line : LogLine.from(nextIndex, view, now)) {
            if (nextIndex - fromIndex == errorAfter) {
                break;
            }
            events.add(log(line, now));
            nextIndex = line.index() + 1;
        }
        if (nextIndex - fromIndex == errorAfter) {
            events.add(broken());
            return events;
        }
        if (includeStatus && view.status() != lastStatus) {
            events.add(status(view));
        }
        lastStatus = view.status();
        if (!view.status().isActive()) {
            events.add(complete(view, now));
        }
        return events;
    }

    private Event connected(long now) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("taskId", task.id());
        data.put("fromIndex", fromIndex);
        data.put("message", "Connected to the log");
        data.put("timestamp", taskClock.text(now));
        return new Event("connected", data, false);
    }

    private Event log(LogLine line, long now) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("index", line.index());
        data.put("log", line.body(taskClock));
        data.put("timestamp", taskClock.text(now));
        return new Event("log", data, false);
    }

    private static Event status(TaskView view) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("status", ServedCloudApi.word(view.status()));
        data.put("error", view.error());
        return new Event("status", data, false);
    }

    /** The number of entries is that of this reader. */
    private Event complete(TaskView view, long now) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("status", ServedCloudApi.word(view.status()));
        data.put("totalLogs", nextIndex - fromIndex);
        data.put("message", "End of the log");
        data.put("timestamp", taskClock.text(now));
        return new Event("complete", data, true);
    }

    private static Event broken() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("error", "Stream failed");
        data.put("details", "The log could not be read");
        return new Event("error", data, true);
    }
}
