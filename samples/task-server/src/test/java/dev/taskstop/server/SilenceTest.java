package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the documentation is silent there is a switch; those that no other test of a route has are here. */
class SilenceTest {

    private static TaskServer start(UnaryOperator<TaskServerOptions> change) {
        return TaskServer.start(change.apply(TaskServerOptions.defaults()));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202})
    void a_run_is_created_and_continued_with_the_status_that_was_chosen(int status) {
        try (TaskServer server = start(options -> options.withV1CreatedStatus(status))) {
            TestClient client = new TestClient(server);

            TestClient.Reply created = client.post("/api/v1/tasks", "{\"message\":\"m\"}");
            String run = created.json().path("runId").asString();

            assertThat(created.status()).isEqualTo(status);
            assertThat(client.post("/api/v1/tasks/" + run + "/continue", "{\"prompt\":\"p\"}")
                            .status())
                    .isEqualTo(status);
            assertThat(client.post("/api/tasks", "{\"prompt\":\"p\"}").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.class,
            names = {"COMPLETED", "ERROR", "STOPPED", "TIMEOUT"})
    void every_end_or_only_completion_has_a_duration(Status status) {
        for (boolean onlyIfCompleted : new boolean[] {false, true}) {
            try (TaskServer server = start(options -> options.withDurationIfCompleted(onlyIfCompleted))) {
                String id = server.createTasks(1, Lifecycle.staysIn(status)).get(0);

                assertThat(new TestClient(server)
                                .get("/api/tasks/" + id + "/status")
                                .json()
                                .path("duration")
                                .isNull())
                        .isEqualTo(onlyIfCompleted && status != Status.COMPLETED);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 400", "true, 200"})
    void a_body_that_is_not_declared_as_json_is_refused_or_read(boolean any, int status) {
        try (TaskServer server = start(options -> options.withAnyContentType(any))) {
            for (String contentType : new String[] {"text/plain", "", "application/x-www-form-urlencoded"}) {
                String id = server.createTasks(1, Lifecycle.staysIn(Status.PROCESSING))
                        .get(0);

                assertThat(new TestClient(server)
                                .patch(id, contentType, TestClient.STOP)
                                .status())
                        .isEqualTo(status);
            }
        }
    }
}
