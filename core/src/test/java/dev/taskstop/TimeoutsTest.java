package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static dev.taskstop.Wire.answer;
import static dev.taskstop.Wire.methods;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Stopped;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TimeoutsTest {

    private static final Duration TIMEOUT = Duration.ofMillis(300);

    private static final MockResponse SILENCE =
            answer(200, "").onResponseStart(SocketEffect.Stall.INSTANCE).build();

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    private TaskClient oneAttempt() {
        return wire.client(server, settings -> settings.requestTimeout(TIMEOUT).retry(Wire.ONCE));
    }

    /** That it fails is what shows the time-out: the servers here never end an answer, or do so after the limit. */
    private void assertGivenUp(MockResponse toStop) throws InterruptedException {
        Wire.dispatch(server, toStop, "processing");
        TaskClient client = oneAttempt();

        long start = System.nanoTime();
        TaskException failure = Wire.failure(client.stop(ID));

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(TIMEOUT);
        assertThat(failure).isInstanceOf(TaskRequestException.class).hasMessageContaining("got no answer");
        assertThat(failure.isOutcomeUnknown()).isTrue();
        assertThat(methods(server)).containsExactly("PATCH", "GET");
    }

    @Test
    void a_server_that_never_answers_is_given_up_after_the_time_out() throws InterruptedException {
        assertGivenUp(SILENCE);
    }

    @Test
    void an_answer_that_stops_in_the_middle_is_given_up_after_the_time_out() throws InterruptedException {
        assertGivenUp(answer(200, Wire.stopped(ID))
                .onResponseBody(SocketEffect.Stall.INSTANCE)
                .build());
    }

    @Test
    void a_body_that_drips_longer_than_the_time_out_in_all_is_given_up() throws InterruptedException {
        assertGivenUp(answer(200, Wire.stopped(ID))
                .throttleBody(1, 50, TimeUnit.MILLISECONDS)
                .build());
    }

    @Test
    void a_refusal_whose_body_drips_is_given_up_too() throws InterruptedException {
        assertGivenUp(answer(404, "{\"error\":\"" + "x".repeat(1_000) + "\"}")
                .throttleBody(1, 50, TimeUnit.MILLISECONDS)
                .build());
    }

    @Test
    void a_body_that_drips_within_the_time_out_is_read() {
        Wire.dispatch(
                server,
                answer(200, Wire.stopped(ID))
                        .throttleBody(100, 10, TimeUnit.MILLISECONDS)
                        .build(),
                "processing");
        TaskClient patient = wire.client(server, settings -> settings.requestTimeout(Duration.ofSeconds(8)));

        assertThat(Wire.value(patient.stop(ID)).taskId()).isEqualTo(ID);
    }

    @Test
    void a_stop_that_worked_and_never_answered_is_a_stop() throws InterruptedException {
        Wire.dispatch(server, SILENCE, "stopped");

        assertThat(Wire.result(oneAttempt(), ID))
                .isInstanceOfSatisfying(
                        Stopped.class,
                        stopped -> assertThat(stopped.recovered()).isTrue());
        assertThat(methods(server)).containsExactly("PATCH", "GET");
    }

    @Test
    void a_customizer_cannot_take_the_time_out_away() {
        Wire.dispatch(server, request -> SILENCE);
        TaskClient client = wire.client(
                server,
                settings ->
                        settings.requestTimeout(TIMEOUT).httpClient(http -> http.responseTimeout(Duration.ofHours(1))));

        long start = System.nanoTime();
        TaskException failure = Wire.failure(client.status(ID));

        assertThat(failure.isOutcomeUnknown()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(TIMEOUT);
    }

    @Test
    void when_the_status_is_lost_as_well_the_failure_says_so() {
        Wire.dispatch(server, request -> SILENCE);

        TaskException failure = Wire.failure(oneAttempt().stop(ID));

        assertThat(failure.isOutcomeUnknown()).isTrue();
        assertThat(failure.getSuppressed())
                .hasOnlyOneElementSatisfying(
                        status -> assertThat(status).hasMessageStartingWith("GET /api/tasks/{taskId}/status got no"));
    }
}
