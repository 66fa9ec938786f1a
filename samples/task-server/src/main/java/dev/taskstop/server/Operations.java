package dev.taskstop.server;

import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerRequest;

/** What the requests of both APIs do. */
final class Operations {

    private final TaskStore store;
    private final Sandboxes sandboxes;
    private final FaultInjector faults;
    private final Lifecycle lifecycle;
    private final Mishaps mishaps;
    private final InstantSource clock;

    Operations(
            TaskStore store,
            Sandboxes sandboxes,
            FaultInjector faults,
            Lifecycle lifecycle,
            Mishaps mishaps,
            InstantSource clock) {
        this.store = store;
        this.sandboxes = sandboxes;
        this.faults = faults;
        this.lifecycle = lifecycle;
        this.mishaps = mishaps;
        this.clock = clock;
    }

    record Create(
            @Nullable String prompt,
            @Nullable String repoUrl,
            @Nullable String selectedBranch,
            @Nullable String selectedAgent,
            @Nullable String selectedModel,
            @Nullable List<TaskInput.Agent> selectedAgents,
            @Nullable String batchId) {}

    record Action(@Nullable String action) {}

    record Continue(@Nullable String currentPrompt) {}

    record Continued(boolean success, String message) {}

    Mono<ServerAnswer> handle(Routes.Match match, User user, HttpServerRequest request) {
        store.settle(clock.millis());
        return switch (match.route()) {
            case STOP -> RequestBody.read(request, Action.class).flatMap(body -> stop(match, user, body));
            case STATUS -> status(match, user);
            case LIST -> list(match.api(), user, Query.of(request.uri()));
            case GET -> faults.other(Route.GET, () -> get(match, user));
            case CREATE ->
                RequestBody.read(request, Create.class)
                        .flatMap(body -> faults.other(Route.CREATE, () -> create(match.api(), user, body)));
            case CONTINUE ->
                RequestBody.read(request, Continue.class)
                        .flatMap(body -> faults.other(Route.CONTINUE, () -> followUp(match, user, body)));
            case STREAM -> Mono.fromSupplier(() -> stream(match, user, Query.of(request.uri())));
            case UNKNOWN -> throw new IllegalStateException("not a route");
        };
    }

    private Mono<ServerAnswer> stop(Routes.Match match, User user, Action body) {
        if (!match.api().stopAction().equals(body.action())) {
            throw ApiException.badRequest("Invalid action");
        }
        Task task = find(match, user);
        int number = task.nextStopRequest();
        Supplier<ServerAnswer.Body> shown = () -> json(match.api().stopped(task.view(clock.millis())));
        return faults.stop(task, number, shown, () -> {
            long now = clock.millis();
            TaskView stopped = store.stop(task, number, now);
            if (stopped == null) {
                return json(match.api().notStopped(task.view(now)));
            }
            sandboxes.follow(task).subscribe();
            return json(match.api().stopped(stopped));
        });
    }

    private Mono<ServerAnswer> status(Routes.Match match, User user) {
        Task task = find(match, user);
        return faults.status(task, () -> json(match.api().status(task.view(clock.millis()))));
    }

    private Mono<ServerAnswer> list(ServedApi api, User user, Query query) {
        ServedApi.Part part = api.part(query);
        Supplier<ServerAnswer.Body> work = () -> {
            long now = clock.millis();
            List<Task> found = user.page(part.filter(), now, part.offset(), part.limit() + 1);
            List<Object> items = found.stream()
                    .limit(part.limit())
                    .map(task -> api.item(task.view(now), sandboxes.names(task)))
                    .toList();
            return json(api.list(part, items, found.size() > part.limit()));
        };
        // Looking through a million tasks takes milliseconds: too long for an event loop.
        return faults.other(Route.LIST, work).subscribeOn(Schedulers.parallel());
    }

    private ServerAnswer.Body get(Routes.Match match, User user) {
        Task task = find(match, user);
        long now = clock.millis();
        TaskView view = task.view(now);
        return json(match.api().task(view, sandboxes.names(task), task.followUps(now), LogLine.from(0, view, now)));
    }

    private ServerAnswer.Body create(ServedApi api, User user, Create body) {
        List<TaskInput.Agent> agents = body.selectedAgents();
        if (agents == null) {
            TaskInput.Agent standard = TaskInput.DEFAULT_AGENT;
            agents = List.of(new TaskInput.Agent(
                    Objects.requireNonNullElse(body.selectedAgent(), standard.agent()),
                    Objects.requireNonNullElse(body.selectedModel(), standard.model())));
        } else if (agents.size() < 2 || agents.size() > 5 || agents.contains(null)) {
            throw ApiException.badRequest("selectedAgents must name 2 to 5 agents");
        }
        TaskInput details = new TaskInput(
                required("prompt", body.prompt()),
                Objects.requireNonNullElse(body.repoUrl(), ""),
                Objects.requireNonNullElse(body.selectedBranch(), "main"),
                agents,
                body.batchId());
        long now = clock.millis();
        Task task = store.create(user, api.idForm(), details, lifecycle, now);
        sandboxes.follow(task).subscribe();
        TaskView view = task.view(now);
        return json(api.task(view, sandboxes.names(task), List.of(), List.of()));
    }

    private ServerAnswer.Body followUp(Routes.Match match, User user, Continue body) {
        Task task = find(match, user);
        long now = clock.millis();
        task.followUp(new FollowUpMessage(required("currentPrompt", body.currentPrompt()), now), lifecycle, now);
        sandboxes.follow(task).subscribe();
        return json(new Continued(true, "Task continue started successfully"));
    }

    private ServerAnswer stream(Routes.Match match, User user, Query query) {
        Task task = find(match, user);
        int fromIndex = query.number("fromIndex", 0, 0, Integer.MAX_VALUE);
        boolean includeStatus = query.text("includeStatus", "false").equals("true");
        return new ServerAnswer.Events(CloudLogStream.of(task, fromIndex, includeStatus, clock));
    }

    /** Returns the task that is named, or answers that there is none for this user. */
    private Task find(Routes.Match match, User user) {
        Task task = store.get(match.taskId());
        if (task == null) {
            throw ApiException.taskNotFound();
        }
        if (task.owner() != user) {
            throw match.api().somebodyElses();
        }
        if (mishaps.isForbidden(task.id())) {
            throw ApiException.forbidden();
        }
        return task;
    }

    private static String required(String name, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw ApiException.badRequest(name + " is required");
        }
        return value;
    }

    private static ServerAnswer.Body json(Object body) {
        return ServerAnswer.Body.json(200, JsonBodies.write(body));
    }
}
