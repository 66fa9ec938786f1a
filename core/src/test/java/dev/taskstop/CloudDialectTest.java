package dev.taskstop;

import static dev.taskstop.StubTransport.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CloudDialectTest {

    private static final String ID = "Kq3vT_8mZ-1xWc7RbN0ya";
    private static final Instant NOW = Instant.parse("2024-01-15T10:30:00Z");

    private final TaskDialect dialect = TaskDialect.cloud();
    private final Origin origin = new Origin(URI.create("https://cloud.blackbox.ai/"), "", false);
    private final TaskRequest stop = dialect.stopRequest(origin, ID);
    private final TaskRequest status = dialect.statusRequest(origin, ID);

    @Test
    void a_stop_is_asked_for_as_documented() {
        assertThat(stop.method()).isEqualTo("PATCH");
        assertThat(stop.uri()).hasToString("https://cloud.blackbox.ai/api/tasks/" + ID);
        assertThat(stop.withAuthorization("Bearer bb_key").authorization()).isEqualTo("Bearer bb_key");
        assertThat(new String(stop.body(), StandardCharsets.UTF_8)).isEqualTo("{\"action\":\"stop\"}");
        assertThat(stop).hasToString("PATCH /api/tasks/{taskId}");
    }

    @Test
    void the_documented_answer_to_a_stop_is_read() {
        StoppedTask task =
                dialect.readStopped(new Answer(stop, response(200, Fixtures.read("PATCH_task_stopped.json"))), ID);

        assertThat(task)
                .isEqualTo(new StoppedTask(
                        ID,
                        TaskState.of("stopped"),
                        "user@example.com",
                        "Stopped on request",
                        Instant.parse("2026-03-04T09:10:00Z"),
                        Instant.parse("2026-03-04T09:10:00Z")));
        assertThat(task.toString()).doesNotContain("@");
    }

    @Test
    void the_documented_answer_to_a_status_is_read() {
        TaskStatus read =
                dialect.readStatus(new Answer(status, response(200, Fixtures.read("GET_status_processing.json"))), ID);

        assertThat(read)
                .isEqualTo(new TaskStatus(
                        ID,
                        TaskState.of("processing"),
                        false,
                        40,
                        null,
                        Instant.parse("2026-03-04T09:00:00Z"),
                        Instant.parse("2026-03-04T09:05:00Z"),
                        null,
                        null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"taskId\":\"%s\",\"status\":\"processing\",\"new\":{\"a\":[1]},\"error\":{\"code\":1},\"progress\":45.5}",
                "{\"taskId\":\"%s\",\"status\":\"processing\",\"progress\":45,\"createdAt\":\"yesterday\"}",
                "{\"taskId\":\"%s\",\"status\":\"processing\",\"progress\":4.5e1,\"isDone\":null}"
            })
    void what_is_new_or_odd_in_an_answer_does_not_hide_its_status(String body) {
        TaskStatus read = dialect.readStatus(new Answer(status, response(200, body.formatted(ID))), ID);

        assertThat(read.state().kind()).isEqualTo(TaskState.Kind.PROCESSING);
        assertThat(read.done()).isFalse();
        assertThat(read.progress()).isEqualTo(45);
        assertThat(read.createdAt()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "processing,true,false",
        "pending,true,false",
        "stopped,false,true",
        "error,false,true",
        "halted,true,true",
        "halted,false,false",
        "halted,null,false",
        "processing,null,false"
    })
    void only_an_unknown_word_leaves_it_to_the_server_to_say_what_is_done(String word, String isDone, boolean done) {
        String body = "{\"taskId\":\"%s\",\"status\":\"%s\",\"isDone\":%s}".formatted(ID, word, isDone);

        assertThat(dialect.readStatus(new Answer(status, response(200, body)), ID)
                        .done())
                .isEqualTo(done);
    }

    @ParameterizedTest
    @CsvSource({
        "401,true,true",
        "402,true,true",
        "403,false,true",
        "404,false,false",
        "429,false,false",
        "500,false,false"
    })
    void a_403_is_about_the_key_where_no_task_is_named(int status, boolean aboutKey, boolean aboutKeyOfAList) {
        for (TaskDialect each : new TaskDialect[] {TaskDialect.cloud(), TaskDialect.agentV1()}) {
            TaskRequest probe = each.probeRequest(origin);

            assertThat(each.readRefusal(new Answer(each.stopRequest(origin, ID), response(status, "")), NOW)
                            .isAboutKey())
                    .isEqualTo(aboutKey);
            assertThat(each.readRefusal(new Answer(each.statusRequest(origin, ID), response(status, "")), NOW)
                            .isAboutKey())
                    .isEqualTo(aboutKey);
            assertThat(each.readRefusal(new Answer(probe, response(status, "")), NOW)
                            .isAboutKey())
                    .isEqualTo(aboutKeyOfAList);
            assertThat(probe.uri().getRawQuery()).contains("limit=1").doesNotContain("limit=100");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "user@example.com",
                "<html>user@example.com</html>",
                "{\"task\":\"user@example.com\"}",
                "[1,2",
                "{\"task\":{\"id\":\"other\",\"status\":\"stopped\",\"userId\":\"user@example.com\"}}",
                "{\"task\":{}}"
            })
    void an_answer_that_cannot_be_read_is_not_repeated(String body) {
        assertThatThrownBy(() -> dialect.readStopped(new Answer(stop, response(200, body)), ID))
                .isInstanceOf(TaskDecodingException.class)
                .hasMessageStartingWith("PATCH /api/tasks/{taskId} answered 200 with a body that ")
                .hasMessageNotContaining("@")
                .hasNoCause();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{\"tasks\":null}", "{\"tasks\":{}}", "{\"tasks\":\"\"}", "[]", "7", "null", "\"\"", ""})
    void a_page_without_tasks_cannot_be_read(String body) {
        for (TaskDialect each : new TaskDialect[] {TaskDialect.cloud(), TaskDialect.agentV1()}) {
            assertThatThrownBy(() -> each.readPage(new Answer(each.probeRequest(origin), response(200, body)), 1))
                    .isInstanceOf(TaskDecodingException.class);
        }
    }

    @Test
    void json_that_is_nested_too_deep_is_refused() {
        String deep = "{\"task\":".repeat(10_000);

        assertThatThrownBy(() -> dialect.readStopped(new Answer(stop, response(200, deep)), ID))
                .isInstanceOf(TaskDecodingException.class);
        assertThat(dialect.readRefusal(new Answer(stop, response(500, deep)), NOW)
                        .status())
                .isEqualTo(500);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"error\":\"Unauthorized\"} | Unauthorized",
                "{\"error\":{\"code\":401,\"message\":\"Bad key\",\"metadata\":{}}} | Bad key",
                "<html>Bad gateway</html> |",
                "{\"error\":{}} |",
                "{\"error\":null,\"message\":\"Bad key\"} | Bad key",
                "{\"error\":{\"code\":401},\"message\":\"Bad key\",\"status\":401} | Bad key",
                "{\"error\":\"Bad key\",\"details\":\"more\"} | Bad key",
                "[] |",
                "'' |"
            })
    void a_refusal_comes_with_a_text_an_object_or_anything(String body, String message) {
        TaskResponseException refusal = dialect.readRefusal(new Answer(stop, response(401, body)), NOW);

        assertThat(refusal.serverMessage()).isEqualTo(message);
        assertThat(refusal.isAboutKey()).isTrue();
        assertThat(refusal).hasMessage("PATCH /api/tasks/{taskId} answered 401");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "30 | PT30S",
                "0 | PT0S",
                " 1.25 | PT1.25S",
                "-5 |",
                "soon |",
                "2147483648 | PT596523H14M8S",
                "99999999999 | PT876000H",
                "9999999999999999999999999999999999999999999999999999999999999999999999 | PT876000H",
                "0000000000000000000000030 | PT30S",
                "30. | PT30S",
                "30,60 | PT1M",
                "60, 30 | PT1M",
                "60, soon | PT1M",
                "1e9 |",
                "+5 |",
                "0x10 |",
                "'' |",
                "Mon, 15 Jan 9999 10:30:30 GMT | PT876000H",
                "Mon, 15 Jan 2024 10:30:30 GMT, or maybe a little earlier or later |",
                "Mon, 15 Jan 2024 10:30:30 GMT | PT30S",
                "Mon Jan 15 10:30:30 2024 | PT30S",
                "Monday, 15-Jan-24 10:30:30 GMT | PT30S",
                "Mon, 15 Jan 2024 10:29:00 GMT | PT0S"
            })
    void retry_after_is_read_in_each_of_its_forms(String value, Duration expected) {
        assertThat(DialectRetryAfter.read(response(429, "", "retry-after", value), null, NOW))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Mon, 15 Jan 2024 10:29:58 GMT | PT8.5S",
                "Mon, 15 Jan 2024 10:29:57 GMT | PT11.5S",
                "Mon, 15 Jan 2024 10:20:00 GMT | PT10M8.5S",
                "Mon, 15 Jan 2024 10:40:00 GMT | PT0S",
                "yesterday | PT8.5S",
                "Mon, 15 Jan 2024 10:30:30 GMT, Mon, 15 Jan 2024 10:30:30 GMT, Mon, 15 Jan 2024 10:30:30 GMT | PT8.5S"
            })
    void a_date_is_measured_by_the_servers_clock_where_the_two_are_far_apart(String date, Duration expected) {
        Instant resetAt = NOW.plusMillis(8500);

        assertThat(DialectRetryAfter.read(response(429, "", "Date", date), resetAt, NOW))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"resetAt\":\"2024-01-15T10:30:08Z\"} | PT8S",
                "{\"resetAt\":\"2024-01-15T11:30:08.000+01:00\"} | PT8S",
                "{\"resetAt\":1705314608} | PT8S",
                "{\"resetAt\":1705314608000} | PT8S",
                "{\"resetAt\":1705314608.0} | PT8S",
                "{\"resetAt\":1705314608.5} | PT8S",
                "{\"resetAt\":1.705314608e9} | PT8S",
                "{\"resetAt\":\"1705314608\"} | PT8S",
                "{\"resetAt\":\"1705314608000\"} | PT8S",
                "{\"resetAt\":\"\"} |",
                "{\"resetAt\":\"30\"} |",
                "{\"resetAt\":\"-1705314608\"} |",
                "{\"resetAt\":\"99999999999999999999\"} |",
                "{\"resetAt\":\"2024-01-15T10:30:08Z\",\"error\":{\"resetAt\":1}} | PT8S",
                "{\"resetAt\":[1705314608]} |",
                "{\"resetAt\":true} |",
                "{\"resetAt\":null} |",
                "{\"resetAt\":null,\"error\":{\"resetAt\":1705314608}} | PT8S",
                "{\"resetAt\":\"soon\",\"error\":{\"resetAt\":{},\"metadata\":{\"resetAt\":1705314608}}} | PT8S",
                "{\"error\":\"no\",\"metadata\":{\"resetAt\":1705314608}} | PT8S",
                "{\"resetAt\":\"2999-01-15T10:30:08Z\"} | PT876000H",
                "{\"error\":{\"resetAt\":1705314608}} | PT8S",
                "{\"resetAt\":\"soon\"} |",
                "{\"resetAt\":{}} |",
                "{\"resetAt\":-1} |",
                "{\"resetAt\":-9223372036854775808} |",
                "{\"resetAt\":1e30} |"
            })
    void without_a_header_the_bodys_reset_time_is_read(String body, Duration expected) {
        assertThat(dialect.readRefusal(new Answer(stop, response(429, body)), NOW)
                        .retryAfter())
                .isEqualTo(expected);
    }

    @Test
    void a_page_is_read_with_all_that_it_tells() {
        TaskPage page = dialect.readPage(new Answer(stop, response(200, """
                        {"tasks":[{"id":"t1","status":"processing","progress":45,"prompt":"p","repoUrl":"r",
                         "selectedBranch":"main","creatorName":"Example User","maxDuration":300,"merged":false,
                         "diffStats":{"totalLinesAdded":31,"totalLinesRemoved":2,"totalFilesChanged":1},
                         "selectedAgent":"a","selectedModel":"m","batchId":"b","createdAt":"2024-01-15T10:30:00Z",
                         "updatedAt":"2024-01-15T10:30:00Z","completedAt":null},{"id":"t2","status":"saving"}],
                         "hasMore":true}""")), 7);

        assertThat(page.tasks())
                .containsExactly(
                        new TaskSummary(
                                "t1",
                                TaskState.of("processing"),
                                45,
                                "p",
                                "r",
                                "a",
                                "m",
                                "b",
                                NOW,
                                NOW,
                                null,
                                "main",
                                "Example User",
                                300,
                                new TaskSummary.DiffStats(31, 2, 1),
                                false,
                                null,
                                null),
                        new TaskSummary(
                                "t2", TaskState.of("saving"), null, null, null, null, null, null, null, null, null));
        assertThat(page.hasMore()).isTrue();
        assertThat(page.items()).isEqualTo(2);
        assertThat(page.tasks().get(0).toString()).isEqualTo("TaskSummary[t1, processing, a]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"taskId\":\"%s\"}", "{\"taskId\":\"other\",\"status\":\"stopped\"}"})
    void a_status_about_no_task_or_another_is_unreadable(String body) {
        assertThatThrownBy(() -> dialect.readStatus(new Answer(status, response(200, body.formatted(ID))), ID))
                .isInstanceOf(TaskDecodingException.class);
    }

    @Test
    void the_documented_answer_about_a_task_that_has_ended_is_read() {
        TaskStatus read =
                dialect.readStatus(new Answer(status, response(200, Fixtures.read("GET_status_completed.json"))), ID);

        assertThat(read.done()).isTrue();
        assertThat(read.progress()).isEqualTo(100);
        assertThat(read.duration()).isEqualTo(Duration.ofSeconds(500));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "500", "\"500\"", "\"500ms\"", "\"-1s\"", "\"9999999999s\""})
    void a_duration_that_is_no_number_of_seconds_hides_nothing_else(String duration) {
        String body = "{\"taskId\":\"%s\",\"status\":\"completed\",\"duration\":%s}".formatted(ID, duration);

        TaskStatus read = dialect.readStatus(new Answer(status, response(200, body)), ID);

        assertThat(read.done()).isTrue();
        assertThat(read.duration()).isNull();
    }

    @Test
    void all_about_a_task_is_asked_for_as_documented_and_its_documented_answer_is_read() {
        TaskRequest request = dialect.detailsRequest(origin, ID);

        TaskDetails details = dialect.readDetails(
                new Answer(request, response(200, Fixtures.read("GET_task_completed_multi.json"))), ID);

        assertThat(request).hasToString("GET /api/tasks/{taskId}");
        assertThat(request.uri()).hasToString("https://cloud.blackbox.ai/api/tasks/" + ID);
        assertThat(details.taskId()).isEqualTo(ID);
        assertThat(details.state()).isEqualTo(TaskState.of("completed"));
    }

    @Test
    void an_answer_about_another_task_is_misplaced_and_one_about_none_is_not() {
        for (TaskDialect each : List.of(TaskDialect.cloud(), TaskDialect.agentV1())) {
            AtomicInteger misplaced = new AtomicInteger();

            assertThatThrownBy(() -> each.readStatus(told("{\"status\":\"completed\"}", misplaced), ID))
                    .isInstanceOf(TaskDecodingException.class);
            assertThat(misplaced).hasValue(0);

            String another = "{\"taskId\":\"t2\",\"runId\":\"t2\",\"status\":\"completed\"}";
            assertThatThrownBy(() -> each.readStatus(told(another, misplaced), ID))
                    .isInstanceOf(TaskDecodingException.class);
            assertThat(misplaced).hasValue(1);
        }
    }

    private Answer told(String body, AtomicInteger misplaced) {
        return new Answer(
                status,
                new TaskResponse(
                        200,
                        name -> null,
                        body.getBytes(StandardCharsets.UTF_8),
                        false,
                        () -> misplaced.incrementAndGet()));
    }

    @Test
    void a_page_that_is_larger_than_asked_for_is_too_large_and_followed_by_another() {
        for (TaskDialect each : List.of(TaskDialect.cloud(), TaskDialect.agentV1())) {
            TaskResponse cut = new TaskResponse(200, name -> null, new byte[100], true);

            TaskPage page = each.readPage(new Answer(each.probeRequest(origin), cut), 7);

            assertThat(page.tooLarge()).isNotNull();
            assertThat(page.tasks()).isEmpty();
            assertThat(page.hasMore()).isTrue();
        }
    }
}
