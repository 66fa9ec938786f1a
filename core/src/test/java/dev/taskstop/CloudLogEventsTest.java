package dev.taskstop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskstop.ServerSentEvents.Event;
import dev.taskstop.TaskLogEvent.Complete;
import dev.taskstop.TaskLogEvent.Connected;
import dev.taskstop.TaskLogEvent.Log;
import dev.taskstop.TaskLogEvent.ServerError;
import dev.taskstop.TaskLogEvent.StatusChanged;
import java.net.URI;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CloudLogEventsTest {

    private static final String ID = "Kq3vT_8mZ-1xWc7RbN0ya";

    private final TaskDialect dialect = TaskDialect.cloud();
    private final Origin origin = new Origin(URI.create("https://cloud.blackbox.ai/"), "bb_key", false);
    private final TaskRequest request = dialect.logsRequest(origin, ID, 7);
    private final TaskResponse head = StubTransport.response(200, "");

    private @Nullable TaskLogEvent read(String name, String data) {
        return dialect.logEvents(new Answer(request, head), ID).read(new Event(name, data));
    }

    @Test
    void the_log_is_asked_for_as_documented() {
        assertThat(request.method()).isEqualTo("GET");
        assertThat(request.uri())
                .hasToString("https://cloud.blackbox.ai/api/tasks/" + ID + "/stream?fromIndex=7&includeStatus=true");
        assertThat(request.body()).isNull();
        assertThat(request).hasToString("GET /api/tasks/{taskId}/stream");
    }

    @Test
    void the_documented_stream_is_read() {
        DialectLogEvents events = dialect.logEvents(new Answer(request, head), ID);

        assertThat(events.feed(Fixtures.read("GET_stream_stopped.sse").getBytes(UTF_8)))
                .map(events::read)
                .containsExactly(
                        new Connected(0L),
                        new Log(
                                0,
                                "system",
                                "system",
                                "Fetching the repository",
                                "claude",
                                "git_cloning",
                                Instant.parse("2026-03-04T09:00:01Z")),
                        new StatusChanged(TaskState.of("processing"), null),
                        new Log(
                                1,
                                "info",
                                "ansi",
                                "\u001b[32mFetched\u001b[0m",
                                "claude",
                                "git_cloned",
                                Instant.parse("2026-03-04T09:00:05Z")),
                        new StatusChanged(TaskState.of("stopped"), "Stopped on request"),
                        new Complete(TaskState.of("stopped"), 2L));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"index\":3,\"type\":\"info\",\"message\":\"m\"} | info | m",
                "{\"index\":3,\"log\":\"m\"} | | m",
                "{\"index\":3,\"log\":{\"type\":{},\"message\":\"m\",\"timestamp\":\"soon\",\"new\":[1]}} | | m",
                "{\"index\":3,\"log\":{\"message\":[\"m\"]}} | |",
                "{\"index\":3,\"message\":\"m\",\"timestamp\":-9000000000000000000} | | m",
                "{\"index\":3} | |"
            })
    void an_entry_that_is_odd_is_still_an_entry(String data, @Nullable String level, @Nullable String message) {
        assertThat(read("log", data)).isInstanceOfSatisfying(Log.class, log -> {
            assertThat(log.index()).isEqualTo(3);
            assertThat(log.level()).isEqualTo(level);
            assertThat(log.message()).isEqualTo(message);
            assertThat(log.timestamp()).isNull();
        });
    }

    @Test
    void an_entry_without_a_time_has_that_of_its_event() {
        assertThat(read("log", "{\"index\":0,\"log\":{},\"timestamp\":\"2024-01-15T10:00:05Z\"}"))
                .isInstanceOfSatisfying(
                        Log.class, log -> assertThat(log.timestamp()).isEqualTo(Instant.parse("2024-01-15T10:00:05Z")));
    }

    @Test
    void what_is_not_told_is_null() {
        assertThat(read("connected", "{}")).isEqualTo(new Connected(null));
        assertThat(read("complete", "{\"status\":\"paused\"}"))
                .isEqualTo(new Complete(new TaskState(TaskState.Kind.UNKNOWN, "paused"), null));
        assertThat(read("error", "{}")).isEqualTo(new ServerError(null));
        assertThat(read("error", "{\"error\":\"e\",\"details\":\"d\"}")).isEqualTo(new ServerError("e"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"message", "heartbeat", "Log", ""})
    void an_event_with_another_name_is_passed_over_unread(String name) {
        assertThat(read(name, "user@example.com")).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "log | user@example.com",
                "log | {\"index\":1,\"message\":\"user@example.com",
                "connected | {\"taskId\":\"user@example.com\"}",
                "error | user@example.com"
            })
    void a_malformed_event_is_an_error_that_does_not_repeat_it(String name, String data) {
        assertThatThrownBy(() -> read(name, data))
                .isInstanceOf(TaskDecodingException.class)
                .hasMessageStartingWith("GET /api/tasks/{taskId}/stream answered 200 with a body that ")
                .hasMessageNotContaining("@")
                .hasNoCause();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "log | {\"message\":\"user@example.com\"}",
                "log | {\"index\":\"1\",\"message\":\"user@example.com\"}",
                "log | {\"index\":-1,\"message\":\"user@example.com\"}",
                "log | {\"index\":1.5}",
                "log | {\"index\":99999999999999999999}",
                "log | {\"index\":9223372036854775807}",
                "log | null",
                "log | 7",
                "log | [\"user@example.com\"]",
                "status | {\"error\":\"user@example.com\"}",
                "status | {\"status\":null}",
                "status | {\"status\":\"\"}",
                "complete | {\"status\":{\"user@example.com\":1}}",
                "complete | true",
                "log | ''",
                "log | '  '",
                "status | ''",
                "complete | ''",
                "connected | ''",
                "error | ''"
            })
    void an_event_that_does_not_tell_what_it_is_about_is_passed_over(String name, String data) {
        assertThat(read(name, data)).isNull();
    }

    @Test
    void texts_of_a_task_are_in_no_text_form() {
        String text = "user@example.com";

        assertThat(new Log(1, "info", null, text, null, null, null).toString()).doesNotContain(text);
        assertThat(new StatusChanged(TaskState.of("error"), text).toString()).doesNotContain(text);
        assertThat(new ServerError(text).toString()).doesNotContain(text);
        assertThat(new Event("log", text).toString()).doesNotContain(text);
    }
}
