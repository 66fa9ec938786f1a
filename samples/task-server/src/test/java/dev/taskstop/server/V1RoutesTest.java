package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.http.HttpProtocol;
import tools.jackson.databind.JsonNode;

class V1RoutesTest {

    private static final String OTHER = "other@example.com";
    private static final String UUID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

    private final TestClock clock = new TestClock();
    private final TaskServerOptions options =
            TaskServerOptions.defaults().withClock(clock).withUser(OTHER, "sk-other");
    private final TaskServer server = TaskServer.start(options);
    private final TestClient client = new TestClient(server);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void the_status_of_a_run_has_the_documented_body() {
        String id = server.createTasks(
                        TaskServerOptions.DEFAULT_USER,
                        1,
                        Lifecycle.moving().withPendingFor(Duration.ofSeconds(2)),
                        IdForm.UUID)
                .get(0);
        String head = "{\"runId\":\"" + id + "\",\"status\":\"";

        assertThat(client.get("/api/v1/tasks/" + id + "/status").body())
                .isEqualTo(head + "pending\",\"progress\":0,\"error\":null,\"startedAt\":null,\"completedAt\":null}");
        clock.advance(Duration.ofSeconds(16));
        assertThat(client.get("/api/v1/tasks/" + id + "/status").body())
                .isEqualTo(head + "in_progress\",\"progress\":42,\"error\":null,"
                        + "\"startedAt\":\"2024-01-15T10:00:02.000Z\",\"completedAt\":null}");
        client.cancel(id);
        assertThat(client.get("/api/v1/tasks/" + id + "/status").body())
                .isEqualTo(head + "cancelled\",\"progress\":0,\"error\":null,"
                        + "\"startedAt\":\"2024-01-15T10:00:02.000Z\",\"completedAt\":\"2024-01-15T10:00:16.000Z\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "PENDING, pending, ''",
        "PROCESSING, in_progress, ''",
        "SAVING, in_progress, ''",
        "COMPLETED, completed, ''",
        "ERROR, failed, Agent exited with code 1",
        "TIMEOUT, failed, Task exceeded its maximum duration",
        "STOPPED, cancelled, ''",
        "INTERRUPTED, interrupted, Server restarted"
    })
    void a_status_is_told_in_the_words_of_v1(Status status, String word, String error) {
        String id = server.createTasks(1, Lifecycle.staysIn(status)).get(0);

        JsonNode body = client.get("/api/v1/tasks/" + id + "/status").json();

        assertThat(body.path("status").asString()).isEqualTo(word);
        assertThat(body.path("error").asString("")).isEqualTo(error);
        assertThat(body.path("startedAt").isNull()).isEqualTo(status == Status.PENDING);
        assertThat(body.path("completedAt").isNull()).isEqualTo(status.isActive());
    }

    @Test
    void a_run_that_is_created_is_pending_has_a_uuid_and_can_be_read() {
        JsonNode created = client.post(
                        "/api/v1/tasks",
                        "{\"prompt\":\"Say hello\",\"repoUrl\":\"https://github.com/example/a\",\"agent\":\"codex\"}")
                .json();
        String id = created.path("runId").asString();

        assertThat(id).matches(UUID);
        assertThat(created.path("taskId").asString()).isEqualTo(id);
        JsonNode read = client.get("/api/v1/tasks/" + id).json();
        assertThat(read.path("status").asString()).isEqualTo("queued");
        assertThat(read.path("chatId").asString())
                .isEqualTo(created.path("chatId").asString());
        assertThat(read.path("messages")
                        .get(0)
                        .path("parts")
                        .get(0)
                        .path("text")
                        .asString())
                .isEqualTo("Say hello");
        assertThat(read.path("github").path("repoUrl").asString()).isEqualTo("https://github.com/example/a");
        assertThat(read.path("github").path("owner").asString()).isEqualTo("example");
        assertThat(read.path("createdAt").asString()).isEqualTo("2024-01-15T10:00:00.000Z");
    }

    @Test
    void a_run_without_a_prompt_is_refused() {
        assertThat(client.post("/api/v1/tasks", "{\"prompt\":\" \"}").status()).isEqualTo(400);
        assertThat(server.ledger().tasks()).isEmpty();
    }

    @Test
    void the_same_seed_gives_the_same_run_ids() {
        String body = "{\"prompt\":\"p\"}";
        try (TaskServer again = TaskServer.start(options);
                TaskServer different = TaskServer.start(options.withSeed(2))) {
            String id = runId(client.post("/api/v1/tasks", body));

            assertThat(runId(new TestClient(again).post("/api/v1/tasks", body))).isEqualTo(id);
            assertThat(runId(new TestClient(different).post("/api/v1/tasks", body)))
                    .isNotEqualTo(id);
        }
    }

    @Test
    void both_apis_know_every_task_whatever_the_form_of_its_id() {
        String uuid = runId(client.post("/api/v1/tasks", "{\"prompt\":\"p\"}"));
        String nanoid = client.post("/api/tasks", "{\"prompt\":\"p\"}")
                .json()
                .path("task")
                .path("id")
                .asString();
        clock.advance(Duration.ofSeconds(5));

        assertThat(nanoid).matches("[A-Za-z0-9_-]{21}");
        assertThat(client.status(uuid)).isEqualTo("processing");
        assertThat(client.v1Status(nanoid)).isEqualTo("in_progress");
        assertThat(client.stop(uuid).status()).isEqualTo(200);
        assertThat(client.cancel(nanoid).status()).isEqualTo(200);
    }

    @Test
    void somebody_elses_run_is_forbidden_and_not_touched() {
        String id = server.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);
        TestClient other = new TestClient(server, server.key(OTHER), HttpProtocol.HTTP11);

        TestClient.Reply reply = other.cancel(id);

        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.body()).isEqualTo("{\"error\":\"Forbidden\"}");
        assertThat(other.get("/api/v1/tasks/" + id).status()).isEqualTo(403);
        assertThat(other.get("/api/v1/tasks/" + id + "/status").status()).isEqualTo(403);
        assertThat(other.get("/api/v1/tasks").json().path("tasks").size()).isZero();
        assertThat(other.stop(id).status()).isEqualTo(404);
        assertThat(server.ledger().of(id)).isEqualTo(new LedgerEntry(id, 0, 0, null, Status.PROCESSING));
    }

    @Test
    void errors_can_be_objects() {
        try (TaskServer objects =
                TaskServer.start(options.withErrorForm(ErrorForm.OBJECT).withEndedRunAnswer(EndedRunAnswer.CONFLICT))) {
            String id =
                    objects.createTasks(1, Lifecycle.staysIn(Status.COMPLETED)).get(0);

            assertThat(new TestClient(objects, objects.key(OTHER), HttpProtocol.HTTP11)
                            .cancel(id)
                            .body())
                    .isEqualTo("{\"error\":{\"code\":403,\"message\":\"Forbidden\"}}");
            assertThat(new TestClient(objects)
                            .cancel(id)
                            .json()
                            .path("error")
                            .path("code")
                            .asInt())
                    .isEqualTo(409);
        }
    }

    @Test
    void a_key_is_needed_and_its_rate_limit_holds_for_both_apis_together() {
        try (TaskServer limited = TaskServer.start(options.withRequestsPerSecond(2))) {
            TestClient both = new TestClient(limited);

            assertThat(new TestClient(limited, "wrong", HttpProtocol.HTTP11)
                            .get("/api/v1/tasks")
                            .status())
                    .isEqualTo(401);
            assertThat(both.get("/api/tasks").status()).isEqualTo(200);
            assertThat(both.get("/api/v1/tasks").status()).isEqualTo(200);
            assertThat(both.get("/api/v1/tasks").status()).isEqualTo(429);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1",
                "/api/v1/",
                "/api/v1/tasksxy",
                "/api/v1/tasks/",
                "/api/v1/tasks//status",
                "/api/v1/tasks/x/",
                "/api/v1/tasks/x/stream",
                "/api/v1/tasks/x/logs/",
                "/api/v1/agent",
                "/api/v2/tasks"
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
                new TestClient(server, server.key(), protocol).exchange(HttpMethod.DELETE, "/api/v1/tasks/x", "", ""));

        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.headers().get("allow")).isEqualTo("GET, PATCH");
    }

    private static String runId(TestClient.Reply reply) {
        return reply.json().path("runId").asString();
    }
}
