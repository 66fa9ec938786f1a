package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.http.HttpProtocol;
import tools.jackson.databind.JsonNode;

class V1RunsTest {

    private static final String TASKS = "/api/v1/tasks";
    private static final String OTHER = "other@example.com";

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
    void what_follows_is_another_run_of_the_same_chat() {
        JsonNode first = client.post(TASKS, "{\"message\":\"m\"}").json();
        String id = first.path("runId").asString();
        clock.advance(Duration.ofSeconds(2));
        client.cancel(id);

        JsonNode second = client.post(TASKS + "/" + id + "/continue", "{\"prompt\":\"go on\"}")
                .json();

        String next = second.path("runId").asString();
        assertThat(second.path("previousRunId").asString()).isEqualTo(id).isNotEqualTo(next);
        assertThat(second.path("chatId").asString())
                .isEqualTo(first.path("chatId").asString());
        assertThat(client.v1Status(id)).isEqualTo("cancelled");
        assertThat(client.v1Status(next)).isEqualTo("pending");
        clock.advance(Duration.ofSeconds(2));
        client.cancel(id);
        assertThat(client.v1Status(next)).isEqualTo("in_progress");
    }

    @Test
    void a_chat_that_somebody_goes_on_with_has_a_new_run_after_the_old_one_was_cancelled() {
        TaskFaults revived = TaskFaults.none().withRevived(1, Duration.ofSeconds(5));
        try (TaskServer other = TaskServer.start(options.withTaskFaults(revived))) {
            String id = other.createTasks(
                            TaskServerOptions.DEFAULT_USER, 1, Lifecycle.staysIn(Status.PROCESSING), IdForm.UUID)
                    .get(0);
            TestClient others = new TestClient(other);
            others.cancel(id);
            clock.advance(Duration.ofSeconds(5));

            JsonNode runs = others.get(TASKS).json().path("tasks");

            assertThat(runs.size()).isEqualTo(2);
            assertThat(runs.get(0).path("status").asString()).isEqualTo("queued");
            assertThat(runs.get(1).path("status").asString()).isEqualTo("cancelled");
            assertThat(runs.get(0).path("chatId")).isEqualTo(runs.get(1).path("chatId"));
        }
    }

    @ParameterizedTest
    @CsvSource({"BAD_REQUEST, 400, '', queued", "CANCELLED, 200, cancelled, cancelled", "UNCHANGED, 200, queued, queued"
    })
    void a_queued_run_is_answered_about_as_chosen(QueuedRunAnswer answer, int status, String word, String after) {
        try (TaskServer other = TaskServer.start(options.withQueuedRunAnswer(answer))) {
            String id = other.createTasks(1, Lifecycle.moving()).get(0);
            TestClient others = new TestClient(other);

            TestClient.Reply reply = others.cancel(id);

            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.json().path("status").asString("")).isEqualTo(word);
            JsonNode run = others.get(TASKS + "/" + id).json();
            assertThat(run.path("status").asString()).isEqualTo(after);
            assertThat(run.path("startedAt").isNull()).isTrue();
            assertThat(others.stop(id).status()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"message\":\" \"}",
                "{\"message\":\"m\",\"agent\":\"gemini\"}",
                "{\"message\":\"m\",\"type\":\"standard\"}",
                "{\"message\":"
            })
    void a_run_that_is_not_well_described_is_refused(String body) {
        assertThat(client.post(TASKS, body).status()).isEqualTo(400);
        assertThat(server.ledger().tasks()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"prompt\":\"p\",\"model\":\"m\"}", "{\"prompt\":\"p\",\"agent\":\"codex\"}"})
    void a_follow_up_that_is_not_well_described_is_refused(String body) {
        String id = server.createTasks(1, Lifecycle.moving()).get(0);

        assertThat(client.post(TASKS + "/" + id + "/continue", body).status()).isEqualTo(400);
        assertThat(server.ledger().tasks()).hasSize(1);
    }

    @Test
    void the_agents_routes_want_to_know_which_run() {
        String id = server.createTasks(1, Lifecycle.moving()).get(0);
        TestClient other = new TestClient(server, "sk-other", HttpProtocol.HTTP11);

        assertThat(client.get("/api/v1/agent/status").status()).isEqualTo(400);
        assertThat(client.get("/api/v1/agent/stream").status()).isEqualTo(400);
        assertThat(client.get("/api/v1/agent/stream?runId=none").status()).isEqualTo(404);
        assertThat(other.get("/api/v1/agent/stream?runId=" + id).status()).isEqualTo(403);
        assertThat(other.get("/api/v1/agent/status?runId=" + id)
                        .json()
                        .path("runId")
                        .isNull())
                .isTrue();
        assertThat(client.get("/api/v1/agent/status?runId=" + id)
                        .json()
                        .path("status")
                        .asString())
                .isEqualTo("queued");
    }

    @Test
    void a_run_tells_more_as_time_goes_by() {
        String id = server.createTasks(1, Lifecycle.moving()).get(0);
        String path = TASKS + "/" + id + "/logs";
        assertThat(client.get(path).json().path("eventCount").asInt()).isZero();

        clock.advance(Duration.ofSeconds(1));
        assertThat(client.get(path).json().path("eventCount").asInt()).isEqualTo(2);
        clock.advance(Duration.ofSeconds(4));
        assertThat(client.get(path).json().path("eventCount").asInt()).isEqualTo(9);
        assertThat(client.get(path + "?includeDeltas=false")
                        .json()
                        .path("eventCount")
                        .asInt())
                .isEqualTo(4);
        assertThat(client.get(path).json().has("rawEvents")).isFalse();
    }
}
