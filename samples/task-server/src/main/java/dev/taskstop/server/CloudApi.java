package dev.taskstop.server;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerRequest;

/** The routes of the cloud dialect. */
record CloudApi(TaskStore store, Sandboxes sandboxes, FaultInjector faults, Lifecycle lifecycle, InstantSource clock) {

    Mono<Answer> handle(CloudRoutes.Match match, User user, HttpServerRequest request) {
        String id = match.taskId();
        return switch (match.route()) {
            case STOP -> RequestBody.read(request, CloudJson.Action.class).flatMap(body -> stop(user, id, body));
            case STATUS -> status(user, id);
            case LIST -> list(user, Query.of(request.uri()));
            case GET -> faults.other(Route.GET, () -> get(user, id));
            case CREATE ->
                RequestBody.read(request, CloudJson.Create.class)
                        .flatMap(body -> faults.other(Route.CREATE, () -> create(user, body)));
            case CONTINUE ->
                RequestBody.read(request, CloudJson.Continue.class)
                        .flatMap(body -> faults.other(Route.CONTINUE, () -> followUp(user, id, body)));
            case STREAM -> Mono.fromSupplier(() -> stream(user, id, Query.of(request.uri())));
            case UNKNOWN -> throw new IllegalStateException("not a route");
        };
    }

    private Mono<Answer> stop(User user, String id, CloudJson.Action body) {
        if (!"stop".equals(body.action())) {
            throw ApiException.badRequest("Invalid action");
        }
        Task task = store.find(user, id);
        int number = task.nextStopRequest();
        return faults.stop(task, number, () -> {
            TaskView stopped = task.stop(clock.millis(), number);
            if (stopped == null) {
                throw ApiException.badRequest("Task can only be stopped when it is in progress");
            }
            sandboxes.follow(task).subscribe();
            return json(CloudJson.Stopped.of(stopped));
        });
    }

    private Mono<Answer> status(User user, String id) {
        Task task = store.find(user, id);
        return faults.status(task, () -> json(CloudJson.StatusBody.of(task.view(clock.millis()))));
    }

    private Mono<Answer> list(User user, Query query) {
        int limit = query.number("limit", 50, 1, 100);
        int offset = query.number("offset", 0, 0, Integer.MAX_VALUE);
        TaskFilter filter = new TaskFilter(query.text("filter", "all"), query.text("status", ""));
        Supplier<Answer.Body> work = () -> {
            long now = clock.millis();
            List<Task> found = user.page(filter, now, offset, limit + 1);
            return json(new CloudJson.Page(
                    found.stream().limit(limit).map(task -> item(task, now)).toList(),
                    found.size() > limit,
                    offset,
                    limit));
        };
        // Looking through a million tasks takes milliseconds: too long for an event loop.
        return faults.other(Route.LIST, work).subscribeOn(Schedulers.parallel());
    }

    private Answer.Body get(User user, String id) {
        Task task = store.find(user, id);
        long now = clock.millis();
        TaskView view = task.view(now);
        return task(CloudJson.full(view, sandboxes.names(task), task.followUps(now), LogLine.from(0, view, now)));
    }

    private Answer.Body create(User user, CloudJson.Create body) {
        List<TaskDetails.Agent> agents = body.selectedAgents();
        if (agents == null) {
            TaskDetails.Agent standard = TaskDetails.DEFAULT_AGENT;
            agents = List.of(new TaskDetails.Agent(
                    Objects.requireNonNullElse(body.selectedAgent(), standard.agent()),
                    Objects.requireNonNullElse(body.selectedModel(), standard.model())));
        } else if (agents.size() < 2 || agents.size() > 5 || agents.contains(null)) {
            throw ApiException.badRequest("selectedAgents must name 2 to 5 agents");
        }
        TaskDetails details = new TaskDetails(
                required("prompt", body.prompt()),
                Objects.requireNonNullElse(body.repoUrl(), ""),
                Objects.requireNonNullElse(body.selectedBranch(), "main"),
                agents,
                body.batchId());
        long now = clock.millis();
        Task task = store.create(user, details, lifecycle, now);
        sandboxes.follow(task).subscribe();
        TaskView view = task.view(now);
        return task(CloudJson.full(view, sandboxes.names(task), List.of(), List.of()));
    }

    private Answer.Body followUp(User user, String id, CloudJson.Continue body) {
        Task task = store.find(user, id);
        task.followUp(required("currentPrompt", body.currentPrompt()), lifecycle, clock.millis());
        sandboxes.follow(task).subscribe();
        return json(new CloudJson.Continued(true, "Task continue started successfully"));
    }

    private Answer stream(User user, String id, Query query) {
        Task task = store.find(user, id);
        int fromIndex = query.number("fromIndex", 0, 0, Integer.MAX_VALUE);
        boolean includeStatus = query.text("includeStatus", "false").equals("true");
        return new Answer.Events(LogStream.of(task, fromIndex, includeStatus, clock));
    }

    private Map<String, @Nullable Object> item(Task task, long now) {
        return CloudJson.item(task.view(now), sandboxes.names(task));
    }

    private static String required(String name, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw ApiException.badRequest(name + " is required");
        }
        return value;
    }

    private static Answer.Body task(Object task) {
        return json(Map.of("task", task));
    }

    private static Answer.Body json(Object body) {
        return Answer.Body.json(200, Json.write(body));
    }
}
