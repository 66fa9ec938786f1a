package dev.taskstop.server;

import io.netty.handler.codec.http.HttpMethod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The Agent API v1: its routes, its words, and what it takes. Its bodies about runs are in {@link V1RunBodies}. */
final class ServedV1Api implements ServedApi {

    private static final int MAX_LIMIT = 100;
    private static final int MAX_TITLE = 200;
    private static final String ENDED = "Task has already ended";
    private static final Set<String> AGENTS = Set.of("claude", "codex");

    private static final Map<String, Map<HttpMethod, Route>> ROUTES = Map.of(
            "", Map.of(HttpMethod.GET, Route.GET, HttpMethod.PATCH, Route.STOP),
            "/status", Map.of(HttpMethod.GET, Route.STATUS),
            "/continue", Map.of(HttpMethod.POST, Route.CONTINUE),
            "/logs", Map.of(HttpMethod.GET, Route.LOGS),
            "/logs/stream", Map.of(HttpMethod.GET, Route.STREAM));

    private static final Map<String, Map<HttpMethod, Route>> OTHER_ROUTES = Map.of(
            "/api/v1/agent/status", Map.of(HttpMethod.GET, Route.AGENT_STATUS),
            "/api/v1/agent/stream", Map.of(HttpMethod.GET, Route.AGENT_STREAM));

    private static final Map<String, Set<Status>> STATUSES = Map.of(
            "", TaskFilter.ANY_STATUS,
            "queued", Set.of(Status.PENDING),
            "running", Set.of(Status.PROCESSING, Status.SAVING),
            "completed", Set.of(Status.COMPLETED),
            "failed", Set.of(Status.ERROR, Status.TIMEOUT),
            "cancelled", Set.of(Status.STOPPED),
            "interrupted", Set.of(Status.INTERRUPTED));

    private final V1RunBodies bodies;
    private final EndedRunAnswer endedRunAnswer;
    private final QueuedRunAnswer queuedRunAnswer;
    private final int createdStatus;

    ServedV1Api(V1RunBodies bodies, OptionsForAnswers options) {
        this.bodies = bodies;
        this.endedRunAnswer = options.endedRunAnswer;
        this.queuedRunAnswer = options.queuedRunAnswer;
        this.createdStatus = options.v1CreatedStatus;
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
    public Map<String, Map<HttpMethod, Route>> otherRoutes() {
        return OTHER_ROUTES;
    }

    @Override
    public IdForm idForm() {
        return IdForm.UUID;
    }

    @Override
    public int createdStatus() {
        return createdStatus;
    }

    @Override
    public String stopAction() {
        return "cancel";
    }

    @Override
    public boolean stopsPending() {
        return queuedRunAnswer == QueuedRunAnswer.CANCELLED;
    }

    @Override
    public ApiException somebodyElses() {
        return ApiException.forbidden();
    }

    @Override
    public ApiException brokenJson() {
        return ApiException.badRequest("Invalid JSON");
    }

    @Override
    public Object stopped(TaskView view) {
        return changed(view, "Run " + view.task().id() + " cancelled");
    }

    @Override
    public Object notStopped(TaskView view) {
        if (view.status().isActive()) {
            if (queuedRunAnswer == QueuedRunAnswer.UNCHANGED) {
                return changed(view, "Run is queued");
            }
            throw ApiException.badRequest("Task can only be cancelled when it is in progress");
        }
        return switch (endedRunAnswer) {
            case BAD_REQUEST -> throw ApiException.badRequest(ENDED);
            case CONFLICT -> throw new ApiException(409, ENDED);
            case OK -> changed(view, ENDED);
        };
    }

    /** A new title of the chat; nobody shows it. */
    @Override
    public Object otherChange(RequestBodies.Change body, TaskView view) {
        String title = body.title();
        if (body.action() != null || title == null || title.isBlank() || title.length() > MAX_TITLE) {
            throw ApiException.badRequest("Invalid action or title");
        }
        return changed(view, "Title changed");
    }

    private static Object changed(TaskView view, String message) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("success", true);
        body.put("status", V1RunBodies.word(view.status()));
        body.put("message", message);
        return body;
    }

    @Override
    public Object status(TaskView view) {
        return bodies.status(view);
    }

    @Override
    public Object item(TaskView view, List<String> sandboxes) {
        return bodies.item(view);
    }

    @Override
    public Object task(TaskView view, List<String> sandboxes, List<FollowUpMessage> followUps, List<LogLine> logs) {
        return bodies.run(view);
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

    record Page(List<Object> tasks, int page, int limit, boolean hasMore) {}

    @Override
    public TaskInput input(RequestBodies.Create body) {
        String prompt = RequestBodies.required("message", body.message() == null ? body.prompt() : body.message());
        if (!RequestBodies.or(body.type(), "claude").equals("claude")) {
            throw ApiException.badRequest("Only the type claude is served here: another one has no run to cancel");
        }
        return new TaskInput(
                prompt,
                RequestBodies.or(body.repoUrl(), ""),
                RequestBodies.or(body.selectedBranch(), "main"),
                List.of(new TaskInput.Agent(agent(body.agent()), RequestBodies.or(body.model(), "claude-sonnet-4.5"))),
                null,
                null);
    }

    @Override
    public Object created(TaskView view) {
        return bodies.created(view.task());
    }

    @Override
    public FollowUpMessage followUp(RequestBodies.Continue body, Task task, long now) {
        String prompt = RequestBodies.required("prompt", body.prompt());
        if ((body.agent() == null) != (body.model() == null)) {
            throw ApiException.badRequest("model and agent are given together, or not at all");
        }
        TaskInput.Agent agent = body.agent() == null || body.model() == null
                ? task.input().agent()
                : new TaskInput.Agent(agent(body.agent()), body.model());
        return new FollowUpMessage(prompt, agent, now);
    }

    @Override
    public boolean followsUpInNewRun() {
        return true;
    }

    @Override
    public Object followedUp(Task previous, Task next) {
        return bodies.continued(previous, next);
    }

    private static String agent(@Nullable String agent) {
        String chosen = RequestBodies.or(agent, "claude");
        if (!AGENTS.contains(chosen)) {
            throw ApiException.badRequest("Invalid agent");
        }
        return chosen;
    }
}
