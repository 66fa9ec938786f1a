package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpMethod;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.netty.http.HttpProtocol;
import tools.jackson.databind.JsonNode;

class StopTest {

    private static final String NOT_IN_PROGRESS = "Task can only be stopped when it is in progress";

    private final TestClock clock = new TestClock();
    private final TaskServer server =
            TaskServer.start(TaskServerOptions.defaults().withClock(clock));
    private final TestClient client = new TestClient(server);

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"PROCESSING", "SAVING"})
    void a_task_in_progress_is_stopped_with_the_documented_body(Status status) {
        String id = create(Lifecycle.staysIn(status));

        TestClient.Reply reply = client.stop(id);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.headers().get("content-type")).isEqualTo("application/json");
        assertThat(reply.body())
                .isEqualTo("{\"message\":\"Task stopped successfully\",\"task\":{\"id\":\"" + id
                        + "\",\"userId\":\"user@example.com\",\"status\":\"stopped\",\"error\":\"Task was stopped by user\","
                        + "\"updatedAt\":\"2024-01-15T10:00:00.000Z\",\"completedAt\":\"2024-01-15T10:00:00.000Z\"}}");
        assertThat(client.status(id)).isEqualTo("stopped");
    }

    @ParameterizedTest
    @EnumSource(names = {"PENDING", "COMPLETED", "ERROR", "TIMEOUT", "STOPPED"})
    void a_task_that_is_not_in_progress_cannot_be_stopped(Status status) {
        String id = create(Lifecycle.staysIn(status));

        TestClient.Reply reply = client.stop(id);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).isEqualTo(NOT_IN_PROGRESS);
        assertThat(client.status(id)).isEqualTo(status.toString());
        assertThat(server.ledger().of(id).effectiveRequest()).isZero();
    }

    @Test
    void a_pending_task_can_be_stopped_as_soon_as_it_is_processing() {
        String id = create(Lifecycle.moving().withPendingFor(Duration.ofSeconds(3)));

        assertThat(client.stop(id).status()).isEqualTo(400);
        clock.advance(Duration.ofSeconds(3));
        assertThat(client.stop(id).status()).isEqualTo(200);

        assertThat(server.ledger().of(id)).isEqualTo(new LedgerEntry(id, 2, 2, clock.instant(), Status.STOPPED));
    }

    @Test
    void only_one_of_many_simultaneous_stop_requests_takes_effect() {
        String id = create(Lifecycle.staysIn(Status.PROCESSING));

        List<Integer> answers = Flux.range(0, 20)
                .flatMap(i -> client.stopping(id))
                .map(TestClient.Reply::status)
                .collectList()
                .block(TestClient.PATIENCE);

        assertThat(answers).containsOnlyOnce(200).hasSize(20);
        assertThat(server.ledger().of(id).stopRequests()).isEqualTo(20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "text/plain", "application/x-www-form-urlencoded"})
    void a_stop_request_that_is_not_declared_as_json_is_refused(String contentType) {
        String id = create(Lifecycle.staysIn(Status.PROCESSING));

        assertThat(client.patch(id, contentType, TestClient.STOP).status()).isEqualTo(400);
        assertThat(client.status(id)).isEqualTo("processing");
        assertThat(server.ledger().of(id).stopRequests()).isZero();
    }

    @Test
    void a_charset_and_upper_case_letters_in_the_content_type_do_not_matter() {
        String id = create(Lifecycle.staysIn(Status.PROCESSING));

        assertThat(client.patch(id, "Application/JSON; charset=UTF-8", TestClient.STOP)
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"action\":\"cancel\"}", "{}", "{\"action\":null}"})
    void another_action_is_refused(String body) {
        String id = create(Lifecycle.staysIn(Status.PROCESSING));

        TestClient.Reply reply = client.patch(id, TestClient.JSON, body);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).isEqualTo("Invalid action");
        assertThat(client.status(id)).isEqualTo("processing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "stop", "{\"action\":"})
    void a_body_that_is_not_json_is_an_error_of_the_server_even_when_there_is_no_such_task(String body) {
        String id = create(Lifecycle.staysIn(Status.PROCESSING));

        assertThat(client.patch(id, TestClient.JSON, body).status()).isEqualTo(500);
        assertThat(client.patch("none", TestClient.JSON, body).status()).isEqualTo(500);
    }

    @Test
    void a_body_that_is_not_an_object_is_refused() {
        assertThat(client.patch(create(Lifecycle.staysIn(Status.PROCESSING)), TestClient.JSON, "[]")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void an_unknown_action_about_a_task_that_is_not_there_is_not_found() {
        assertThat(client.patch("none", TestClient.JSON, "{\"action\":\"x\"}").status())
                .isEqualTo(404);
    }

    @Test
    void an_unknown_task_is_not_found() {
        TestClient.Reply reply = client.stop("no-such-task");

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.error()).isEqualTo("Task not found");
    }

    @Test
    void the_last_active_follow_up_message_is_marked_stopped_with_a_status_message() {
        String id = create(Lifecycle.staysIn(Status.COMPLETED));
        followUp(id, "first");
        clock.advance(Duration.ofSeconds(5));
        followUp(id, "second");

        client.stop(id);

        JsonNode messages = messages(id);
        assertThat(messages.get(0).path("status").asString()).isEqualTo("completed");
        assertThat(messages.get(0).has("statusMessage")).isFalse();
        assertThat(messages.get(1).path("status").asString()).isEqualTo("stopped");
        assertThat(messages.get(1).path("statusMessage").asString()).isEqualTo("Message was stopped by user");
    }

    @Test
    void a_follow_up_starts_a_stopped_task_again() {
        String id = create(Lifecycle.staysIn(Status.PROCESSING));
        client.stop(id);

        TestClient.Reply reply = followUp(id, "go on");

        assertThat(reply.body()).isEqualTo("{\"success\":true,\"message\":\"Task continue started successfully\"}");
        assertThat(client.status(id)).isEqualTo("processing");
        assertThat(client.get("/api/tasks/" + id + "/status")
                        .json()
                        .path("error")
                        .asString())
                .isEqualTo("Task was stopped by user");
        assertThat(client.stop(id).status()).isEqualTo(200);
        assertThat(server.ledger().of(id).effectiveRequest()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpProtocol.class,
            names = {"HTTP11", "H2C"})
    void a_task_is_stopped_over_either_protocol(HttpProtocol protocol) {
        String id = create(Lifecycle.staysIn(Status.PROCESSING));

        assertThat(new TestClient(server, server.key(), protocol).stop(id).status())
                .isEqualTo(200);
    }

    @Test
    void a_client_that_upgrades_to_http_2_with_its_first_request_is_understood() throws Exception {
        String id = create(Lifecycle.staysIn(Status.PROCESSING));
        HttpRequest request = HttpRequest.newBuilder(server.baseUrl().resolve("/api/tasks/" + id))
                .header("Authorization", "Bearer " + server.key())
                .header("Content-Type", TestClient.JSON)
                .method(HttpMethod.PATCH.name(), HttpRequest.BodyPublishers.ofString(TestClient.STOP))
                .timeout(TestClient.PATIENCE)
                .build();

        var response = java.net.http.HttpClient.newHttpClient().send(request, BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.version()).isEqualTo(java.net.http.HttpClient.Version.HTTP_2);
    }

    private String create(Lifecycle lifecycle) {
        return server.createTasks(1, lifecycle).get(0);
    }

    private TestClient.Reply followUp(String id, String prompt) {
        return client.post("/api/tasks/" + id + "/continue", "{\"currentPrompt\":\"" + prompt + "\"}");
    }

    private JsonNode messages(String id) {
        return client.get("/api/tasks/" + id).json().path("task").path("followupMessages");
    }
}
