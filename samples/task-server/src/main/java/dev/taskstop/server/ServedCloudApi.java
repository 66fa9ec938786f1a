package dev.taskstop.server;

import io.netty.handler.codec.http.HttpMethod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The cloud API: its routes, its words, and what it takes. Its bodies about tasks are in {@link CloudTaskBodies}. */
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

    private static final int MAX_AGENTS = 5;

    private final CloudTaskBodies bodies;
    private final TaskClock clock;
    private final boolean durationIfCompleted;
    private final Map<String, Set<Status>> statuses;

    ServedCloudApi(CloudTaskBodies bodies, TaskClock clock, OptionsForAnswers options) {
        this.bodies = bodies;
        this.clock = clock;
        this.durationIfCompleted = options.durationIfCompleted;
        statuses = Map.of(
                "",
                TaskFilter.ANY_STATUS,
                "active",
                TaskFilter.ACTIVE,
                "completed",
                Set.of(Status.COMPLETED),
                "failed",
                options.timeoutIsFailed
                        ? Set.of(Status.ERROR, Status.INTERRUPTED, Status.TIMEOUT)
                        : Set.of(Status.ERROR, Status.INTERRUPTED),
                "stopped",
                Set.of(Status.STOPPED));
    }

    /** Nothing interrupts a task here: what a server takes with it has failed. */
    static String word(Status status) {
        return status == Status.INTERRUPTED ? Status.ERROR.toString() : status.toString();
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
    public Map<String, Map<HttpMethod, Route>> otherRoutes() {
        return Map.of();
    }

    @Override
    public IdForm idForm() {
        return IdForm.NANOID;
    }

    @Override
    public int createdStatus() {
        return 200;
    }

    @Override
    public String stopAction() {
        return "stop";
    }

    @Override
    public boolean stopsPending() {
        return false;
    }

    @Override
    public ApiException somebodyElses() {
        return ApiException.taskNotFound();
    }

    @Override
    public ApiException brokenJson() {
        return new ApiException(500, "Failed to read the request");
    }

    @Override
    public Object stopped(TaskView view) {
        Map<String, @Nullable Object> task = new LinkedHashMap<>();
        task.put("id", view.task().id());
        task.put("userId", view.task().owner().id());
        task.put("status", word(view.status()));
        task.put("error", view.error());
        task.put("updatedAt", clock.text(view.updatedAt()));
        task.put("completedAt", clock.textOrNull(view.completedAt()));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("message", "Task stopped successfully");
        body.put("task", task);
        return body;
    }

    @Override
    public Object notStopped(TaskView view) {
        throw ApiException.badRequest("Task can only be stopped when it is in progress");
    }

    @Override
    public Object otherChange(RequestBodies.Change body, TaskView view) {
        throw ApiException.badRequest("Invalid action");
    }

    @Override
    public Object status(TaskView view) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("taskId", view.task().id());
        body.put("status", word(view.status()));
        body.put("progress", view.progress());
        body.put("inProgress", view.status().isActive());
        body.put("isDone", !view.status().isActive());
        body.put("error", view.error());
        body.put("createdAt", clock.text(view.task().createdAt()));
        body.put("updatedAt", clock.text(view.updatedAt()));
        body.put("completedAt", clock.textOrNull(view.completedAt()));
        boolean told = !durationIfCompleted || view.status() == Status.COMPLETED;
        body.put("duration", told ? view.duration() : null);
        return body;
    }

    @Override
    public Part part(Query query) {
        TaskFilter filter = new TaskFilter(query.word("filter", "all", FILTERS), query.word("status", "", statuses));
        return new Part(filter, query.number("offset", 0, 0, Integer.MAX_VALUE), query.number("limit", 50, 1, 100));
    }

    @Override
    public Object list(Part part, List<Object> items, boolean hasMore) {
        return new Page(items, hasMore, part.offset(), part.limit());
    }

    record Page(List<Object> tasks, boolean hasMore, int offset, int limit) {}

    @Override
    public Object item(TaskView view, List<String> sandboxes) {
        return bodies.item(view, sandboxes);
    }

    @Override
    public Object task(TaskView view, List<String> sandboxes, List<FollowUpMessage> followUps, List<LogLine> logs) {
        return Map.of("task", bodies.task(view, sandboxes, followUps, logs));
    }

    @Override
    public TaskInput input(RequestBodies.Create body) {
        String prompt = RequestBodies.required("prompt", body.prompt());
        List<TaskInput.Agent> agents = body.selectedAgents();
        if (agents == null) {
            agents = List.of(agent(TaskInput.DEFAULT_AGENT, body.selectedAgent(), body.selectedModel()));
        } else if (agents.size() < 2
                || agents.size() > MAX_AGENTS
                || !agents.stream().allMatch(ServedCloudApi::isNamed)) {
            throw ApiException.badAgents("selectedAgents must name 2 to 5 agents");
        } else {
            agents = agents.stream()
                    .map(it -> agent(TaskInput.DEFAULT_AGENT, it.agent(), it.model()))
                    .toList();
        }
        return new TaskInput(
                prompt,
                RequestBodies.or(body.repoUrl(), ""),
                RequestBodies.or(body.selectedBranch(), "main"),
                agents,
                body.batchId(),
                null);
    }

    @Override
    public Object created(TaskView view) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("task", bodies.task(view, List.of(), List.of(), List.of()));
        if (view.task().input().isMultiAgent()) {
            body.put("taskUrl", "https://cloud.blackbox.ai/tasks/" + view.task().id());
        }
        return body;
    }

    @Override
    public FollowUpMessage followUp(RequestBodies.Continue body, Task task, long now) {
        String prompt = RequestBodies.required("currentPrompt", body.currentPrompt());
        if (!task.hasBranch(now)) {
            throw ApiException.badRequest("Task has no branch to continue on");
        }
        TaskInput.Agent agent = agent(task.input().agent(), body.selectedAgent(), body.selectedModel());
        return new FollowUpMessage(prompt, agent, now);
    }

    @Override
    public boolean followsUpInNewRun() {
        return false;
    }

    @Override
    public Object followedUp(Task previous, Task next) {
        return new Continued(true, "Task continue started successfully");
    }

    record Continued(boolean success, String message) {}

    /** What comes in a body may lack what a record has to have. */
    private static boolean isNamed(TaskInput.@Nullable Agent agent) {
        return agent != null && !RequestBodies.or(agent.agent(), "").isEmpty();
    }

    private static TaskInput.Agent agent(TaskInput.Agent standard, @Nullable String agent, @Nullable String model) {
        return new TaskInput.Agent(
                RequestBodies.or(agent, standard.agent()), RequestBodies.or(model, standard.model()));
    }
}
