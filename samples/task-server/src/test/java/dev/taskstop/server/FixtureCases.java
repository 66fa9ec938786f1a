package dev.taskstop.server;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import reactor.netty.http.HttpProtocol;

/** How each example answer of the documentation is brought about. */
final class FixtureCases {

    private static final String TWO_AGENTS =
            "{\"prompt\":\"p\",\"repoUrl\":\"https://github.com/example/repo.git\",\"selectedAgents\":"
                    + "[{\"agent\":\"claude\",\"model\":\"m\"},{\"agent\":\"blackbox\",\"model\":\"n\"}]}";
    private static final String CREATE = "{\"prompt\":\"p\",\"repoUrl\":\"https://github.com/example/repo.git\"}";
    private static final String V1 = "/api/v1/tasks";

    interface Scenario {
        /** Asks the server for the answer that is compared with the example. */
        TestClient.Reply run(World world);
    }

    record Case(int status, UnaryOperator<TaskServerOptions> options, Scenario scenario) {}

    private FixtureCases() {}

    static Map<String, Case> all() {
        return CASES;
    }

    private static final Map<String, Case> CASES = new TreeMap<>();

    private static void when(String fixture, int status, Scenario scenario) {
        when(fixture, status, options -> options, scenario);
    }

    private static void when(String fixture, int status, UnaryOperator<TaskServerOptions> options, Scenario scenario) {
        CASES.put(fixture, new Case(status, options, scenario));
    }

    static {
        for (Status status : Status.values()) {
            if (status != Status.INTERRUPTED) {
                when("GET_status_" + status + ".json", 200, world -> world.get(world.path(status) + "/status"));
            }
        }
        when("GET_status_error_404.json", 404, world -> world.get("/api/tasks/none/status"));
        when("PATCH_task_stopped.json", 200, world -> world.client.stop(world.task(Status.PROCESSING)));
        when("PATCH_task_error_400.json", 400, world -> world.client.stop(world.task(Status.PENDING)));
        when("PATCH_task_error_401.json", 401, world -> world.with("wrong").stop(world.task(Status.PROCESSING)));
        when("PATCH_task_error_404.json", 404, world -> world.client.stop("none"));
        when(
                "PATCH_task_error_500.json",
                500,
                always(FaultKind.ERROR_BEFORE),
                world -> world.client.stop(world.task(Status.PROCESSING)));

        when("POST_tasks_created.json", 200, world -> world.client.post("/api/tasks", CREATE));
        when("POST_tasks_multi_created.json", 200, world -> world.client.post("/api/tasks", TWO_AGENTS));
        when(
                "POST_tasks_multi_error_400.json",
                400,
                world -> world.client.post(
                        "/api/tasks", "{\"prompt\":\"p\",\"selectedAgents\":[{\"agent\":\"a\",\"model\":\"m\"}]}"));
        when(
                "POST_tasks_error_429_sibling.json",
                429,
                refused(CreateError.DAILY_LIMIT),
                world -> world.client.post("/api/tasks", CREATE));
        when(
                "ANY_any_error_object_402.json",
                402,
                refused(CreateError.NO_CREDITS),
                world -> world.client.post("/api/tasks", CREATE));
        when(
                "ANY_any_error_moderation_403.json",
                403,
                refused(CreateError.FLAGGED),
                world -> world.client.post("/api/tasks", CREATE));
        when(
                "ANY_any_error_object_429.json",
                429,
                options -> always(FaultKind.RATE_LIMITED).apply(options).withErrorForm(ErrorForm.OBJECT),
                world -> world.client.stop(world.task(Status.PROCESSING)));
        when(
                "POST_continue_started.json",
                200,
                world -> world.client.post(world.path(Status.COMPLETED) + "/continue", "{\"currentPrompt\":\"p\"}"));

        when(
                "GET_task_completed_multi.json",
                200,
                options -> options.withTaskFaults(TaskFaults.none().withKeptAlive(1)),
                World::completedTaskOfTwoAgents);
        when(
                "GET_task_multi_executions.json",
                200,
                options -> options.withExecutionForm(ExecutionForm.MULTI_AGENT_TASK),
                World::completedTaskOfTwoAgents);
        when("GET_task_with_followup.json", 200, world -> {
            String path = world.longAgo();
            world.client.post(path + "/continue", "{\"currentPrompt\":\"p\"}");
            return world.get(path);
        });
        when("GET_tasks_page.json", 200, world -> {
            world.task(Status.COMPLETED);
            world.task(Status.PROCESSING);
            return world.get("/api/tasks?limit=2&offset=0&filter=all");
        });
        when(
                "GET_tasks_active.json",
                200,
                options -> options.withLifecycle(Lifecycle.staysIn(Status.SAVING)),
                world -> {
                    List.of(Status.PENDING, Status.PROCESSING).forEach(world::task);
                    world.client.post("/api/tasks", CREATE.replace("}", ",\"batchId\":\"b\"}"));
                    return world.get("/api/tasks?status=active");
                });
        when("GET_tasks_empty.json", 200, world -> world.get("/api/tasks?offset=100"));

        when("GET_stream_completed.sse", 200, world -> world.get(world.longAgo() + "/stream?fromIndex=0"));
        when("GET_stream_logs_only.sse", 200, world -> world.get(world.longAgo() + "/stream?includeStatus=false"));
        when("GET_stream_resumed.sse", 200, world -> world.get(world.longAgo() + "/stream?fromIndex=3"));
        when("GET_stream_stopped.sse", 200, world -> world.get(world.path(Status.STOPPED) + "/stream"));
        when(
                "GET_stream_error.sse",
                200,
                options -> options.withLogErrorAfter(1),
                world -> world.get(world.longAgo() + "/stream"));

        when("ANY_v1_error_401.json", 401, world -> world.with("wrong").get(V1));
        when("ANY_v1_error_403.json", 403, world -> world.with("sk-other").cancel(world.task(Status.PROCESSING)));
        when("ANY_v1_error_404.json", 404, world -> world.client.cancel("none"));
        when("POST_v1_tasks_created.json", 200, world -> world.client.post(V1, "{\"message\":\"m\"}"));
        when(
                "POST_v1_continue_started.json",
                200,
                world -> world.client.post(world.run(Status.COMPLETED) + "/continue", "{\"prompt\":\"p\"}"));
        when("PATCH_v1_cancelled.json", 200, world -> world.client.cancel(world.task(Status.PROCESSING)));
        when(
                "PATCH_v1_renamed.json",
                200,
                world -> world.client.patchV1(world.task(Status.PROCESSING), "{\"title\":\"t\"}"));
        when(
                "PATCH_v1_already_completed.json",
                200,
                options -> options.withEndedRunAnswer(EndedRunAnswer.OK),
                world -> world.client.cancel(world.task(Status.COMPLETED)));
        Map.of(
                        "pending", Status.PENDING,
                        "in_progress", Status.PROCESSING,
                        "completed", Status.COMPLETED,
                        "failed", Status.ERROR,
                        "cancelled", Status.STOPPED,
                        "interrupted", Status.INTERRUPTED)
                .forEach((word, status) -> when(
                        "GET_v1_status_" + word + ".json", 200, world -> world.get(world.run(status) + "/status")));
        when("GET_v1_tasks_page.json", 200, world -> {
            world.task(Status.COMPLETED);
            world.task(Status.PROCESSING);
            return world.get(V1 + "?page=1&limit=20");
        });
        when("GET_v1_tasks_queued.json", 200, world -> {
            world.task(Status.PENDING);
            world.task(Status.PROCESSING);
            return world.get(V1 + "?status=queued&limit=1");
        });
        when("GET_v1_task_completed.json", 200, world -> world.get(world.run(Status.COMPLETED)));
        when(
                "GET_v1_task_interrupted.json",
                200,
                options -> options.withLifecycle(Lifecycle.staysIn(Status.INTERRUPTED)),
                world -> {
                    String id = world.client
                            .post(V1, "{\"message\":\"m\"}")
                            .json()
                            .path("runId")
                            .asString();
                    return world.get(V1 + "/" + id);
                });
        when(
                "GET_v1_logs_completed.json",
                200,
                world -> world.get(world.run(Status.COMPLETED) + "/logs?includeDeltas=false"));
        when("GET_v1_logs_raw.json", 200, world -> world.get(world.run(Status.PROCESSING) + "/logs?raw=true"));
        when("GET_v1_logs_stream_completed.sse", 200, world -> world.get(world.run(Status.COMPLETED) + "/logs/stream"));
        when(
                "GET_v1_logs_stream_no_deltas.sse",
                200,
                world -> world.get(world.run(Status.COMPLETED) + "/logs/stream?includeDeltas=false"));
        when("GET_v1_logs_stream_cancelled.sse", 200, world -> world.get(world.run(Status.STOPPED) + "/logs/stream"));
        when(
                "GET_v1_agent_stream_completed.sse",
                200,
                world -> world.get("/api/v1/agent/stream?runId=" + world.task(Status.COMPLETED)));
        when(
                "GET_v1_agent_stream_failed.sse",
                200,
                world -> world.get("/api/v1/agent/stream?runId=" + world.task(Status.ERROR)));
        when(
                "GET_v1_agent_status_running.json",
                200,
                world -> world.get("/api/v1/agent/status?runId=" + world.task(Status.PROCESSING)));
        when("GET_v1_agent_status_unknown_run.json", 200, world -> world.get("/api/v1/agent/status?runId=none"));
    }

    private static UnaryOperator<TaskServerOptions> always(FaultKind kind) {
        return options -> options.withFaults(Faults.none().with(kind, 1));
    }

    private static UnaryOperator<TaskServerOptions> refused(CreateError error) {
        return options -> options.withCreateError(error);
    }

    /** A server, and who asks it. */
    record World(TaskServer server, TestClock clock, TestClient client) {

        TestClient with(String key) {
            return new TestClient(server, key, HttpProtocol.HTTP11);
        }

        TestClient.Reply get(String path) {
            return client.get(path);
        }

        String task(Status status) {
            return server.createTasks(1, Lifecycle.staysIn(status)).get(0);
        }

        String path(Status status) {
            return "/api/tasks/" + task(status);
        }

        String run(Status status) {
            return V1 + "/" + task(status);
        }

        /** The path of a task that was completed after it had worked for a while. */
        String longAgo() {
            String id = server.createTasks(1, Lifecycle.moving()).get(0);
            clock.advance(Duration.ofHours(1));
            return "/api/tasks/" + id;
        }

        TestClient.Reply completedTaskOfTwoAgents() {
            String id = client.post("/api/tasks", TWO_AGENTS)
                    .json()
                    .path("task")
                    .path("id")
                    .asString();
            clock.advance(Duration.ofHours(1));
            return get("/api/tasks/" + id);
        }
    }
}
