package dev.taskstop;

import static dev.taskstop.DocumentedShapes.assertReads;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.DocumentedShapes.Shape;
import dev.taskstop.TaskLogEvent.Complete;
import dev.taskstop.TaskLogEvent.Log;
import dev.taskstop.TaskResponseException.Reason;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Every request and answer of the client, on the wire, against the documented examples. */
class DocumentedWireTest {

    private static final String ID = "Kq3vT_8mZ-1xWc7RbN0ya";
    private static final String RUN = "5f0c2b7e-3a41-4d89-9b16-c7d2e8f40a35";

    /** Examples of answers that this library never asks for, and why. */
    private static final Map<String, String> NOT_ASKED_FOR = Map.ofEntries(
            Map.entry("POST_tasks_created.json", "it creates no tasks"),
            Map.entry("POST_tasks_multi_created.json", "it creates no tasks"),
            Map.entry("POST_continue_started.json", "it starts no follow-ups"),
            Map.entry("POST_v1_tasks_created.json", "it creates no tasks"),
            Map.entry("POST_v1_continue_started.json", "it starts no follow-ups"),
            Map.entry("GET_v1_logs_completed.json", "it reads logs as streams"),
            Map.entry("GET_v1_logs_raw.json", "it reads logs as streams"),
            Map.entry("GET_v1_logs_stream_no_deltas.sse", "it reads a log as a whole; see the test of what it reads"),
            Map.entry("GET_v1_agent_status_running.json", "the status route tells more"),
            Map.entry("GET_v1_agent_status_unknown_run.json", "the status route tells more"),
            Map.entry("GET_v1_agent_stream_completed.sse", "the log stream tells the same"));

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    private TaskClient cloud() {
        return wire.client(server, settings -> settings.retry(Wire.ONCE));
    }

    private TaskClient v1() {
        return wire.client(
                URI.create("http://127.0.0.1:" + server.getPort() + "/api/v1"),
                settings -> settings.retry(Wire.ONCE).dialect(TaskDialect.agentV1()));
    }

    private static String fixture(String name) {
        return Fixtures.read(name);
    }

    /** Answers with an example, and gives the object in it that is looked at. */
    private JsonNode answer(int status, String name) {
        Wire.dispatch(server, request -> Wire.json(status, fixture(name)));
        return DocumentedShapes.tree(fixture(name));
    }

    private void assertAsked(String requestLine, @Nullable String body) throws InterruptedException {
        RecordedRequest request = Wire.requests(server).get(0);
        assertThat(request.getRequestLine()).isEqualTo(requestLine + " HTTP/1.1");
        assertThat(request.getHeaders().values("Authorization")).containsExactly("Bearer " + Wire.KEY);
        assertThat(request.getHeaders().values("Accept"))
                .containsExactly(requestLine.contains("/stream") ? "text/event-stream" : "application/json");
        assertThat(request.getHeaders().values("User-Agent"))
                .singleElement()
                .satisfies(agent -> assertThat(agent).matches("taskstop/\\S+"));
        if (body == null) {
            assertThat(request.getHeaders().get("Content-Type")).isNull();
            assertThat(request.getBodySize()).isZero();
        } else {
            assertThat(request.getHeaders().values("Content-Type")).containsExactly("application/json");
            assertThat(Objects.requireNonNull(request.getBody()).utf8()).isEqualTo(body);
        }
    }

    @Test
    void a_stop() throws InterruptedException {
        JsonNode task = answer(200, "PATCH_task_stopped.json").path("task");

        assertReads(Wire.value(cloud().stop(ID)), task, Shape.STOP);
        assertAsked("PATCH /api/tasks/" + ID, "{\"action\":\"stop\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "GET_status_pending.json,PENDING",
        "GET_status_processing.json,PROCESSING",
        "GET_status_saving.json,SAVING",
        "GET_status_completed.json,COMPLETED",
        "GET_status_error.json,ERROR",
        "GET_status_stopped.json,STOPPED",
        "GET_status_timeout.json,TIMEOUT"
    })
    void a_status(String name, TaskState.Kind kind) throws InterruptedException {
        JsonNode json = answer(200, name);

        TaskStatus status = Wire.value(cloud().status(ID));

        assertReads(status, json, Shape.STATUS);
        assertThat(status.state().kind()).isEqualTo(kind);
        assertThat(status.done()).isEqualTo(json.path("isDone").asBoolean());
        assertThat(status.state().isActive()).isEqualTo(json.path("inProgress").asBoolean());
        assertAsked("GET /api/tasks/" + ID + "/status", null);
    }

    @Test
    void a_page_of_a_list() throws InterruptedException {
        String next = fixture("GET_tasks_empty.json");
        Wire.dispatch(
                server,
                request -> Wire.json(
                        200, request.getTarget().contains("offset=0") ? fixture("GET_tasks_page.json") : next));
        JsonNode items = DocumentedShapes.tree(fixture("GET_tasks_page.json")).path("tasks");

        List<TaskSummary> tasks = Wire.values(cloud().list(TaskQuery.all().withPageSize(2)));

        assertThat(tasks).hasSize(2);
        for (int i = 0; i < 2; i++) {
            assertReads(tasks.get(i), items.path(i), Shape.ITEM);
        }
        assertThat(tasks.get(0).diffStats()).isEqualTo(new TaskSummary.DiffStats(31, 2, 1));
        assertThat(tasks.get(0).toString()).doesNotContain("Example User", "@", "changelog");
        assertThat(Wire.requests(server).stream().map(RecordedRequest::getTarget))
                .containsExactly("/api/tasks?offset=0&limit=2", "/api/tasks?offset=2&limit=2");
    }

    @Test
    void what_is_active() throws InterruptedException {
        JsonNode items = answer(200, "GET_tasks_active.json").path("tasks");

        List<TaskSummary> tasks = Wire.values(cloud().list(TaskQuery.active().withKind(TaskQuery.Kind.TASKS)));

        assertThat(tasks).extracting(TaskSummary::state).allMatch(TaskState::isActive);
        for (int i = 0; i < items.size(); i++) {
            assertReads(tasks.get(i), items.path(i), Shape.ITEM);
        }
        assertAsked("GET /api/tasks?offset=0&limit=100&filter=tasks&status=active", null);
    }

    @Test
    void the_details_of_a_task() throws InterruptedException {
        JsonNode task = answer(200, "GET_task_completed_multi.json").path("task");

        TaskDetails details = Wire.value(cloud().details(ID));

        assertReads(details, task, Shape.DETAILS);
        assertThat(details.keepAlive()).isTrue();
        assertThat(details.agents())
                .extracting(agent -> agent.agent() + " " + agent.state() + " " + agent.branch())
                .containsExactly(
                        "claude completed docs/changelog-q2-claude", "blackbox completed docs/changelog-q2-blackbox");
        assertThat(details.sandboxes())
                .containsExactly(
                        new TaskDetails.Sandbox("sbx_Ex4mpl3Ex4mpl3Ex4mpl301", "claude", "docs/changelog-q2-claude"));
        assertThat(Objects.requireNonNull(details.runTime())).hasMillis(251_880);
        assertThat(details.toString()).doesNotContain("@", "changelog", "github");
        assertAsked("GET /api/tasks/" + ID, null);
    }

    @Test
    void the_details_of_each_agent_in_the_other_documented_form() {
        JsonNode task = answer(200, "GET_task_multi_executions.json").path("task");

        TaskDetails details = Wire.value(cloud().details(task.path("id").asString()));

        JsonNode executions = task.path("agentExecutions");
        for (int i = 0; i < executions.size(); i++) {
            assertReads(details.agents().get(i), executions.path(i), Shape.EXECUTION);
        }
        assertThat(details.agents().get(0).diffStats()).isEqualTo(new TaskSummary.DiffStats(31, 2, 1));
        assertThat(details.agents().get(1).state()).isEqualTo(new TaskState(TaskState.Kind.ERROR, "failed"));
    }

    @Test
    void the_details_of_a_follow_up() {
        JsonNode task = answer(200, "GET_task_with_followup.json").path("task");

        TaskDetails details = Wire.value(cloud().details(ID));

        assertReads(details, task, Shape.DETAILS);
        assertThat(details.followUps()).hasSize(1);
        assertReads(details.followUps().get(0), task.path("followupMessages").path(0), Shape.FOLLOW_UP);
        assertThat(details.followUps().get(0).toString()).doesNotContain("mention");
    }

    @ParameterizedTest
    @CsvSource({
        "GET_stream_completed.sse,completed",
        "GET_stream_logs_only.sse,completed",
        "GET_stream_resumed.sse,completed",
        "GET_stream_stopped.sse,stopped"
    })
    void a_log_stream(String name, String state) throws InterruptedException {
        Wire.dispatch(server, request -> LogBodies.stream(fixture(name)).build());
        List<JsonNode> entries = DocumentedShapes.data(fixture(name)).stream()
                .filter(data -> data.has("index"))
                .toList();
        int from = entries.get(0).path("index").asInt();

        List<TaskLogEvent> events = Wire.values(cloud().logs(ID, from));

        List<TaskLogEvent> logs = events.stream().filter(Log.class::isInstance).toList();
        assertThat(logs).hasSameSizeAs(entries);
        for (int i = 0; i < logs.size(); i++) {
            assertThat(((Log) logs.get(i)).index())
                    .isEqualTo(entries.get(i).path("index").asLong());
            assertReads((Log) logs.get(i), entries.get(i).path("log"), Shape.LOG);
        }
        assertThat(events).first().isEqualTo(new TaskLogEvent.Connected((long) from));
        assertThat(events)
                .last()
                .isInstanceOfSatisfying(
                        Complete.class,
                        complete -> assertThat(complete.state().raw()).isEqualTo(state));
        assertAsked("GET /api/tasks/" + ID + "/stream?fromIndex=" + from + "&includeStatus=true", null);
    }

    @Test
    void a_log_stream_in_trouble() {
        Wire.dispatch(
                server,
                request -> request.getTarget().endsWith("/status")
                        ? Wire.json(200, fixture("GET_status_processing.json"))
                        : LogBodies.stream(fixture("GET_stream_error.sse")).build());

        List<TaskLogEvent> events = new ArrayList<>();
        assertThat(Wire.failure(cloud().logs(ID).doOnNext(events::add).then()))
                .isInstanceOf(TaskRequestException.class);

        assertThat(events).last().isEqualTo(new TaskLogEvent.ServerError("Stream broke"));
    }

    @ParameterizedTest
    @CsvSource({
        "400,PATCH_task_error_400.json,NOT_ACTIVE",
        "401,PATCH_task_error_401.json,UNAUTHORIZED",
        "404,PATCH_task_error_404.json,NOT_FOUND",
        "500,PATCH_task_error_500.json,SERVER_ERROR",
        "404,GET_status_error_404.json,NOT_FOUND",
        "400,POST_tasks_multi_error_400.json,NOT_ACTIVE",
        "402,ANY_any_error_object_402.json,PAYMENT_REQUIRED",
        "403,ANY_any_error_moderation_403.json,FORBIDDEN",
        "429,ANY_any_error_object_429.json,RATE_LIMITED",
        "429,POST_tasks_error_429_sibling.json,RATE_LIMITED",
        "401,ANY_v1_error_401.json,UNAUTHORIZED",
        "403,ANY_v1_error_403.json,FORBIDDEN",
        "404,ANY_v1_error_404.json,NOT_FOUND"
    })
    void a_refusal_in_each_of_its_forms(int status, String name, Reason reason) {
        JsonNode error = answer(status, name).path("error");

        for (TaskClient client : List.of(cloud(), v1())) {
            TaskResponseException refusal = (TaskResponseException) Wire.failure(client.status(ID));

            assertThat(refusal.reason()).isEqualTo(reason);
            assertThat(refusal.serverMessage())
                    .isEqualTo((error.isObject() ? error.path("message") : error).asString());
            assertThat(refusal.retryAfter() != null).isEqualTo(name.contains("sibling"));
        }
    }

    @Test
    void a_cancel_of_a_run() throws InterruptedException {
        answer(200, "PATCH_v1_cancelled.json");

        StoppedTask task = Wire.value(v1().stop(RUN));

        assertThat(task).isEqualTo(new StoppedTask(RUN, TaskState.of("cancelled"), null, null, null, null));
        assertAsked("PATCH /api/v1/tasks/" + RUN, "{\"action\":\"cancel\"}");
    }

    @ParameterizedTest
    @CsvSource({"PATCH_v1_renamed.json,running", "PATCH_v1_already_completed.json,completed"})
    void an_answer_that_shows_no_stop(String name, String state) {
        TaskDialect dialect = TaskDialect.agentV1();
        TaskRequest request = dialect.stopRequest(new Origin(URI.create("https://127.0.0.1"), "", false), RUN);

        assertThat(dialect.readStopped(new Answer(request, StubTransport.response(200, fixture(name))), RUN)
                        .state())
                .isEqualTo(TaskState.of(state))
                .matches(shown -> shown.kind() != TaskState.Kind.STOPPED);
    }

    @ParameterizedTest
    @CsvSource({
        "GET_v1_status_pending.json,PENDING",
        "GET_v1_status_in_progress.json,PROCESSING",
        "GET_v1_status_completed.json,COMPLETED",
        "GET_v1_status_failed.json,ERROR",
        "GET_v1_status_cancelled.json,STOPPED",
        "GET_v1_status_interrupted.json,ERROR"
    })
    void the_status_of_a_run(String name, TaskState.Kind kind) throws InterruptedException {
        JsonNode json = answer(200, name);

        TaskStatus status = Wire.value(v1().status(RUN));

        assertReads(status, json, Shape.V1_STATUS);
        assertThat(status.state().kind()).isEqualTo(kind);
        assertThat(status.done()).isEqualTo(status.state().isEnded());
        assertAsked("GET /api/v1/tasks/" + RUN + "/status", null);
    }

    @Test
    void runs_that_are_active() throws InterruptedException {
        MockResponse empty = Wire.json(200, "{\"tasks\":[],\"page\":2,\"limit\":1,\"hasMore\":false}");
        Wire.dispatch(
                server,
                request -> request.getTarget().contains("status=running")
                        ? Wire.json(200, fixture("GET_v1_tasks_page.json"))
                        : request.getTarget().contains("page=1&")
                                ? Wire.json(200, fixture("GET_v1_tasks_queued.json"))
                                : empty);
        JsonNode queued = DocumentedShapes.tree(fixture("GET_v1_tasks_queued.json"))
                .path("tasks")
                .path(0);
        JsonNode running = DocumentedShapes.tree(fixture("GET_v1_tasks_page.json"))
                .path("tasks")
                .path(1);

        List<TaskSummary> tasks = Wire.values(v1().list(TaskQuery.active().withPageSize(1)));

        assertThat(tasks).hasSize(2);
        assertReads(tasks.get(0), queued, Shape.V1_ITEM);
        assertReads(tasks.get(1), running, Shape.V1_ITEM);
        assertThat(Wire.requests(server).stream().map(RecordedRequest::getTarget))
                .containsExactly(
                        "/api/v1/tasks?page=1&limit=1&status=queued",
                        "/api/v1/tasks?page=2&limit=1&status=queued",
                        "/api/v1/tasks?page=1&limit=1&status=running");
    }

    @Test
    void runs_of_a_chat() {
        JsonNode first = answer(200, "GET_v1_tasks_page.json").path("tasks").path(0);

        List<TaskSummary> tasks = Wire.values(
                v1().list(TaskQuery.all().withChatId(first.path("chatId").asString())));

        assertThat(tasks).hasSize(1);
        assertReads(tasks.get(0), first, Shape.V1_ITEM);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET_v1_task_completed.json", "GET_v1_task_interrupted.json"})
    void the_details_of_a_run(String name) throws InterruptedException {
        JsonNode run = answer(200, name);

        TaskDetails details = Wire.value(v1().details(RUN));

        assertReads(details, run, Shape.V1_DETAILS);
        JsonNode github = run.path("github");
        assertThat(details.repoUrl()).isEqualTo(github.path("repoUrl").asString(null));
        assertThat(details.branch()).isEqualTo(github.path("baseBranch").asString(null));
        assertThat(details.workBranch()).isEqualTo(github.path("createdBranch").asString(null));
        assertThat(Objects.requireNonNull(details.runTime())).hasSeconds(283);
        assertAsked("GET /api/v1/tasks/" + RUN, null);
    }

    @ParameterizedTest
    @CsvSource({"GET_v1_logs_stream_completed.sse,completed,6", "GET_v1_logs_stream_cancelled.sse,cancelled,2"})
    void the_log_stream_of_a_run(String name, String state, int entries) throws InterruptedException {
        Wire.dispatch(server, request -> LogBodies.stream(fixture(name)).build());
        List<JsonNode> data = DocumentedShapes.data(fixture(name));

        List<TaskLogEvent> events = Wire.values(v1().logs(RUN));

        assertThat(events).hasSize(entries + 1).last().isEqualTo(new Complete(TaskState.of(state), null));
        for (int i = 0; i < entries; i++) {
            JsonNode entry = data.get(i);
            assertThat(events.get(i)).isInstanceOfSatisfying(Log.class, log -> {
                assertThat(log.level()).isEqualTo(entry.path("type").asString());
                assertThat(log.step()).isEqualTo(entry.path("toolName").asString(null));
                assertThat(log.message())
                        .isEqualTo(
                                entry.has("delta")
                                        ? entry.path("delta").asString()
                                        : entry.has("input")
                                                ? entry.path("input").toString()
                                                : entry.has("output")
                                                        ? entry.path("output").toString()
                                                        : null);
            });
        }
        assertAsked("GET /api/v1/tasks/" + RUN + "/logs/stream", null);
    }

    @Test
    void the_log_stream_of_a_run_that_failed() {
        Wire.dispatch(
                server,
                request -> request.getTarget().endsWith("/status")
                        ? Wire.json(200, fixture("GET_v1_status_failed.json"))
                        : LogBodies.stream(fixture("GET_v1_agent_stream_failed.sse"))
                                .build());

        List<TaskLogEvent> events = Wire.values(v1().logs(RUN));

        assertThat(events)
                .contains(new TaskLogEvent.ServerError("Agent gave up"))
                .last()
                .isEqualTo(new Complete(TaskState.of("failed"), null));
    }

    @Test
    void every_example_is_used_or_it_is_said_why_not() throws IOException, URISyntaxException {
        URI folder = Objects.requireNonNull(getClass().getResource("/fixtures")).toURI();
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            Set<String> names = files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
            String source = Files.readString(Path.of("src/test/java/dev/taskstop/DocumentedWireTest.java"));
            String cases = source.substring(source.indexOf("@StartStop"));
            Set<String> unused =
                    names.stream().filter(name -> !cases.contains(name)).collect(Collectors.toSet());

            assertThat(unused).isEqualTo(NOT_ASKED_FOR.keySet());
        }
    }
}
