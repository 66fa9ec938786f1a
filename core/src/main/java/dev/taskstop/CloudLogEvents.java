package dev.taskstop;

import dev.taskstop.TaskLogEvent.Complete;
import dev.taskstop.TaskLogEvent.Connected;
import dev.taskstop.TaskLogEvent.Log;
import dev.taskstop.TaskLogEvent.ServerError;
import dev.taskstop.TaskLogEvent.StatusChanged;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The events of the cloud API's log stream: the page <em>Stream logs</em>. What an event cannot do without has to be
 * there and right; the rest is not told when it is missing or odd.
 */
final class CloudLogEvents extends DialectLogEvents {

    private static final Set<String> KNOWN = Set.of("connected", "log", "status", "complete", "error");

    private final String taskId;

    CloudLogEvents(Answer head, String taskId) {
        super(head, KNOWN);
        this.taskId = taskId;
    }

    @Override
    @Nullable
    TaskLogEvent readTold(ServerSentEvents.Event event) {
        if (!KNOWN.contains(event.name())) {
            return null;
        }
        JsonNode data = DialectJson.tree(event.data());
        if (data == null) {
            throw unreadable("has an event that is not the JSON expected");
        }
        TaskLogEvent told = data.isObject() ? read(event.name(), data) : null;
        return told == null ? passOver() : told;
    }

    private @Nullable TaskLogEvent read(String name, JsonNode data) {
        return switch (name) {
            case "connected" -> connected(data);
            case "log" -> log(data);
            case "error" -> new ServerError(message(data));
            default -> {
                TaskState state = TaskDialect.state(DialectJson.text(data.path("status")));
                yield state == null
                        ? null
                        : name.equals("status")
                                ? new StatusChanged(state, DialectJson.text(data.path("error")))
                                : new Complete(state, number(data.path("totalLogs")));
            }
        };
    }

    private Connected connected(JsonNode data) {
        checkTask(DialectJson.text(data.path("taskId")), taskId);
        return new Connected(number(data.path("fromIndex")));
    }

    /** The entry is an object of its own in the documentation; it is also taken beside its index, and as a text. */
    private static @Nullable Log log(JsonNode data) {
        Long index = number(data.path("index"));
        if (index == null) {
            return null;
        }
        JsonNode log = data.path("log");
        JsonNode entry = log.isObject() ? log : data;
        Instant written = DialectJson.instant(entry.path("timestamp"));
        return new Log(
                index,
                DialectJson.text(entry.path("type")),
                DialectJson.text(entry.path("contentType")),
                DialectJson.text(log.isString() ? log : entry.path("message")),
                DialectJson.text(entry.path("agent")),
                DialectJson.text(entry.path("step")),
                written == null ? DialectJson.instant(data.path("timestamp")) : written);
    }

    private static @Nullable String message(JsonNode data) {
        String error = DialectJson.text(data.path("error"));
        return error == null ? DialectJson.text(data.path("message")) : error;
    }

    /** The largest number of all is none here: a log that is resumed goes on after it. */
    private static @Nullable Long number(JsonNode node) {
        boolean isOne = node.isIntegralNumber()
                && node.canConvertToLong()
                && node.longValue() >= 0
                && node.longValue() < Long.MAX_VALUE;
        return isOne ? node.longValue() : null;
    }
}
