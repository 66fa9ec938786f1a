package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.http.HttpProtocol;
import tools.jackson.databind.JsonNode;

class RoutesTest {

    private final TestClock clock = new TestClock();
    private final TaskServer server =
            TaskServer.start(TaskServerOptions.defaults().withClock(clock));
    private final TestClient client = new TestClient(server);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void the_status_of_a_running_task_has_the_documented_body() {
        String id = server.createTasks(1, Lifecycle.moving()).get(0);
        clock.advance(Duration.ofSeconds(16));

        assertThat(client.get("/api/tasks/" + id + "/status").body())
                .isEqualTo("{\"taskId\":\"" + id
                        + "\",\"status\":\"processing\",\"progress\":45,\"inProgress\":true,\"isDone\":false,\"error\":null,"
                        + "\"createdAt\":\"2024-01-15T10:00:00.000Z\",\"updatedAt\":\"2024-01-15T10:00:16.000Z\","
                        + "\"completedAt\":null,\"duration\":null}");
    }

    @Test
    void every_answer_tells_the_servers_clock() {
        String id = server.createTasks(1, Lifecycle.moving()).get(0);
        clock.advance(Duration.ofMillis(1999));

        assertThat(client.get("/api/tasks/" + id + "/status").headers().get("Date"))
                .isEqualTo("Mon, 15 Jan 2024 10:00:01 GMT");
        assertThat(client.stop("no-such-task").headers().get("Date")).isEqualTo("Mon, 15 Jan 2024 10:00:01 GMT");
    }

    @Test
    void the_status_of_an_ended_task_has_a_duration_in_seconds() {
        String id = server.createTasks(1, Lifecycle.moving()).get(0);
        clock.advance(Duration.ofHours(1));

        JsonNode status = client.get("/api/tasks/" + id + "/status").json();

        assertThat(status.path("isDone").asBoolean()).isTrue();
        assertThat(status.path("inProgress").asBoolean()).isFalse();
        assertThat(status.path("progress").asInt()).isEqualTo(100);
        assertThat(status.path("completedAt").asString()).isEqualTo("2024-01-15T10:00:33.000Z");
        assertThat(status.path("duration").asString()).isEqualTo("33s");
    }

    @Test
    void a_task_that_is_created_is_pending_and_can_be_read() {
        JsonNode created = client.post(
                        "/api/tasks",
                        "{\"prompt\":\"Say hello\",\"repoUrl\":\"https://github.com/example/a\",\"selectedAgent\":\"claude\"}")
                .json()
                .path("task");

        assertThat(created.path("status").asString()).isEqualTo("pending");
        assertThat(created.path("progress").asInt()).isZero();
        assertThat(created.path("maxDuration").asInt()).isEqualTo(300);
        assertThat(created.path("id").asString()).matches("[A-Za-z0-9_-]{21}");
        JsonNode read =
                client.get("/api/tasks/" + created.path("id").asString()).json().path("task");
        assertThat(read.path("prompt").asString()).isEqualTo("Say hello");
        assertThat(read.path("selectedAgent").asString()).isEqualTo("claude");
        assertThat(read.path("selectedBranch").asString()).isEqualTo("main");
        assertThat(read.path("logs").isArray()).isTrue();
    }

    @Test
    void a_multi_agent_task_has_one_id_and_a_sandbox_for_each_agent() {
        String id = client.post(
                        "/api/tasks",
                        "{\"prompt\":\"p\",\"selectedAgents\":[{\"agent\":\"a\",\"model\":\"m\"},{\"agent\":\"b\",\"model\":\"n\"}]}")
                .json()
                .path("task")
                .path("id")
                .asString();
        clock.advance(Duration.ofSeconds(2));

        JsonNode task = client.get("/api/tasks/" + id).json().path("task");

        assertThat(task.path("agentExecutions").size()).isEqualTo(2);
        JsonNode sandboxes = task.path("agentSandboxConfig");
        assertThat(sandboxes.path("a").path("sandboxId").asString())
                .isEqualTo(task.path("sandboxId").asString())
                .isNotEqualTo(sandboxes.path("b").path("sandboxId").asString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"prompt\":\" \"}",
                "{\"prompt\":\"p\",\"selectedAgents\":[{\"agent\":\"a\",\"model\":\"m\"}]}",
                "{\"prompt\":\"p\",\"selectedAgents\":[null,null]}",
                "{\"prompt\":\"p\",\"selectedAgents\":[{\"agent\":\"a\",\"model\":\"m\"},{\"model\":\"m\"}]}",
                "{\"prompt\":\"p\",\"selectedAgents\":[{\"agent\":\"a\",\"model\":\"m\"},{\"agent\":\" \"}]}",
                "{\"prompt\":\"p\",\"selectedAgents\":[{},{}]}",
                "{\"prompt\":\"p\",\"selectedAgents\":7}"
            })
    void a_task_that_is_not_well_described_is_refused(String body) {
        assertThat(client.post("/api/tasks", body).status()).isEqualTo(400);
        assertThat(server.ledger().tasks()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/api",
                "/api/tasksxy",
                "/api/tasks/",
                "/api/tasks/x/",
                "/api/tasks/x/logs",
                "/api/tasks//status",
                "/api/t%zz"
            })
    void an_unknown_route_is_not_found(String path) {
        TestClient.Reply reply = client.get(path);

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.error()).isEqualTo("Not found");
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpProtocol.class,
            names = {"HTTP11", "H2C"})
    void a_wrong_method_is_answered_with_the_right_ones(HttpProtocol protocol) {
        TestClient.Reply reply = TestClient.await(
                new TestClient(server, server.key(), protocol).exchange(HttpMethod.DELETE, "/api/tasks/x", "", ""));

        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.headers().get("allow")).isEqualTo("GET, PATCH");
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpProtocol.class,
            names = {"HTTP11", "H2C"})
    void the_answer_to_a_head_has_no_body(HttpProtocol protocol) {
        TestClient client = TestClient.onOneConnection(server, protocol);
        for (String path : new String[] {"/api/tasks", "/nowhere"}) {
            TestClient.Reply reply = TestClient.await(client.exchange(HttpMethod.HEAD, path, "", ""));

            assertThat(reply.status()).isIn(404, 405);
            assertThat(reply.body()).isEmpty();
            assertThat(client.get("/api/tasks").status()).isEqualTo(200);
        }
    }

    @Test
    void an_agent_without_a_model_has_the_standard_one() {
        String id = client.post(
                        "/api/tasks",
                        "{\"prompt\":\"p\",\"selectedAgents\":[{\"agent\":\"a\"},{\"agent\":\"b\",\"model\":null}]}")
                .json()
                .path("task")
                .path("id")
                .asString();
        clock.advance(Duration.ofSeconds(2));

        JsonNode task = client.get("/api/tasks/" + id).json().path("task");

        assertThat(task.path("selectedAgents").values())
                .extracting(agent -> agent.path("model").asString())
                .containsExactly("blackboxai/blackbox-pro", "blackboxai/blackbox-pro");
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpProtocol.class,
            names = {"HTTP11", "H2C"})
    void a_body_of_more_than_64_kib_is_refused(HttpProtocol protocol) {
        String body = "{\"action\":\"stop\",\"more\":\"" + "x".repeat(64 << 10) + "\"}";

        TestClient.Reply reply = TestClient.await(new TestClient(server, server.key(), protocol)
                .exchange(HttpMethod.PATCH, "/api/tasks/x", TestClient.JSON, body));

        assertThat(reply.status()).isEqualTo(413);
    }

    @Test
    void an_escaped_id_is_unescaped() {
        String id = server.createTasks(1, Lifecycle.moving()).get(0);
        String escaped = "%" + Integer.toHexString(id.charAt(0)) + id.substring(1);

        assertThat(client.status(escaped)).isEqualTo("pending");
    }

    @Test
    void errors_can_be_objects() {
        try (TaskServer other = TaskServer.start(TaskServerOptions.defaults().withErrorForm(ErrorForm.OBJECT))) {
            assertThat(new TestClient(other).stop("x").body())
                    .isEqualTo("{\"error\":{\"code\":404,\"message\":\"Task not found\"}}");
        }
    }
}
