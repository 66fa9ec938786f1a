package dev.taskstop;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The cloud tasks API: the pages <em>Cancel task</em> and <em>Task status</em>. */
final class CloudDialect extends TaskDialect {

    static final CloudDialect INSTANCE = new CloudDialect();

    private static final byte[] STOP = "{\"action\":\"stop\"}".getBytes(StandardCharsets.UTF_8);

    private static final Json<StopAnswer> STOP_ANSWER = new Json<>(StopAnswer.class);
    private static final Json<StatusAnswer> STATUS_ANSWER = new Json<>(StatusAnswer.class);

    private CloudDialect() {}

    @Override
    String defaultBaseUrl() {
        return "https://cloud.blackbox.ai";
    }

    @Override
    TaskRequest stopRequest(Origin origin, String taskId) {
        String path = "/api/tasks/" + TaskIds.pathSegment(taskId);
        return origin.request("PATCH", path, "/api/tasks/{taskId}", STOP, MAX_BODY_BYTES);
    }

    @Override
    StoppedTask readStopped(TaskRequest request, TaskResponse response, String taskId) {
        StopAnswer.Task task = STOP_ANSWER.read(request, response).task();
        if (task == null || task.status() == null) {
            throw new TaskDecodingException(request, response.status(), "has no task with a status");
        }
        checkId(request, response, taskId, task.id());
        return new StoppedTask(
                taskId,
                TaskState.of(task.status()),
                task.userId(),
                Json.text(task.error()),
                Json.instant(task.updatedAt()),
                Json.instant(task.completedAt()));
    }

    @Override
    TaskRequest statusRequest(Origin origin, String taskId) {
        String path = "/api/tasks/" + TaskIds.pathSegment(taskId) + "/status";
        return origin.request("GET", path, "/api/tasks/{taskId}/status", null, MAX_BODY_BYTES);
    }

    @Override
    TaskStatus readStatus(TaskRequest request, TaskResponse response, String taskId) {
        StatusAnswer answer = STATUS_ANSWER.read(request, response);
        if (answer.status() == null) {
            throw new TaskDecodingException(request, response.status(), "has no status");
        }
        checkId(request, response, taskId, answer.taskId());
        TaskState state = TaskState.of(answer.status());
        return new TaskStatus(
                taskId,
                state,
                answer.isDone() == null ? state.isEnded() : answer.isDone(),
                answer.progress() == null ? null : answer.progress().intValue(),
                Json.text(answer.error()),
                Json.instant(answer.createdAt()),
                Json.instant(answer.updatedAt()),
                Json.instant(answer.completedAt()),
                response.date());
    }

    @Override
    boolean isForbiddenAboutKey() {
        return true;
    }

    private static void checkId(TaskRequest request, TaskResponse response, String asked, @Nullable String answered) {
        if (!asked.equals(answered)) {
            throw new TaskDecodingException(request, response.status(), "is about another task, or about none");
        }
    }

    private record StopAnswer(@Nullable Task task) {

        private record Task(
                @Nullable String id,
                @Nullable String userId,
                @Nullable String status,
                @Nullable JsonNode error,
                @Nullable String updatedAt,
                @Nullable String completedAt) {}
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
}
