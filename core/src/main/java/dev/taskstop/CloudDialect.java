package dev.taskstop;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The cloud tasks API: its pages <em>Cancel task</em>, <em>Task status</em>, <em>Task list</em>, <em>Stream logs</em>. */
final class CloudDialect extends TaskDialect {

    static final CloudDialect INSTANCE = new CloudDialect();

    private static final Json<StopAnswer> STOP_ANSWER = new Json<>(StopAnswer.class);
    private static final Json<StatusAnswer> STATUS_ANSWER = new Json<>(StatusAnswer.class);
    private static final Json<ListAnswer> LIST_ANSWER = new Json<>(ListAnswer.class);

    private CloudDialect() {
        super("https://cloud.blackbox.ai", "", "/api/tasks", "{\"action\":\"stop\"}");
    }

    @Override
    String name() {
        return "cloud";
    }

    @Override
    StoppedTask readStopped(TaskRequest request, TaskResponse response, String taskId) {
        StopAnswer.Task task = STOP_ANSWER.read(request, response).task;
        if (task == null || task.status == null) {
            throw new TaskDecodingException(request, response.status(), "has no task with a status");
        }
        checkId(request, response, taskId, task.id);
        return new StoppedTask(
                taskId,
                TaskState.of(task.status),
                task.userId,
                Json.text(task.error),
                Json.instant(task.updatedAt),
                Json.instant(task.completedAt));
    }

    @Override
    TaskStatus readStatus(TaskRequest request, TaskResponse response, String taskId) {
        StatusAnswer answer = STATUS_ANSWER.read(request, response);
        checkId(request, response, taskId, answer.taskId());
        TaskState state = requireState(request, response, answer.status());
        return new TaskStatus(
                taskId,
                state,
                isDone(state, answer.isDone()),
                percent(answer.progress()),
                Json.text(answer.error()),
                Json.instant(answer.createdAt()),
                Json.instant(answer.updatedAt()),
                Json.instant(answer.completedAt()),
                response.date());
    }

    /** Of a word that is known, the meaning counts: only for another one does the server have to say more. */
    private static boolean isDone(TaskState state, @Nullable Boolean told) {
        return state.kind() == TaskState.Kind.UNKNOWN ? Boolean.TRUE.equals(told) : state.isEnded();
    }

    @Override
    TaskRequest logsRequest(Origin origin, String taskId, long fromIndex) {
        String path =
                "/api/tasks/" + TaskIds.pathSegment(taskId) + "/stream?fromIndex=" + fromIndex + "&includeStatus=true";
        return origin.request("GET", path, "/api/tasks/{taskId}/stream", null, MAX_BODY_BYTES);
    }

    @Override
    @Nullable
    TaskLogEvent readLogEvent(TaskRequest request, TaskResponse head, ServerSentEvents.Event event, String taskId) {
        return CloudLogEvents.read(request, head, event, taskId);
    }

    @Override
    int refusalsBeforeQuestion() {
        return 2;
    }

    @Override
    int firstPosition() {
        return 0;
    }

    @Override
    String parameters(TaskQuery query, int position) {
        StringBuilder parameters = new StringBuilder("offset=" + position + "&limit=" + query.pageSize());
        if (query.kind() != null) {
            parameters.append("&filter=").append(word(query.kind()));
        }
        if (query.status() != null) {
            parameters.append("&status=").append(word(query.status()));
        }
        return parameters.toString();
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    @Override
    TaskPage readPage(TaskRequest request, TaskResponse response, int position) {
        ListAnswer answer = LIST_ANSWER.read(request, response);
        List<TaskSummary> tasks = requireTasks(request, response, answer.tasks()).stream()
                .map(item -> item.summary(request, response))
                .toList();
        boolean more = Boolean.TRUE.equals(answer.hasMore());
        return new TaskPage(tasks, more ? position + tasks.size() : null, response.date());
    }

    /** With fields, since it is read once for each stop, and a record costs Jackson more. */
    @JsonAutoDetect(fieldVisibility = Visibility.ANY)
    private static final class StopAnswer {

        @Nullable
        Task task;

        @JsonAutoDetect(fieldVisibility = Visibility.ANY)
        private static final class Task {

            @Nullable
            String id;

            @Nullable
            String userId;

            @Nullable
            String status;

            @Nullable
            JsonNode error;

            @Nullable
            String updatedAt;

            @Nullable
            String completedAt;
        }
    }

    private record StatusAnswer(
            @Nullable String taskId,
            @Nullable String status,
            @Nullable Double progress,
            @Nullable Boolean isDone,
            @Nullable JsonNode error,
            @Nullable String createdAt,
            @Nullable String updatedAt,
            @Nullable String completedAt) {}

    private record ListAnswer(
            @Nullable List<Item> tasks, @Nullable Boolean hasMore) {

        private record Item(
                @Nullable String id,
                @Nullable String status,
                @Nullable Double progress,
                @Nullable String prompt,
                @Nullable String repoUrl,
                @Nullable String selectedAgent,
                @Nullable String selectedModel,
                @Nullable String batchId,
                @Nullable String createdAt,
                @Nullable String updatedAt,
                @Nullable String completedAt) {

            TaskSummary summary(TaskRequest request, TaskResponse response) {
                return new TaskSummary(
                        requireId(request, response, id),
                        requireState(request, response, status),
                        percent(progress),
                        prompt,
                        repoUrl,
                        selectedAgent,
                        selectedModel,
                        batchId,
                        Json.instant(createdAt),
                        Json.instant(updatedAt),
                        Json.instant(completedAt));
            }
        }
    }
}
