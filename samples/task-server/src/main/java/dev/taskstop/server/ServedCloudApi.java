package dev.taskstop.server;

import io.netty.handler.codec.http.HttpMethod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The cloud API; its bodies have the fields that its documentation shows, in that order. */
final class ServedCloudApi implements ServedApi {

    private static final Map<String, Map<HttpMethod, Route>> ROUTES = Map.of(
            "", Map.of(HttpMethod.GET, Route.GET, HttpMethod.PATCH, Route.STOP),
            "/status", Map.of(HttpMethod.GET, Route.STATUS),
            "/continue", Map.of(HttpMethod.POST, Route.CONTINUE),
            "/stream", Map.of(HttpMethod.GET, Route.STREAM));

    private static final Map<String, Predicate<TaskInput>> FILTERS = Map.of(
            "all", input -> true,
            "tasks", input -> input.batchId() == null,
            "batch", input -> input.batchId() != null);

    private static final Map<String, Set<Status>> STATUSES = Map.of(
            "", TaskFilter.ANY_STATUS,
            "active", TaskFilter.ACTIVE,
            "completed", Set.of(Status.COMPLETED),
            "failed", Set.of(Status.ERROR, Status.TIMEOUT),
            "stopped", Set.of(Status.STOPPED));

    private final TaskClock clock;

    ServedCloudApi(TaskClock clock) {
        this.clock = clock;
    }

    @Override
    public String path() {
        return "/api/tasks";
    }

    @Override
    public Map<String, Map<HttpMethod, Route>> routesOfOneTask() {
        return ROUTES;
    }

    @Override
    public IdForm idForm() {
        return IdForm.NANOID;
    }

    @Override
    public String stopAction() {
        return "stop";
    }

    @Override
    public ApiException somebodyElses() {
        return ApiException.taskNotFound();
    }

    @Override
    public Object stopped(TaskView view) {
        return Stopped.of(view, clock);
    }

    @Override
    public Object notStopped(TaskView view) {
        throw ApiException.badRequest("Task can only be stopped when it is in progress");
    }

    @Override
    public Object status(TaskView view) {
        return StatusBody.of(view, clock);
    }

    @Override
    public Part part(Query query) {
        TaskFilter filter = new TaskFilter(query.word("filter", "all", FILTERS), query.word("status", "", STATUSES));
        return new Part(filter, query.number("offset", 0, 0, Integer.MAX_VALUE), query.number("limit", 50, 1, 100));
    }

    @Override
    public Object list(Part part, List<Object> items, boolean hasMore) {
        return new Page(items, hasMore, part.offset(), part.limit());
    }

    @Override
    public Map<String, @Nullable Object> item(TaskView view, List<String> sandboxes) {
        Task task = view.task();
        TaskInput input = task.input();
        Map<String, @Nullable Object> item = new LinkedHashMap<>();
        item.put("id", task.id());
        item.put("userId", task.owner().id());
        item.put("teamId", null);
        item.put("prompt", input.prompt());
        item.put("repoUrl", input.repoUrl());
        item.put("selectedAgent", input.agents().get(0).agent());
        item.put("selectedModel", input.agents().get(0).model());
        item.put("status", view.status().toString());
        item.put("progress", view.progress());
        item.put("error", view.error());
        item.put("sandboxId", sandboxes.isEmpty() ? null : sandboxes.get(0));
        item.put("batchId", input.batchId());
        item.put("createdAt", clock.text(task.createdAt()));
        item.put("updatedAt", clock.text(view.since()));
        item.put("completedAt", clock.textOrNull(view.completedAt()));
        item.put("prNumber", null);
        item.put("prUrl", null);
        return item;
    }

    @Override
    public Object task(TaskView view, List<String> sandboxes, List<FollowUpMessage> followUps, List<LogLine> logs) {
        TaskInput input = view.task().input();
        Map<String, @Nullable Object> full = item(view, sandboxes);
        full.put("selectedBranch", input.branch());
        full.put("selectedAgents", input.agents());
        full.put("maxDuration", 300);
        full.put("logs", logs);
        full.put("followupMessages", followUps.stream().map(this::message).toList());
        full.put("agentExecutions", executions(view, sandboxes));
        full.put("agentSandboxConfig", null);
        full.put("checkpoint", null);
        return Map.of("task", full);
    }

    record Stopped(String message, StoppedTask task) {

        static Stopped of(TaskView view, TaskClock clock) {
            return new Stopped(
                    "Task stopped successfully",
                    new StoppedTask(
                            view.task().id(),
                            view.task().owner().id(),
                            view.status().toString(),
                            view.error(),
                            clock.text(view.since()),
                            clock.textOrNull(view.completedAt())));
        }
    }

    record StoppedTask(
            String id,
            String userId,
            String status,
            @Nullable String error,
            String updatedAt,
            @Nullable String completedAt) {}

    record StatusBody(
            String taskId,
            String status,
            int progress,
            boolean inProgress,
            boolean isDone,
            @Nullable String error,
            String createdAt,
            String updatedAt,
            @Nullable String completedAt,
            @Nullable String duration) {

        static StatusBody of(TaskView view, TaskClock clock) {
            return new StatusBody(
                    view.task().id(),
                    view.status().toString(),
                    view.progress(),
                    view.status().isActive(),
                    !view.status().isActive(),
                    view.error(),
                    clock.text(view.task().createdAt()),
                    clock.text(view.since()),
                    clock.textOrNull(view.completedAt()),
                    view.duration());
        }
    }

    record Page(List<Object> tasks, boolean hasMore, int offset, int limit) {}

    private Map<String, @Nullable Object> message(FollowUpMessage followUp) {
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("prompt", followUp.prompt());
        message.put("status", followUp.status().toString());
        message.put("statusMessage", followUp.statusMessage());
        message.put("createdAt", clock.text(followUp.createdAt()));
        return message;
    }

    private static List<Map<String, @Nullable Object>> executions(TaskView view, List<String> sandboxes) {
        List<Map<String, @Nullable Object>> executions = new ArrayList<>();
        List<TaskInput.Agent> agents = view.task().input().agents();
        for (int i = 0; i < agents.size(); i++) {
            Map<String, @Nullable Object> execution = new LinkedHashMap<>();
            execution.put("agent", agents.get(i).agent());
            execution.put("model", agents.get(i).model());
            execution.put("status", view.status().toString());
            execution.put("sandboxId", i < sandboxes.size() ? sandboxes.get(i) : null);
            executions.add(execution);
        }
        return executions;
    }
}
