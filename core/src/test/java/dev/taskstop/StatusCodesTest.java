package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static dev.taskstop.Wire.answer;
import static dev.taskstop.Wire.json;
import static dev.taskstop.Wire.methods;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.TaskResponseException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

class StatusCodesTest {

    private static final String HTML = "<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>";

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    private TaskClient oneAttempt() {
        return wire.client(server, settings -> settings.retry(Wire.ONCE));
    }

    private TaskResponseException refused(TaskClient client) {
        return (TaskResponseException) Wire.failure(client.stop(ID));
    }

    @ParameterizedTest
    @CsvSource({
        "401, UNAUTHORIZED, true",
        "402, PAYMENT_REQUIRED, true",
        "403, FORBIDDEN, false",
        "404, NOT_FOUND, false",
        "405, UNEXPECTED, false",
        "409, UNEXPECTED, false",
        "418, UNEXPECTED, false",
        "304, UNEXPECTED, false"
    })
    void a_refusal_is_final_and_keeps_its_meaning(int status, Reason reason, boolean aboutKey)
            throws InterruptedException {
        Wire.dispatch(server, new MockResponse.Builder().code(status).build(), "processing");

        TaskResponseException refusal = refused(wire.client(server));

        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal.status()).isEqualTo(status);
        assertThat(refusal.isAboutKey()).isEqualTo(aboutKey);
        assertThat(refusal.isOutcomeUnknown()).isFalse();
        assertThat(methods(server)).containsExactly("PATCH");
    }

    /** Over HTTP/2 in {@link Http2AnswersTest}. */
    @ParameterizedTest
    @ValueSource(strings = {"000", "001", "042", "099", "600", "999"})
    void a_status_beyond_those_that_there_are_is_as_good_as_a_5xx(String status) throws IOException {
        AtomicInteger asked = new AtomicInteger();
        byte[] odd = RawServer.bytes("HTTP/1.1 " + status + " X\r\nContent-Length: 2\r\n\r\n{}");
        try (RawServer raw = RawServer.answering(
                request -> asked.incrementAndGet() == 1 ? odd : RawServer.json(200, Wire.stopped(ID)))) {
            TaskClient client = wire.client(raw.url(), settings -> settings.requestTimeout(Wire.LIMIT.multipliedBy(2)));

            assertThat(Wire.result(client, ID))
                    .isInstanceOfSatisfying(
                            Stopped.class,
                            stopped -> assertThat(stopped.attempts()).isEqualTo(2));
            assertThat(asked).hasValue(2);
        }
    }

    @Test
    void a_404_in_a_bulk_stop_is_a_task_that_was_not_found() {
        Wire.dispatch(server, json(404, "{\"error\":\"Task not found\"}"), "processing");

        assertThat(Wire.result(wire.client(server), ID)).isEqualTo(new NotFound(ID));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 402})
    void a_refused_key_ends_a_bulk_stop_after_one_answer(int status) {
        Wire.dispatch(server, json(status, "{\"error\":\"Unauthorized\"}"), "processing");
        TaskClient client = wire.client(server, settings -> settings.concurrency(1));

        List<StopResult> results = Wire.values(client.stopAll(Flux.fromIterable(Wire.ids(20))));

        assertThat(results).hasSize(20);
        assertThat(results.get(0)).isInstanceOf(Failed.class);
        assertThat(results.subList(1, 20))
                .allSatisfy(rest -> assertThat(rest)
                        .isInstanceOfSatisfying(
                                Skipped.class,
                                skipped -> assertThat(skipped.reason()).isEqualTo(Skipped.Reason.ABORTED)));
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"completed", "stopped", "error", "timeout"})
    void a_400_about_an_ended_task_tells_how_it_ended(String state) throws InterruptedException {
        Wire.dispatch(server, json(400, "{\"error\":\"Task can only be stopped when it is in progress\"}"), state);
        TaskClient client = wire.client(server);

        StopResult result = Wire.result(client, ID);
        TaskResponseException refusal = refused(client);

        assertThat(result).isEqualTo(new AlreadyEnded(ID, TaskState.of(state)));
        assertThat(refusal.reason()).isEqualTo(Reason.NOT_ACTIVE);
        assertThat(refusal.state()).isEqualTo(TaskState.of(state));
        assertThat(methods(server)).containsExactly("PATCH", "GET", "PATCH", "GET");
    }

    @Test
    void a_400_about_a_pending_task_is_waited_for_without_using_up_attempts() throws InterruptedException {
        AtomicInteger stops = new AtomicInteger();
        Wire.dispatch(
                server,
                request -> !Wire.isStop(request)
                        ? json(200, Wire.status(ID, "pending"))
                        : stops.incrementAndGet() < 4 ? json(400, "{}") : json(200, Wire.stopped(ID)));

        StopResult result = Wire.result(oneAttempt(), ID);

        assertThat(result).isInstanceOfSatisfying(Stopped.class, stopped -> {
            assertThat(stopped.attempts()).isEqualTo(4);
            assertThat(stopped.recovered()).isFalse();
        });
        assertThat(methods(server)).containsExactly("PATCH", "GET", "PATCH", "GET", "PATCH", "GET", "PATCH");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0.0", "Sun, 06 Nov 1994 08:49:37 GMT"})
    void a_429_is_waited_for_without_using_up_attempts(String retryAfter) throws InterruptedException {
        AtomicInteger stops = new AtomicInteger();
        Wire.dispatch(
                server,
                request -> stops.incrementAndGet() < 4
                        ? answer(429, "").addHeader("Retry-After", retryAfter).build()
                        : json(200, Wire.stopped(ID)));

        StopResult result = Wire.result(oneAttempt(), ID);

        assertThat(result)
                .isInstanceOfSatisfying(
                        Stopped.class, stopped -> assertThat(stopped.attempts()).isEqualTo(4));
        assertThat(methods(server)).containsExactly("PATCH", "PATCH", "PATCH", "PATCH");
    }

    @Test
    void a_429_pauses_every_stop_of_the_client() {
        AtomicInteger stops = new AtomicInteger();
        Wire.dispatch(
                server,
                request -> stops.incrementAndGet() == 1
                        ? answer(429, "").addHeader("Retry-After", "100000").build()
                        : Wire.running(request));
        Duration pause = Duration.ofMillis(400);
        TaskClient client =
                wire.client(server, settings -> settings.concurrency(1).retry(Wire.QUICK.withMaxPause(pause)));

        long start = System.nanoTime();
        List<StopResult> results = Wire.values(client.stopAll(Flux.fromIterable(Wire.ids(5))));

        assertThat(results).hasSize(5).allSatisfy(result -> assertThat(result).isInstanceOf(Stopped.class));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(pause);
        assertThat(server.getRequestCount()).isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 500, 502, 503, 504, 599})
    void a_server_error_is_tried_again_until_the_attempts_end_and_then_the_status_is_asked(int status)
            throws InterruptedException {
        Wire.dispatch(
                server,
                answer(status, HTML).setHeader("Content-Type", "text/html").build(),
                "processing");
        TaskClient client = wire.client(server, settings -> settings.retry(Wire.QUICK.withMaxAttempts(3)));

        TaskResponseException refusal = refused(client);

        assertThat(refusal.reason()).isEqualTo(Reason.SERVER_ERROR);
        assertThat(refusal.status()).isEqualTo(status);
        assertThat(refusal.isOutcomeUnknown()).isTrue();
        assertThat(refusal.serverMessage()).isNull();
        assertThat(methods(server)).containsExactly("PATCH", "PATCH", "PATCH", "GET");
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 500, 502, 503})
    void a_server_error_that_hides_a_stop_is_a_stop(int status) throws InterruptedException {
        Wire.dispatch(server, json(status, "{\"error\":\"Failed to stop task\"}"), "stopped");

        StopResult result = Wire.result(oneAttempt(), ID);

        assertThat(result).isInstanceOfSatisfying(Stopped.class, stopped -> {
            assertThat(stopped.taskId()).isEqualTo(ID);
            assertThat(stopped.recovered()).isTrue();
        });
        assertThat(methods(server)).containsExactly("PATCH", "GET");
    }

    @Test
    void a_task_that_was_gone_after_an_unknown_outcome_is_not_found() {
        Wire.dispatch(server, request -> json(Wire.isStop(request) ? 500 : 404, "{}"));

        assertThat(Wire.result(oneAttempt(), ID)).isEqualTo(new NotFound(ID));
    }

    @Test
    void a_204_without_a_body_says_yes_without_telling_what_so_the_status_tells() throws InterruptedException {
        MockResponse noContent = new MockResponse.Builder().code(204).build();

        Wire.dispatch(server, noContent, "stopped");
        assertThat(Wire.result(oneAttempt(), ID))
                .isInstanceOfSatisfying(
                        Stopped.class,
                        stopped -> assertThat(stopped.recovered()).isTrue());

        Wire.dispatch(server, noContent, "processing");
        assertThat(Wire.failure(oneAttempt().stop(ID)))
                .isInstanceOfSatisfying(
                        TaskDecodingException.class,
                        unreadable -> assertThat(unreadable.status()).isEqualTo(204));
        assertThat(methods(server)).containsExactly("PATCH", "GET", "PATCH", "GET");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"error\":\"no luck\"}", "{\"error\":{\"code\":\"x\",\"message\":\"no luck\"}}"})
    void the_text_of_an_error_is_read_from_a_string_and_from_an_object(String body) {
        Wire.dispatch(server, json(409, body), "processing");

        TaskResponseException refusal = refused(wire.client(server));

        assertThat(refusal.serverMessage()).isEqualTo("no luck");
        assertThat(refusal.getMessage()).isEqualTo("PATCH /api/tasks/{taskId} answered 409");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{}", "[]", "null", "7", "\"text\"", "{\"error\":7}", "{\"error\":{}}", "{\"error", HTML})
    void a_refusal_with_any_body_is_read_by_its_status(String body) {
        Wire.dispatch(server, json(409, body), "processing");

        TaskResponseException refusal = refused(wire.client(server));

        assertThat(refusal.reason()).isEqualTo(Reason.UNEXPECTED);
        assertThat(refusal.serverMessage()).isNull();
    }
}
