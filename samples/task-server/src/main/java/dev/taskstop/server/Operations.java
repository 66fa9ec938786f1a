package dev.taskstop.server;

import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerRequest;

/** What the requests of both APIs do. */
final class Operations {

    private final TaskStore store;
    private final Sandboxes sandboxes;
    private final FaultInjector faults;
    private final Errors errors;
    private final Mishaps mishaps;
    private final TaskServerOptions options;
    private final InstantSource clock;
    private final TaskClock taskClock;
    private final V1RunBodies runs;
    private final AtomicInteger lists = new AtomicInteger();

    Operations(
            TaskStore store,
            Sandboxes sandboxes,
            FaultInjector faults,
            Errors errors,
            Mishaps mishaps,
            TaskServerOptions options,
            TaskClock taskClock) {
        this.store = store;
        this.sandboxes = sandboxes;
        this.faults = faults;
        this.errors = errors;
        this.mishaps = mishaps;
        this.options = options;
        this.clock = options.clock;
        this.taskClock = taskClock;
        this.runs = new V1RunBodies(taskClock);
    }

    Mono<ServerAnswer> handle(Routes.Match match, User user, HttpServerRequest request) {
        store.settle(clock.millis());
        Query query = Query.of(request.uri());
        return switch (match.route()) {
            case STOP ->
                body(match, user, request, RequestBodies.Change.class)
                        .flatMap(body -> change(match, user, body, AccessLog.agent(request)));
            case STATUS -> status(match, user);
            case LIST -> list(match.api(), user, query);
            case GET -> get(match, user);
            case CREATE ->
                body(match, user, request, RequestBodies.Create.class)
                        .flatMap(body -> faults.other(Route.CREATE, () -> create(match.api(), user, body)));
            case CONTINUE ->
                body(match, user, request, RequestBodies.Continue.class).flatMap(body -> followUp(match, user, body));
            case LOGS -> logs(match, user, query);
            case STREAM -> Mono.fromSupplier(() -> stream(match, user, query));
            case AGENT_STATUS -> agentStatus(user, query);
            case AGENT_STREAM -> Mono.fromSupplier(() -> agentStream(match.api(), user, query));
            case UNKNOWN -> throw new IllegalStateException("not a route");
        };
    }

    private Mono<ServerAnswer> change(Routes.Match match, User user, RequestBodies.Change body, String agent) {
        ServedApi api = match.api();
        Task task = find(match, user);
        if (!api.stopAction().equals(body.action())) {
            return Mono.fromSupplier(() -> json(api.otherChange(body, task.view(clock.millis()))));
        }
        int number = task.nextStopRequest();
        Supplier<ServerAnswer.Body> shown = () -> json(api.stopped(task.view(clock.millis())));
        return faults.stop(task, number, shown, () -> {
            long now = clock.millis();
            TaskView stopped = store.stop(task, number, api.stopsPending(), agent, now);
            if (stopped == null) {
                return json(api.notStopped(task.view(now)));
            }
            sandboxes.follow(task).subscribe();
            return json(api.stopped(stopped));
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
            Random random = new Random(RandomBits.of(options.seed, "list", lists.incrementAndGet()));
            List<Task> found =
                    user.page(options.listOrder, part.filter(), now, part.offset(), part.limit() + 1, random);
            List<Object> items = found.stream()
                    .limit(part.limit())
                    .map(task -> api.item(task.view(now), sandboxes.names(task)))
                    .toList();
            return json(api.list(part, items, found.size() > part.limit()));
        };
        // Looking through a million tasks takes milliseconds: too long for an event loop.
        return faults.other(Route.LIST, work).subscribeOn(Schedulers.parallel());
    }

    private Mono<ServerAnswer> get(Routes.Match match, User user) {
        Task task = find(match, user);
        return faults.other(Route.GET, task, () -> {
            long now = clock.millis();
            TaskView view = task.view(now);
            return json(match.api().task(view, sandboxes.names(task), task.followUps(now), LogLine.from(0, view, now)));
        });
    }

    private ServerAnswer.Body create(ServedApi api, User user, RequestBodies.Create body) {
        TaskInput input = api.input(body);
        if (options.createError != CreateError.NONE && !api.followsUpInNewRun()) {
            return errors.body(options.createError);
        }
        long now = clock.millis();
        Task task = store.create(user, api.idForm(), input, options.lifecycle, now);
        sandboxes.follow(task).subscribe();
        return json(api.createdStatus(), api.created(task.view(now)));
    }

    private Mono<ServerAnswer> followUp(Routes.Match match, User user, RequestBodies.Continue body) {
        Task task = find(match, user);
        return faults.other(Route.CONTINUE, task, () -> followUp(match, task, body));
    }

    private ServerAnswer.Body followUp(Routes.Match match, Task task, RequestBodies.Continue body) {
        long now = clock.millis();
        FollowUpMessage message = match.api().followUp(body, task, now);
        if (options.createError == CreateError.DAILY_LIMIT && !match.api().followsUpInNewRun()) {
            return errors.body(options.createError);
        }
        Task next = match.api().followsUpInNewRun() ? store.newRun(task, message, now) : store.goOn(task, message, now);
        sandboxes.follow(next).subscribe();
        return json(match.api().createdStatus(), match.api().followedUp(task, next));
    }

    private Mono<ServerAnswer> logs(Routes.Match match, User user, Query query) {
        Task task = find(match, user);
        boolean deltas = query.isTrue("includeDeltas", true);
        return faults.other(Route.LOGS, task, () -> {
            long now = clock.millis();
            TaskView view = task.view(now);
            return json(runs.logs(view, V1Events.of(view, deltas, now), query.isTrue("raw", false)));
        });
    }

    private ServerAnswer stream(Routes.Match match, User user, Query query) {
        Task task = find(match, user);
        if (match.api().followsUpInNewRun()) {
            boolean deltas = query.isTrue("includeDeltas", true);
            return new ServerAnswer.Events(
                    EventStream.of(() -> V1Events.reader(task, deltas, false, clock, taskClock)));
        }
        int fromIndex = query.number("fromIndex", 0, 0, Integer.MAX_VALUE);
        boolean includeStatus = query.isTrue("includeStatus", true);
        return new ServerAnswer.Events(EventStream.of(
                () -> new CloudLogReader(task, fromIndex, includeStatus, options.logErrorAfter, clock, taskClock)));
    }

    /** Who asks for a run that is not there is told nothing, with a 200. */
    private Mono<ServerAnswer> agentStatus(User user, Query query) {
        Task task = store.get(RequestBodies.required("runId", query.text("runId", "")));
        if (task == null || task.owner() != user || mishaps.isForbidden(task.id())) {
            return Mono.just(json(runs.agentStatus(null)));
        }
        return faults.other(Route.AGENT_STATUS, task, () -> json(runs.agentStatus(task.view(clock.millis()))));
    }

    private ServerAnswer agentStream(ServedApi api, User user, Query query) {
        Task task = find(api, RequestBodies.required("runId", query.text("runId", "")), user);
        return new ServerAnswer.Events(EventStream.of(() -> V1Events.reader(task, true, true, clock, taskClock)));
    }

    private Task find(Routes.Match match, User user) {
        return find(match.api(), match.taskId(), user);
    }

    /** Returns the task that is named, or answers that there is none for this user. */
    private Task find(ServedApi api, String taskId, User user) {
        Task task = store.get(taskId);
        if (task == null) {
            throw ApiException.taskNotFound();
        }
        if (task.owner() != user) {
            throw api.somebodyElses();
        }
        if (mishaps.isForbidden(task.id())) {
            throw ApiException.forbidden();
        }
        return task;
    }

    /** What is JSON of another form is told as an unknown action is: after the task has been looked for. */
    private <T> Mono<T> body(Routes.Match match, User user, HttpServerRequest request, Class<T> type) {
        return RequestBody.read(request, type, match.api(), options.anyContentType)
                .onErrorMap(JsonBodies.UnfitException.class, unfit -> {
                    if (!match.taskId().isEmpty()) {
                        find(match, user);
                    }
                    return ApiException.badRequest("Invalid request");
                });
    }

    private static ServerAnswer.Body json(Object body) {
        return json(200, body);
    }

    private static ServerAnswer.Body json(int status, Object body) {
        return ServerAnswer.Body.json(status, JsonBodies.write(body));
    }
}
