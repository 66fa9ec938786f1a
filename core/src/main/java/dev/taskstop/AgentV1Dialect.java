package dev.taskstop;

import dev.taskstop.TaskResponseException.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The Agent API v1: its pages <em>Cancel task</em>, <em>Task status</em> and <em>Task list</em>. */
final class AgentV1Dialect extends TaskDialect {

    static final AgentV1Dialect INSTANCE = new AgentV1Dialect();

    private static final Json<CancelAnswer> CANCEL_ANSWER = new Json<>(CancelAnswer.class);
    private static final Json<StatusAnswer> STATUS_ANSWER = new Json<>(StatusAnswer.class);
    private static final Json<ListAnswer> LIST_ANSWER = new Json<>(ListAnswer.class);

    /** The documentation counts {@code /api/v1} as part of the base address. */
    private AgentV1Dialect() {
        super("https://agent.blackbox.ai", "/api/v1", "/api/v1/tasks", "{\"action\":\"cancel\"}");
    }

    @Override
    String name() {
        return "agent_v1";
    }

    /**
     * The status is the run's after the call, whatever that did: only {@code cancelled} is a stop. The documentation
     * shows no id in the answer; one that is there has to be the run's.
     */
    @Override
    StoppedTask readStopped(TaskRequest request, TaskResponse response, String taskId) {
        CancelAnswer answer = CANCEL_ANSWER.read(request, response);
        if (answer.runId() != null) {
            checkId(request, response, taskId, answer.runId());
        }
        TaskState state = requireState(request, response, answer.status());
        if (state.kind() == TaskState.Kind.STOPPED && Boolean.FALSE.equals(answer.success())) {
            throw new TaskDecodingException(request, response.status(), "says both that it failed and that it worked");
        }
        return new StoppedTask(taskId, state, null, null, null, null);
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
                null,
                null,
                Json.instant(answer.completedAt()),
                response.date());
    }

    @Override
    int refusalsBeforeQuestion() {
        return 1;
    }

    @Override
    int firstPosition() {
        return 1;
    }

    /** There is no word for all active states, so these are picked out of all. */
    @Override
    String parameters(TaskQuery query, int position) {
        if (query.kind() != null) {
            throw new UnsupportedOperationException("The Agent API v1 lists tasks of every kind; it takes no withKind");
        }
        return "page=" + position + "&limit=" + query.pageSize() + status(query.status());
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
        List<TaskSummary> tasks = requireTasks(request, response, answer.tasks()).stream()
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

    private record CancelAnswer(
            @Nullable Boolean success,
            @Nullable String status,
            @Nullable String runId) {}

    private record StatusAnswer(
            @Nullable String runId,
            @Nullable String status,
            @Nullable Double progress,
            @Nullable JsonNode error,
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
