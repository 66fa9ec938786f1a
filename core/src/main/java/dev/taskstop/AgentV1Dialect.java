package dev.taskstop;

import dev.taskstop.TaskResponseException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The Agent API v1: its pages <em>Cancel task</em>, <em>Task status</em> and <em>Task list</em>. */
final class AgentV1Dialect extends TaskDialect {

    static final AgentV1Dialect INSTANCE = new AgentV1Dialect();

    private static final String TASKS = "/api/v1/tasks";
    private static final byte[] CANCEL = "{\"action\":\"cancel\"}".getBytes(StandardCharsets.UTF_8);
    private static final Json<CancelAnswer> CANCEL_ANSWER = new Json<>(CancelAnswer.class);
    private static final Json<StatusAnswer> STATUS_ANSWER = new Json<>(StatusAnswer.class);
    private static final Json<ListAnswer> LIST_ANSWER = new Json<>(ListAnswer.class);

    private AgentV1Dialect() {}

    @Override
    String defaultBaseUrl() {
        return "https://agent.blackbox.ai";
    }

    /** The documentation counts this as part of the base address. */
    @Override
    String optionalBasePath() {
        return "/api/v1";
    }

    @Override
    TaskRequest stopRequest(Origin origin, String taskId) {
        String path = TASKS + "/" + TaskIds.pathSegment(taskId);
        return origin.request("PATCH", path, TASKS + "/{taskId}", CANCEL, MAX_BODY_BYTES);
    }

    @Override
    StoppedTask readStopped(TaskRequest request, TaskResponse response, String taskId) {
        CancelAnswer answer = CANCEL_ANSWER.read(request, response);
        if (answer.status() == null) {
            throw new TaskDecodingException(request, response.status(), "has no status");
        }
        return new StoppedTask(taskId, TaskState.of(answer.status()), null, null, null, null);
    }

    @Override
    TaskRequest statusRequest(Origin origin, String taskId) {
        String path = TASKS + "/" + TaskIds.pathSegment(taskId) + "/status";
        return origin.request("GET", path, TASKS + "/{taskId}/status", null, MAX_BODY_BYTES);
    }

    @Override
    TaskStatus readStatus(TaskRequest request, TaskResponse response, String taskId) {
        StatusAnswer answer = STATUS_ANSWER.read(request, response);
        checkId(request, response, taskId, answer.runId());
        TaskState state = requireState(request, response, answer.status());
        return new TaskStatus(
                taskId,
                state,
                state.isEnded(),
                percent(answer.progress()),
                Json.text(answer.error()),
                Json.instant(answer.startedAt()),
                null,
                Json.instant(answer.completedAt()),
                response.date());
    }

    @Override
    int firstPosition() {
        return 1;
    }

    /** There is no word for all active states, so these are picked out of all. */
    @Override
    TaskRequest listRequest(Origin origin, TaskQuery query, int position) {
        if (query.kind() != null) {
            throw new UnsupportedOperationException("The Agent API v1 lists tasks of every kind; it takes no withKind");
        }
        String path = TASKS + "?page=" + position + "&limit=" + query.pageSize() + status(query.status());
        return origin.request("GET", path, TASKS, null, MAX_PAGE_BYTES);
    }

    private static String status(TaskQuery.@Nullable Status status) {
        if (status == null) {
            return "";
        }
        return switch (status) {
            case ACTIVE -> "";
            case COMPLETED -> "&status=completed";
            case FAILED -> "&status=failed";
            case STOPPED -> "&status=cancelled";
        };
    }

    @Override
    TaskPage readPage(TaskRequest request, TaskResponse response, int position) {
        ListAnswer answer = LIST_ANSWER.read(request, response);
        if (answer.tasks() == null) {
            throw new TaskDecodingException(request, response.status(), "has no tasks");
        }
        List<TaskSummary> tasks = answer.tasks().stream()
                .map(item -> item.summary(request, response))
                .toList();
        boolean more = Boolean.TRUE.equals(answer.hasMore());
        return new TaskPage(tasks, more ? position + 1 : null, response.date());
    }

    /** What the cancelling of a finished run answers is not documented; a conflict says the same as a 400. */
    @Override
    Reason reason(int status) {
        return status == 409 ? Reason.NOT_ACTIVE : super.reason(status);
    }

    /** A 403 is for somebody else's task. */
    @Override
    boolean isForbiddenAboutKey() {
        return false;
    }

    private record CancelAnswer(@Nullable String status) {}

    private record StatusAnswer(
            @Nullable String runId,
            @Nullable String status,
            @Nullable Double progress,
            @Nullable JsonNode error,
            @Nullable String startedAt,
            @Nullable String completedAt) {}

    private record ListAnswer(
            @Nullable List<Item> tasks, @Nullable Boolean hasMore) {

        private record Item(
                @Nullable String runId,
                @Nullable String id,
                @Nullable String status,
                @Nullable Double progress,
                @Nullable String prompt,
                @Nullable String repoUrl,
                @Nullable String createdAt,
                @Nullable String updatedAt,
                @Nullable String completedAt) {

            TaskSummary summary(TaskRequest request, TaskResponse response) {
                return new TaskSummary(
                        requireId(request, response, runId == null ? id : runId),
                        requireState(request, response, status),
                        percent(progress),
                        prompt,
                        repoUrl,
                        null,
                        null,
                        null,
                        Json.instant(createdAt),
                        Json.instant(updatedAt),
                        Json.instant(completedAt));
            }
        }
    }
}
