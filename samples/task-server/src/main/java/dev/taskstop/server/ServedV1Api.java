package dev.taskstop.server;

import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The Agent API v1; its bodies have the fields that its documentation shows, in that order. */
final class ServedV1Api implements ServedApi {

    private static final int MAX_LIMIT = 100;
    private static final String ENDED = "Task has already ended";

    private static final Map<String, Map<HttpMethod, Route>> ROUTES = Map.of(
            "", Map.of(HttpMethod.GET, Route.GET, HttpMethod.PATCH, Route.STOP),
            "/status", Map.of(HttpMethod.GET, Route.STATUS));

    // The documentation has two words for waiting and for running, and one for runs that end with their server.
    private static final Map<String, Set<Status>> STATUSES = Map.of(
            "", TaskFilter.ANY_STATUS,
            "active", TaskFilter.ACTIVE,
            "pending", Set.of(Status.PENDING),
            "queued", Set.of(Status.PENDING),
            "in_progress", Set.of(Status.PROCESSING, Status.SAVING),
            "running", Set.of(Status.PROCESSING, Status.SAVING),
            "completed", Set.of(Status.COMPLETED),
            "failed", Set.of(Status.ERROR, Status.TIMEOUT),
            "cancelled", Set.of(Status.STOPPED),
            "interrupted", Set.of());

    private final EndedRunAnswer endedRunAnswer;
    private final TaskClock clock;

    ServedV1Api(EndedRunAnswer endedRunAnswer, TaskClock clock) {
        this.clock = clock;
        this.endedRunAnswer = endedRunAnswer;
    }

    @Override
    public String path() {
        return "/api/v1/tasks";
    }

    @Override
    public Map<String, Map<HttpMethod, Route>> routesOfOneTask() {
        return ROUTES;
    }

    @Override
    public IdForm idForm() {
        return IdForm.UUID;
    }

    @Override
    public String stopAction() {
        return "cancel";
    }

    @Override
    public ApiException somebodyElses() {
        return ApiException.forbidden();
    }

    @Override
    public Object stopped(TaskView view) {
        return new Cancelled(true, word(view.status()), "Task cancelled");
    }

    @Override
    public Object notStopped(TaskView view) {
        if (view.status().isActive()) {
            throw ApiException.badRequest("Task can only be cancelled when it is in progress");
        }
        return switch (endedRunAnswer) {
            case BAD_REQUEST -> throw ApiException.badRequest(ENDED);
            case CONFLICT -> throw new ApiException(409, ENDED);
            case OK -> new Cancelled(view.status() == Status.STOPPED, word(view.status()), ENDED);
        };
    }

    @Override
    public Object status(TaskView view) {
        return new StatusBody(
                view.task().id(),
                word(view.status()),
                view.progress(),
                view.error(),
                clock.textOrNull(view.processingAt()),
                clock.textOrNull(view.completedAt()));
    }

    @Override
    public Object item(TaskView view, List<String> sandboxes) {
        Task task = view.task();
        return new Run(
                task.id(),
                task.id(),
                task.id(),
                word(view.status()),
                task.input().prompt(),
                task.input().repoUrl(),
                clock.text(task.createdAt()),
                clock.textOrNull(view.processingAt()),
                clock.textOrNull(view.completedAt()),
                view.error());
    }

    @Override
    public Object task(TaskView view, List<String> sandboxes, List<FollowUpMessage> followUps, List<LogLine> logs) {
        return item(view, sandboxes);
    }

    @Override
    public Part part(Query query) {
        TaskFilter filter = new TaskFilter(input -> true, query.word("status", "", STATUSES));
        int limit = query.number("limit", 20, 1, MAX_LIMIT);
        int page = query.number("page", 1, 1, Integer.MAX_VALUE / MAX_LIMIT);
        return new Part(filter, (page - 1) * limit, limit);
    }

    @Override
    public Object list(Part part, List<Object> items, boolean hasMore) {
        return new Page(items, part.offset() / part.limit() + 1, part.limit(), hasMore);
    }

    private static String word(Status status) {
        return switch (status) {
            case PENDING -> "pending";
            case PROCESSING, SAVING -> "in_progress";
            case COMPLETED -> "completed";
            case ERROR, TIMEOUT -> "failed";
            case STOPPED -> "cancelled";
        };
    }

    record Cancelled(boolean success, String status, String message) {}

    record StatusBody(
            String runId,
            String status,
            int progress,
            @Nullable String error,
            @Nullable String startedAt,
            @Nullable String completedAt) {}

    /** @param id the same as the run's id, like the task's: one word for it in the lists of both APIs */
    record Run(
            String runId,
            String taskId,
            String id,
            String status,
            String prompt,
            String repoUrl,
            String createdAt,
            @Nullable String startedAt,
            @Nullable String completedAt,
            @Nullable String error) {}

    record Page(List<Object> tasks, int page, int limit, boolean hasMore) {}
}
