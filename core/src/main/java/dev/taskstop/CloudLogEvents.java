package dev.taskstop;

import dev.taskstop.TaskLogEvent.Complete;
import dev.taskstop.TaskLogEvent.Connected;
import dev.taskstop.TaskLogEvent.Log;
import dev.taskstop.TaskLogEvent.ServerError;
import dev.taskstop.TaskLogEvent.StatusChanged;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The events of the cloud API's log stream: the page <em>Stream logs</em>. What an event cannot do without has to be
 * there and right; the rest is not told when it is missing or odd.
 */
final class CloudLogEvents {

    private static final Json<JsonNode> DATA = new Json<>(JsonNode.class);

    private CloudLogEvents() {}

    static @Nullable TaskLogEvent read(
            TaskRequest request, TaskResponse head, ServerSentEvents.Event event, String taskId) {
        return switch (event.name()) {
            case "connected" -> connected(request, head, DATA.readEvent(request, head, event.data()), taskId);
            case "log" -> log(request, head, DATA.readEvent(request, head, event.data()));
            case "status" -> {
                JsonNode data = DATA.readEvent(request, head, event.data());
                yield new StatusChanged(state(request, head, data), Json.text(data.path("error")));
            }
            case "complete" -> {
                JsonNode data = DATA.readEvent(request, head, event.data());
                yield new Complete(state(request, head, data), number(data.path("totalLogs")));
            }
            case "error" -> new ServerError(message(DATA.readEvent(request, head, event.data())));
            default -> null;
        };
    }

    private static Connected connected(TaskRequest request, TaskResponse head, JsonNode data, String taskId) {
        String answered = Json.text(data.path("taskId"));
        if (answered != null && !answered.equals(taskId)) {
            throw problem(request, head, "is about another task");
        }
        return new Connected(number(data.path("fromIndex")));
    }

    /** The entry is an object of its own in the documentation; it is also taken beside its index, and as a text. */
    private static Log log(TaskRequest request, TaskResponse head, JsonNode data) {
        Long index = number(data.path("index"));
        if (index == null) {
            throw problem(request, head, "has a log event without an index");
        }
        JsonNode log = data.path("log");
        JsonNode entry = log.isObject() ? log : data;
        Instant written = Json.instant(entry.path("timestamp"));
        return new Log(
                index,
                Json.text(entry.path("type")),
                Json.text(entry.path("contentType")),
                Json.text(log.isString() ? log : entry.path("message")),
                Json.text(entry.path("agent")),
                Json.text(entry.path("step")),
                written == null ? Json.instant(data.path("timestamp")) : written);
    }

    private static TaskState state(TaskRequest request, TaskResponse head, JsonNode data) {
        String status = Json.text(data.path("status"));
        if (status == null) {
            throw problem(request, head, "has an event without the status that it is about");
        }
        return TaskState.of(status);
    }

    private static @Nullable String message(JsonNode data) {
        String error = Json.text(data.path("error"));
        return error == null ? Json.text(data.path("message")) : error;
    }

    /** The largest number of all is none here: a log that is resumed goes on after it. */
    private static @Nullable Long number(JsonNode node) {
        boolean isOne = node.isIntegralNumber()
                && node.canConvertToLong()
                && node.longValue() >= 0
                && node.longValue() < Long.MAX_VALUE;
        return isOne ? node.longValue() : null;
    }

    private static TaskDecodingException problem(TaskRequest request, TaskResponse head, String problem) {
        return new TaskDecodingException(request, head.status(), problem);
    }
}
