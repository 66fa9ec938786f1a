package dev.taskstop;

import static dev.taskstop.StubTransport.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskstop.TaskResponseException.Reason;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentV1DialectTest {

    private static final String ID = "5f0c2b7e-3a41-4d89-9b16-c7d2e8f40a35";
    private static final Instant NOW = Instant.parse("2026-05-19T10:00:00Z");

    private final TaskDialect dialect = TaskDialect.agentV1();
    private final Origin origin = new Origin(URI.create(dialect.defaultBaseUrl()), dialect.optionalBasePath(), false);
    private final TaskRequest stop = dialect.stopRequest(origin, ID);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://agent.blackbox.ai",
                "https://agent.blackbox.ai/",
                "https://agent.blackbox.ai/api/v1",
                "https://agent.blackbox.ai/api/v1/"
            })
    void the_base_address_may_be_given_with_or_without_its_path(String url) {
        Origin given = new Origin(URI.create(url), dialect.optionalBasePath(), false);

        assertThat(dialect.stopRequest(given, ID).uri()).hasToString("https://agent.blackbox.ai/api/v1/tasks/" + ID);
    }

    @Test
    void a_stop_is_asked_for_as_documented() {
        assertThat(stop).hasToString("PATCH /api/v1/tasks/{taskId}");
        assertThat(new String(stop.body(), StandardCharsets.UTF_8)).isEqualTo("{\"action\":\"cancel\"}");
    }

    @Test
    void the_documented_answer_to_a_cancel_is_read() {
        StoppedTask task =
                dialect.readStopped(new Answer(stop, response(200, Fixtures.read("PATCH_v1_cancelled.json"))), ID);

        assertThat(task.taskId()).isEqualTo(ID);
        assertThat(task.state()).isEqualTo(new TaskState(TaskState.Kind.STOPPED, "cancelled"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"success\":true,\"status\":\"cancelled\"} | STOPPED",
                "{\"status\":\"cancelled\"} | STOPPED",
                "{\"success\":null,\"status\":\"cancelled\"} | STOPPED",
                "{\"success\":true,\"status\":\"running\"} | PROCESSING",
                "{\"success\":false,\"status\":\"running\"} | PROCESSING",
                "{\"success\":true,\"status\":\"queued\"} | PENDING",
                "{\"success\":true,\"status\":\"completed\"} | COMPLETED",
                "{\"success\":true,\"status\":\"halted\"} | UNKNOWN"
            })
    void the_answer_to_a_cancel_shows_the_state_that_it_names(String body, TaskState.Kind kind) {
        assertThat(dialect.readStopped(new Answer(stop, response(200, body)), ID)
                        .state()
                        .kind())
                .isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"success\":true}",
                "{\"success\":true,\"status\":null}",
                "{\"success\":false,\"status\":\"cancelled\"}",
                "{\"success\":true,\"status\":\"cancelled\",\"runId\":\"another\"}",
                "{\"success\":true,\"status\":\"cancelled\",\"taskId\":\"another\"}",
                "{\"success\":true,\"status\":\"cancelled\",\"runId\":null,\"taskId\":\"another\"}"
            })
    void a_cancel_that_failed_or_is_about_another_run_shows_no_stop(String body) {
        assertThatThrownBy(() -> dialect.readStopped(new Answer(stop, response(200, body)), ID))
                .isInstanceOf(TaskDecodingException.class);
    }

    @Test
    void the_documented_answer_to_a_status_is_read() {
        TaskStatus status = dialect.readStatus(
                new Answer(
                        dialect.statusRequest(origin, ID),
                        response(200, Fixtures.read("GET_v1_status_in_progress.json"))),
                ID);

        assertThat(status.state().kind()).isEqualTo(TaskState.Kind.PROCESSING);
        assertThat(status.done()).isFalse();
        assertThat(status.progress()).isEqualTo(42);
    }

    @ParameterizedTest
    @CsvSource({
        "pending,PENDING,false", "queued,PENDING,false", "in_progress,PROCESSING,false", "running,PROCESSING,false",
        "completed,COMPLETED,true", "failed,ERROR,true", "cancelled,STOPPED,true", "interrupted,ERROR,true",
        "paused,UNKNOWN,false"
    })
    void every_state_of_the_vocabulary_is_understood(String state, TaskState.Kind kind, boolean done) {
        TaskStatus status = dialect.readStatus(
                new Answer(stop, response(200, "{\"runId\":\"%s\",\"status\":\"%s\"}".formatted(ID, state))), ID);

        assertThat(status.state()).isEqualTo(new TaskState(kind, state));
        assertThat(status.done()).isEqualTo(done);
    }

    @ParameterizedTest
    @CsvSource({"400,NOT_ACTIVE,false", "409,NOT_ACTIVE,false", "403,FORBIDDEN,false", "401,UNAUTHORIZED,true"})
    void a_409_says_the_same_as_a_400(int status, Reason reason, boolean aboutKey) {
        TaskResponseException refusal = dialect.readRefusal(new Answer(stop, response(status, "")), NOW);

        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal.isAboutKey()).isEqualTo(aboutKey);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ACTIVE | &status=queued | &status=running",
                "COMPLETED | &status=completed |",
                "FAILED | &status=failed | &status=interrupted",
                "STOPPED | &status=cancelled |"
            })
    void a_query_is_one_list_for_each_of_its_states(TaskQuery.Status status, String first, String second) {
        assertThat(dialect.listParameters(TaskQuery.all().withStatus(status)))
                .containsExactlyElementsOf(
                        Stream.of(first, second).filter(Objects::nonNull).toList());
        assertThat(dialect.listParameters(TaskQuery.all())).containsExactly("");
        assertThat(dialect.listRequest(origin, first, 20, 10).uri().getRawQuery())
                .isEqualTo("page=3&limit=10" + first);
    }

    @Test
    void a_page_is_read_with_what_it_tells() {
        TaskPage page = dialect.readPage(new Answer(stop, response(200, """
                        {"tasks":[{"runId":"r1","status":"in_progress","prompt":"p","model":"m","chatId":"c",
                         "createdAt":"2026-05-19T10:00:00.000Z","startedAt":"2026-05-19T10:00:01.000Z"},
                         {"taskId":"r2","status":"queued"}],"page":3,"limit":2,"hasMore":true}""")), 2);

        assertThat(page.tasks()).extracting(TaskSummary::taskId).containsExactly("r1", "r2");
        assertThat(page.tasks().get(0)).satisfies(task -> {
            assertThat(task.prompt()).isNull();
            assertThat(task.model()).isEqualTo("m");
            assertThat(task.chatId()).isEqualTo("c");
            assertThat(task.createdAt()).isEqualTo(NOW);
            assertThat(task.startedAt()).isEqualTo(NOW.plusSeconds(1));
        });
        assertThat(page.hasMore()).isTrue();
        assertThat(dialect.readPage(new Answer(stop, response(200, "{\"tasks\":[],\"hasMore\":false}")), 9)
                        .hasMore())
                .isFalse();
    }

    @Test
    void what_one_of_the_two_apis_lacks_is_refused_by_its_name() {
        assertThatThrownBy(() -> dialect.listParameters(TaskQuery.all().withKind(TaskQuery.Kind.BATCH)))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("withKind");
        assertThatThrownBy(() ->
                        TaskDialect.cloud().listParameters(TaskQuery.active().withChatId("c")))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("withChatId");
    }

    @Test
    void an_answer_about_no_state_or_another_run_is_unreadable() {
        assertThatThrownBy(() -> dialect.readStopped(new Answer(stop, response(200, "{}")), ID))
                .isInstanceOf(TaskDecodingException.class);
        assertThatThrownBy(() ->
                        dialect.readStatus(new Answer(stop, response(200, "{\"runId\":\"%s\"}".formatted(ID))), ID))
                .isInstanceOf(TaskDecodingException.class);
        assertThatThrownBy(() -> dialect.readStatus(
                        new Answer(stop, response(200, "{\"runId\":\"r\",\"status\":\"completed\"}")), ID))
                .isInstanceOf(TaskDecodingException.class);
    }

    @Test
    void the_log_is_asked_for_as_documented() {
        TaskRequest logs = dialect.logsRequest(origin, ID, 7);

        assertThat(logs.uri()).hasToString("https://agent.blackbox.ai/api/v1/tasks/" + ID + "/logs/stream");
        assertThat(logs).hasToString("GET /api/v1/tasks/{taskId}/logs/stream");
    }

    @Test
    void all_about_a_task_is_asked_for_as_documented_and_its_documented_answer_is_read() {
        TaskRequest request = dialect.detailsRequest(origin, ID);

        TaskDetails details = dialect.readDetails(
                new Answer(request, response(200, Fixtures.read("GET_v1_task_completed.json"))), ID);

        assertThat(request).hasToString("GET /api/v1/tasks/{taskId}");
        assertThat(request.uri()).hasToString("https://agent.blackbox.ai/api/v1/tasks/" + ID);
        assertThat(details.taskId()).isEqualTo(ID);
        assertThat(details.state()).isEqualTo(new TaskState(TaskState.Kind.COMPLETED, "completed"));
    }
}
