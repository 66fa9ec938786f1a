package dev.taskstop;

import dev.taskstop.TaskLogEvent.Complete;
import dev.taskstop.TaskLogEvent.Log;
import dev.taskstop.TaskLogEvent.ServerError;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The events of the Agent API v1's log stream: the page <em>Stream logs</em>. The word is in the data, there is no
 * index, and each stream tells everything from the beginning. So entries are counted here, and who resumes passes over
 * as many as there were.
 */
final class AgentV1LogEvents extends DialectLogEvents {

    private final String taskId;
    private long index;

    AgentV1LogEvents(Answer head, String taskId) {
        super(head, Set.of());
        this.taskId = taskId;
    }

    @Override
    @Nullable
    TaskLogEvent readTold(ServerSentEvents.Event event) {
        if (event.cut()) {
            // Only what a task writes is so long. It counts like any other entry, or those after it would come twice.
            passOver();
            return new Log(index++, null, null, null, null, null, null);
        }
        JsonNode data = DialectJson.tree(event.data());
        return data == null ? passOver() : read(data);
    }

    private @Nullable TaskLogEvent read(JsonNode data) {
        String errorText = DialectJson.text(data.path("errorText"));
        if (errorText != null) {
            return new ServerError(errorText);
        }
        String type = DialectJson.text(data.path("type"));
        return type == null
                ? passOver()
                : switch (type) {
                    // About the stream rather than the task, so not the same each time.
                    case "start", "resume", "session-init" -> null;
                    case "error" -> new ServerError(null);
                    case "finish" -> finish(data);
                    default -> entry(type, data);
                };
    }

    private @Nullable TaskLogEvent finish(JsonNode data) {
        checkTask(DialectJson.text(data.path("runId")), taskId);
        TaskState state = TaskDialect.state(DialectJson.text(data.path("status")));
        return state == null ? passOver() : new Complete(state, null);
    }

    private Log entry(String type, JsonNode data) {
        return new Log(
                index++,
                type,
                null,
                message(data),
                null,
                DialectJson.text(data.path("toolName")),
                DialectJson.instant(data.path("timestamp")));
    }

    /** What a tool is given and what it gives has a form of its own for each tool. */
    private static @Nullable String message(JsonNode data) {
        for (String name : new String[] {"delta", "text", "message", "input", "output", "files"}) {
            JsonNode value = data.path(name);
            if (value.isString()) {
                return value.stringValue();
            }
            if (value.isContainer()) {
                return DialectJson.compact(value);
            }
        }
        return null;
    }
}
