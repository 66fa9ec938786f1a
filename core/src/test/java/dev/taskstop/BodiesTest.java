package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static dev.taskstop.Wire.answer;
import static dev.taskstop.Wire.json;
import static dev.taskstop.Wire.methods;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.TaskResponseException.Reason;
import java.time.Duration;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers whose body is not what was promised. */
class BodiesTest {

    private static final int LIMIT_BYTES = 64 * 1024;

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    private TaskClient oneAttempt() {
        return wire.client(server, settings -> settings.retry(Wire.ONCE));
    }

    private static String padded(String json, int length) {
        return json + " ".repeat(length - json.length());
    }

    static Stream<String> unreadable() {
        return Stream.of(
                "",
                "null",
                "[]",
                "7",
                "{}",
                "{\"task\":null}",
                "{\"task\":{}}",
                "{\"task\":\"" + ID + "\"}",
                "{\"task\":{\"id\":\"" + ID + "\"}}",
                "{\"task\":{\"status\":\"stopped\"}}",
                "{\"task\":{\"id\":\"" + ID + "\",\"status\":",
                "{\"task\":{\"id\":\"" + ID + "\",\"status\":{\"is\":\"stopped\"}}}",
                "<html><body>stopped</body></html>",
                "\u0000\u0001\u0002\uFFFD",
                "[".repeat(10_000),
                Wire.stopped("another-task"),
                padded(Wire.stopped(ID), LIMIT_BYTES + 1),
                padded(Wire.stopped(ID), 300_000));
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("unreadable")
    void a_yes_that_cannot_be_read_is_resolved_by_the_status(String body) throws InterruptedException {
        Wire.dispatch(server, json(200, body), "stopped");

        StopResult result = Wire.result(oneAttempt(), ID);

        assertThat(result).isInstanceOfSatisfying(Stopped.class, stopped -> {
            assertThat(stopped.taskId()).isEqualTo(ID);
            assertThat(stopped.recovered()).isTrue();
        });
        assertThat(methods(server)).containsExactly("PATCH", "GET");
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("unreadable")
    void a_yes_that_cannot_be_read_about_a_task_that_goes_on_is_a_failure(String body) throws InterruptedException {
        Wire.dispatch(server, json(200, body), "processing");

        TaskException failure = Wire.failure(oneAttempt().stop(ID));

        assertThat(failure).isInstanceOf(TaskDecodingException.class).hasNoCause();
        assertThat(failure.isOutcomeUnknown()).isTrue();
        assertThat(failure.getMessage())
                .startsWith("PATCH /api/tasks/{taskId} answered 200 with a body that ")
                .doesNotContain(ID, "stopped", Wire.USER);
        assertThat(methods(server)).containsExactly("PATCH", "GET");
    }

    @Test
    void a_body_of_exactly_the_limit_is_read() throws InterruptedException {
        Wire.dispatch(server, json(200, padded(Wire.stopped(ID), LIMIT_BYTES)), "processing");

        assertThat(Wire.value(oneAttempt().stop(ID)).state().kind()).isEqualTo(TaskState.Kind.STOPPED);
        assertThat(methods(server)).containsExactly("PATCH");
    }

    @Test
    void a_body_in_chunks_is_read_as_a_whole() {
        MockResponse chunked = answer(200, "").chunkedBody(Wire.stopped(ID), 7).build();
        Wire.dispatch(server, chunked, "processing");

        assertThat(Wire.value(oneAttempt().stop(ID)).userId()).isEqualTo(Wire.USER);
    }

    @Test
    void a_body_is_given_up_at_the_limit_without_waiting_for_the_rest() {
        MockResponse endless = answer(200, Wire.stopped(ID) + " ".repeat(400_000))
                .onResponseBody(SocketEffect.Stall.INSTANCE)
                .build();
        Wire.dispatch(server, endless, "stopped");
        TaskClient patient = wire.client(
                server,
                settings -> settings.requestTimeout(Duration.ofMinutes(1)).retry(Wire.ONCE));

        assertThat(Wire.result(patient, ID)).isInstanceOf(Stopped.class);
    }

    @Test
    void an_oversized_refusal_keeps_the_meaning_of_its_status() {
        String oversized = "{\"error\":\"" + "x".repeat(2 * LIMIT_BYTES) + "\"}";

        Wire.dispatch(server, json(404, oversized), "processing");
        assertThat(Wire.result(oneAttempt(), ID)).isEqualTo(new NotFound(ID));

        for (int status : new int[] {500, 502}) {
            Wire.dispatch(server, json(status, oversized), "processing");
            TaskResponseException refusal =
                    (TaskResponseException) Wire.failure(oneAttempt().stop(ID));
            assertThat(refusal.reason()).isEqualTo(Reason.SERVER_ERROR);
            assertThat(refusal.serverMessage()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 404, 500})
    void a_body_that_is_cut_in_the_middle_is_no_answer(int status) throws InterruptedException {
        MockResponse cut = answer(status, Wire.stopped(ID))
                .onResponseBody(new SocketEffect.CloseSocket())
                .build();
        Wire.dispatch(server, cut, "processing");

        StopResult result = Wire.result(oneAttempt(), ID);

        assertThat(result).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.error()).isInstanceOf(TaskRequestException.class);
            assertThat(failed.error().isOutcomeUnknown()).isTrue();
        });
        assertThat(methods(server)).containsExactly("PATCH", "GET");
    }

    @Test
    void a_stop_whose_answer_was_cut_in_the_middle_is_a_stop_when_the_status_says_so() {
        MockResponse cut = answer(200, Wire.stopped(ID))
                .onResponseBody(new SocketEffect.CloseSocket())
                .build();
        Wire.dispatch(server, cut, "stopped");

        assertThat(Wire.result(oneAttempt(), ID))
                .isInstanceOfSatisfying(
                        Stopped.class,
                        stopped -> assertThat(stopped.recovered()).isTrue());
    }

    @Test
    void fields_that_nobody_knows_and_times_that_nobody_can_read_do_no_harm() {
        String odd = """
                {"task":{"id":"%s","status":"Cancelled","error":{"why":[1,2]},"updatedAt":"yesterday","completedAt":null,
                         "sandboxes":[{"id":1}]},"more":{"deep":[{}]}}
                """.formatted(ID);
        Wire.dispatch(server, json(200, odd), "processing");

        StoppedTask task = Wire.value(oneAttempt().stop(ID));

        assertThat(task).isEqualTo(new StoppedTask(ID, TaskState.of("Cancelled"), null, null, null, null));
        assertThat(task.state().kind()).isEqualTo(TaskState.Kind.STOPPED);
    }
}
