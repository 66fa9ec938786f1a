package dev.taskstop;

import static dev.taskstop.LogBodies.entries;
import static dev.taskstop.LogBodies.fromIndex;
import static dev.taskstop.LogBodies.stream;
import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.TaskLogEvent.Log;
import dev.taskstop.TaskResponseException.Reason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class LogsOnTheWireTest {

    private static final String COMPLETE = StubLogs.complete("completed");

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    private static Flux<Long> indices(Flux<TaskLogEvent> events) {
        return events.ofType(Log.class).map(Log::index);
    }

    @Test
    void a_log_is_asked_for_as_documented_and_read_to_its_end() {
        Wire.dispatch(
                server,
                request -> stream(Fixtures.read("GET_stream_completed.sse")).build());

        List<TaskLogEvent> events = Wire.values(wire.client(server).logs("Kq3vT_8mZ-1xWc7RbN0ya"));

        assertThat(events).hasSize(9).last().isInstanceOf(TaskLogEvent.Complete.class);
        assertThat(events.get(4))
                .isInstanceOfSatisfying(
                        Log.class, log -> assertThat(log.message()).isEqualTo("**Reading**\n\nthe code"));
    }

    @Test
    void the_request_has_the_key_and_says_that_it_takes_events() throws InterruptedException {
        Wire.dispatch(server, request -> stream(COMPLETE).build());

        Wire.values(wire.client(server).logs(ID, 5));

        assertThat(Wire.requests(server)).singleElement().satisfies(request -> {
            assertThat(request.getRequestLine())
                    .isEqualTo("GET /api/tasks/" + ID + "/stream?fromIndex=5&includeStatus=true HTTP/1.1");
            assertThat(request.getHeaders().values("Accept")).containsExactly("text/event-stream");
            assertThat(request.getHeaders().values("Authorization")).containsExactly("Bearer " + Wire.KEY);
        });
    }

    @Test
    void however_often_the_connection_is_cut_each_index_comes_once_and_in_order() {
        AtomicInteger openings = new AtomicInteger();
        Wire.dispatch(server, request -> {
            String rest = entries(fromIndex(request), 400) + COMPLETE;
            return openings.incrementAndGet() > 6
                    ? stream(rest).build()
                    : stream(rest)
                            .onResponseBody(new SocketEffect.CloseSocket())
                            .build();
        });

        List<Long> indices = Wire.values(indices(wire.client(server).logs(ID)));

        assertThat(indices).isEqualTo(LongStream.range(0, 400).boxed().toList());
        assertThat(openings).hasValue(7);
    }

    @ParameterizedTest
    @CsvSource({"401,UNAUTHORIZED", "403,FORBIDDEN", "404,NOT_FOUND", "500,SERVER_ERROR", "302,UNEXPECTED"})
    void a_refusal_is_read_as_that_of_any_call(int status, Reason reason) {
        Wire.dispatch(
                server,
                request -> Wire.answer(status, "{\"error\":\"no\"}")
                        .addHeader("Location", "/elsewhere")
                        .build());

        assertThat(Wire.failure(wire.client(server, settings -> settings.retry(Wire.ONCE))
                        .logs(ID)))
                .isInstanceOfSatisfying(TaskResponseException.class, answer -> {
                    assertThat(answer.reason()).isEqualTo(reason);
                    assertThat(answer.serverMessage()).isEqualTo("no");
                });
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void a_page_in_the_place_of_a_stream_is_an_error_at_once() {
        Wire.dispatch(
                server,
                request -> Wire.answer(200, "<html/>")
                        .setHeader("Content-Type", "text/html")
                        .build());

        assertThat(Wire.failure(wire.client(server).logs(ID))).isInstanceOf(TaskDecodingException.class);
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void an_event_that_never_ends_is_an_error_at_once() {
        Wire.dispatch(
                server,
                request -> stream("event: log\ndata: " + "x".repeat(1_000_000)).build());

        assertThat(Wire.failure(wire.client(server).logs(ID)))
                .isInstanceOf(TaskDecodingException.class)
                .hasMessageContaining("65536");
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void a_stream_that_is_silent_for_longer_than_a_request_may_take_goes_on() {
        Wire.dispatch(
                server,
                request -> stream(entries(0, 1) + COMPLETE)
                        .throttleBody(100, 1_500, TimeUnit.MILLISECONDS)
                        .build());
        TaskClient client = wire.client(
                server,
                settings -> settings.requestTimeout(Duration.ofMillis(800)).retry(Wire.ONCE));

        assertThat(Wire.values(client.logs(ID))).hasSize(2);
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void an_answer_that_does_not_begin_is_given_up_like_that_of_any_request() {
        Wire.dispatch(
                server,
                request -> stream(COMPLETE)
                        .onResponseStart(SocketEffect.Stall.INSTANCE)
                        .build());
        TaskClient client = wire.client(
                server,
                settings -> settings.requestTimeout(Duration.ofMillis(200)).retry(Wire.ONCE));

        assertThat(Wire.failure(client.logs(ID)))
                .isInstanceOf(TaskRequestException.class)
                .hasMessageContaining("ReadTimeoutException");
    }

    @Test
    void where_nobody_listens_nothing_was_sent() throws Exception {
        server.close();

        assertThat(Wire.failure(wire.client(server).logs(ID)))
                .isInstanceOf(TaskRequestException.class)
                .hasMessageContaining("GET /api/tasks/{taskId}/stream was not sent");
    }

    @Test
    void one_that_takes_slowly_slows_the_server_and_one_that_cancels_is_gone() throws InterruptedException {
        LogBodies.Endless body = new LogBodies.Endless();
        AtomicLong before = new AtomicLong();
        Wire.dispatch(server, request -> stream(body));

        StepVerifier.create(indices(wire.client(server).logs(ID)), 10)
                .expectNext(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L)
                .expectNoEvent(Duration.ofSeconds(1))
                .then(() -> before.set(body.written.get()))
                .expectNoEvent(Duration.ofMillis(300))
                .then(() -> assertThat(body.written).hasValue(before.get()))
                .thenRequest(5_000)
                .expectNextCount(5_000)
                .then(() -> assertThat(body.written).hasValueGreaterThan(before.get()))
                .thenCancel()
                .verify(Duration.ofSeconds(45));

        assertThat(body.closed.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(server.getRequestCount()).isEqualTo(1);
    }
}
