package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.http.HttpProtocol;

class AccessTest {

    private static final String OTHER = "other@example.com";

    private final TestClock clock = new TestClock();
    private final TaskServerOptions options =
            TaskServerOptions.defaults().withUser(OTHER, "sk-1", "bb_2").withClock(clock);
    private final TaskServer server = TaskServer.start(options);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void somebody_elses_task_is_not_found_and_not_touched() {
        String id = server.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);
        TestClient other = client(server.key(OTHER));

        assertThat(other.stop(id).status()).isEqualTo(404);
        assertThat(other.get("/api/tasks/" + id).status()).isEqualTo(404);
        assertThat(other.get("/api/tasks/" + id + "/status").status()).isEqualTo(404);
        assertThat(other.get("/api/tasks/" + id + "/stream").status()).isEqualTo(404);
        assertThat(other.post("/api/tasks/" + id + "/continue", "{\"currentPrompt\":\"p\"}")
                        .status())
                .isEqualTo(404);
        assertThat(other.get("/api/tasks").json().path("tasks").size()).isZero();
        assertThat(server.ledger().of(id)).isEqualTo(new LedgerEntry(id, 0, 0, null, Status.PROCESSING));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sk-1", "bb_2"})
    void each_key_of_a_user_works(String key) {
        String id = server.createTasks(OTHER, 1, Lifecycle.staysIn(Status.PROCESSING))
                .get(0);

        assertThat(client(key).stop(id).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "SK-1", "sk-", "sk-11", "bb_local_"})
    void another_key_is_refused(String key) {
        String id = server.createTasks(OTHER, 1, Lifecycle.staysIn(Status.PROCESSING))
                .get(0);

        TestClient.Reply reply = client(key).stop(id);

        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.error()).isEqualTo("Unauthorized");
        assertThat(server.ledger().totals().unauthorized()).isEqualTo(1);
        assertThat(server.ledger().of(id).stopRequests()).isZero();
    }

    @Test
    void a_key_that_two_users_have_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TaskServer.start(options.withUser("third@example.com", "sk-1")))
                .withMessageNotContaining("sk-1");
    }

    @Test
    void requests_beyond_the_limit_of_a_key_are_told_when_to_come_back() {
        try (TaskServer limited = TaskServer.start(options.withRequestsPerSecond(2))) {
            TestClient client = new TestClient(limited);
            assertThat(client.get("/api/tasks").status()).isEqualTo(200);
            assertThat(client.get("/api/tasks").status()).isEqualTo(200);
            TestClient.Reply third = client.get("/api/tasks");
            assertThat(third.status()).isEqualTo(429);
            assertThat(third.headers().get("retry-after")).isEqualTo("1");

            assertThat(new TestClient(limited, "sk-1", HttpProtocol.HTTP11)
                            .get("/api/tasks")
                            .status())
                    .isEqualTo(200);
            clock.advance(Duration.ofMillis(500));
            assertThat(client.get("/api/tasks").status()).isEqualTo(200);
            assertThat(client.get("/api/tasks").status()).isEqualTo(429);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_429_says_when_to_come_back_in_the_chosen_form(RetryAfterForm form) {
        Faults faults = Faults.none().with(FaultKind.RATE_LIMITED, 1);
        try (TaskServer limited =
                TaskServer.start(options.withFaults(faults).withRetryAfter(form, Duration.ofSeconds(90)))) {
            String id =
                    limited.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);
            TestClient.Reply reply = new TestClient(limited).stop(id);

            assertThat(reply.status()).isEqualTo(429);
            assertThat(reply.headers().get("retry-after"))
                    .isEqualTo(
                            switch (form) {
                                case SECONDS -> "90";
                                case HTTP_DATE -> "Mon, 15 Jan 2024 10:01:30 GMT";
                                case RESET_AT, NONE -> null;
                            });
            assertThat(reply.json().path("resetAt").asString(""))
                    .isEqualTo(form == RetryAfterForm.RESET_AT ? "2024-01-15T10:01:30.000Z" : "");
        }
    }

    private TestClient client(String key) {
        return new TestClient(server, key, HttpProtocol.HTTP11);
    }
}
