package dev.taskstop;

import static dev.taskstop.RawHttp2.ENHANCE_YOUR_CALM;
import static dev.taskstop.RawHttp2.NO_ERROR;
import static dev.taskstop.RawHttp2.REFUSED_STREAM;
import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.RawHttp2.Request;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Stopped;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** What a server may say over HTTP/2 besides an answer, and what that means for the request. */
class Http2AnswersTest {

    @RegisterExtension
    final Wire wire = new Wire();

    private final AtomicInteger connections = new AtomicInteger();

    private TaskClient client(RawServer server, boolean tls, UnaryOperator<TaskClientBuilder> settings) {
        return wire.client(server.url(), builder -> {
            TaskClientBuilder patient = builder.retry(Wire.ONCE).requestTimeout(Duration.ofSeconds(9));
            return settings.apply(tls ? patient.httpClient(RawTls.TRUSTING) : patient.http2PriorKnowledge());
        });
    }

    private TaskClient client(RawServer server, boolean tls) {
        return client(server, tls, settings -> settings);
    }

    private interface Answer {
        void say(RawHttp2 connection, Request request) throws IOException;
    }

    private RawServer answering(boolean tls, Answer answer) throws IOException {
        return RawHttp2.server(tls, connection -> {
            connections.incrementAndGet();
            connection.settings();
            for (Request request = connection.next(); request != null; request = connection.next()) {
                answer.say(connection, request);
            }
        });
    }

    private static void assertUnknown(StopResult result) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.error().isOutcomeUnknown()).isTrue());
    }

    private static void assertNeverProcessed(StopResult result) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.error())
                                .isInstanceOfSatisfying(TaskRequestException.class, error -> {
                                    assertThat(error.isOutcomeUnknown()).isFalse();
                                    assertThat(error.reason()).isEqualTo(TaskRequestException.Reason.NOT_PROCESSED);
                                }));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_comes_before_an_answer_is_passed_over(boolean tls) throws IOException {
        try (RawServer server = answering(
                tls,
                (connection, request) -> connection
                        .head(request, 102, 0)
                        .head(request, 100, 0)
                        .head(request, 103, 0)
                        .answerWell(request))) {
            assertThat(Wire.result(client(server, tls), ID)).isInstanceOf(Stopped.class);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_comes_before_an_answer_is_not_one(boolean tls) throws IOException {
        try (RawServer server = answering(
                tls, (connection, request) -> connection.head(request, 103, 0).reset(request, NO_ERROR))) {
            assertUnknown(Wire.result(client(server, tls), ID));
        }
        try (RawServer server = answering(
                tls,
                (connection, request) ->
                        connection.head(request, 103, 0).body(request, Wire.stopped(request.taskId())))) {
            assertUnknown(Wire.result(client(server, tls), ID));
        }
        try (RawServer server =
                answering(tls, (connection, request) -> connection.head(request, 103, RawHttp2.END_STREAM))) {
            assertUnknown(Wire.result(client(server, tls), ID));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void frames_of_an_unknown_type_are_ignored(boolean tls) throws IOException {
        try (RawServer server = answering(
                tls,
                (connection, request) -> connection
                        .unknown(request, "before the head")
                        .head(request, 200, 0)
                        .unknown(request, "{")
                        .frame(
                                RawHttp2.DATA,
                                0,
                                request.stream(),
                                RawServer.bytes(Wire.stopped(request.taskId()).substring(0, 20)))
                        .unknown(request, "in the body")
                        .body(request, Wire.stopped(request.taskId()).substring(20)))) {
            assertThat(Wire.result(client(server, tls), ID)).isInstanceOf(Stopped.class);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_frame_of_an_unknown_type_is_no_body(boolean tls) throws IOException {
        try (RawServer server = answering(
                tls,
                (connection, request) -> connection
                        .head(request, 200, 0)
                        .unknown(request, Wire.stopped(request.taskId()))
                        .body(request, ""))) {
            assertUnknown(Wire.result(client(server, tls), ID));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_stream_that_is_refused_was_never_processed(boolean tls) throws IOException {
        try (RawServer server = answering(tls, (connection, request) -> connection.reset(request, REFUSED_STREAM))) {
            assertNeverProcessed(Wire.result(client(server, tls), ID));
        }
    }

    /** Who has begun to answer has begun to process, whatever it says afterwards. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_stream_that_is_refused_after_its_answer_began_may_have_been_processed(boolean tls) throws IOException {
        try (RawServer server = answering(
                tls, (connection, request) -> connection.head(request, 200, 0).reset(request, REFUSED_STREAM))) {
            assertUnknown(Wire.result(client(server, tls), ID));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_stream_that_is_reset_otherwise_may_have_been_processed(boolean tls) throws IOException {
        for (int error : new int[] {NO_ERROR, 1, 2, 8, ENHANCE_YOUR_CALM}) {
            try (RawServer server = answering(tls, (connection, request) -> connection.reset(request, error))) {
                assertUnknown(Wire.result(client(server, tls), ID));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_refused_stream_is_tried_again_and_costs_no_certainty(boolean tls) throws IOException {
        AtomicInteger refused = new AtomicInteger();
        try (RawServer server = answering(tls, (connection, request) -> {
            if (refused.incrementAndGet() <= 2) {
                connection.reset(request, REFUSED_STREAM);
            } else {
                connection.answerWell(request);
            }
        })) {
            TaskClient client = client(server, tls, settings -> settings.retry(Wire.QUICK));

            assertThat(Wire.result(client, ID))
                    .isInstanceOfSatisfying(
                            Stopped.class,
                            stopped -> assertThat(stopped.recovered()).isFalse());
        }
    }

    /** Three at once; the server has looked at the first of them only. */
    @ParameterizedTest
    @ValueSource(ints = {NO_ERROR, ENHANCE_YOUR_CALM})
    void streams_above_the_last_of_a_GOAWAY_were_never_processed(int error) throws IOException {
        for (boolean tls : new boolean[] {false, true}) {
            List<Request> together = new ArrayList<>();
            try (RawServer server = answering(tls, (connection, request) -> {
                together.add(request);
                if (together.size() == 3) {
                    connection.goAway(together.get(0).stream(), error).answerWell(together.get(0));
                }
            })) {
                TaskClient client = client(server, tls);

                List<StopResult> results = Wire.values(client.stopAll(Flux.just("a", "b", "c")));

                assertThat(results).filteredOn(Stopped.class::isInstance).hasSize(1);
                assertThat(results)
                        .filteredOn(Failed.class::isInstance)
                        .hasSize(2)
                        .allSatisfy(Http2AnswersTest::assertNeverProcessed);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_stream_up_to_the_last_of_a_GOAWAY_may_have_been_processed(boolean tls) throws IOException {
        try (RawServer server = RawHttp2.server(tls, connection -> {
            connection.settings();
            Request request = connection.next();
            if (request != null && request.isStop()) {
                connection.goAway(request.stream(), ENHANCE_YOUR_CALM);
            }
        })) {
            assertUnknown(Wire.result(client(server, tls), ID));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_request_that_the_settings_of_the_server_forbid_was_never_sent(boolean tls) throws IOException {
        try (RawServer server = RawHttp2.server(
                tls,
                connection ->
                        connection.settings(RawHttp2.MAX_HEADER_LIST_SIZE, 0).answerAll())) {
            TaskException failure = Wire.failure(client(server, tls).stop(ID));

            assertThat(failure)
                    .isInstanceOfSatisfying(
                            TaskRequestException.class,
                            error -> assertThat(error.reason()).isEqualTo(TaskRequestException.Reason.NOT_SENT));
            assertThat(failure.isOutcomeUnknown()).isFalse();
        }
    }

    /** A server may know what it answers before it has read all that it is asked. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void an_answer_counts_though_the_server_lets_no_body_through(boolean tls) throws IOException {
        for (int status : new int[] {200, 401, 404}) {
            try (RawServer server = RawHttp2.server(tls, connection -> {
                connection.settings(RawHttp2.INITIAL_WINDOW_SIZE, 0).notAwaitingBodies();
                for (Request request = connection.next(); request != null; request = connection.next()) {
                    connection.answer(request, status, Wire.stopped(request.taskId()));
                }
            })) {
                StopResult result = Wire.result(client(server, tls), ID);

                switch (status) {
                    case 200 -> assertThat(result).isInstanceOf(Stopped.class);
                    case 404 -> assertThat(result).isInstanceOf(NotFound.class);
                    default ->
                        assertThat(result)
                                .isInstanceOfSatisfying(
                                        Failed.class,
                                        failed -> assertThat(failed.error().isOutcomeUnknown())
                                                .isFalse());
                }
            }
        }
    }

    /** With one stream at a time each waits for the one before; nothing waits for a connection that was told to go. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_connection_that_is_told_to_go_is_closed_when_its_streams_have_ended(boolean tls) throws IOException {
        AtomicInteger closed = new AtomicInteger();
        try (RawServer server = RawHttp2.server(tls, connection -> {
            connections.incrementAndGet();
            connection.settings();
            int answered = 0;
            for (Request request = connection.next(); request != null; request = connection.next()) {
                if (answered < 10) {
                    connection.answerWell(request);
                    if (++answered == 10) {
                        connection.goAway(request.stream(), NO_ERROR);
                    }
                }
            }
            closed.incrementAndGet();
        })) {
            TaskClient client =
                    client(server, tls, settings -> settings.concurrency(2).retry(Wire.QUICK.withMaxAttempts(20)));

            List<StopResult> results = Wire.values(client.stopAll(Flux.fromIterable(Wire.ids(200))));

            assertThat(results).hasSize(200).allMatch(Stopped.class::isInstance);
            assertThat(connections).hasValueGreaterThanOrEqualTo(20);
            assertThat(closed.get()).isGreaterThanOrEqualTo(connections.get() - 2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {600, 999, 700})
    void a_status_beyond_those_that_there_are_is_as_good_as_a_5xx(int status) throws IOException {
        AtomicInteger asked = new AtomicInteger();
        try (RawServer server = answering(false, (connection, request) -> {
            if (asked.incrementAndGet() == 1) {
                connection.answer(request, status, "{}");
            } else {
                connection.answerWell(request);
            }
        })) {
            TaskClient client = client(server, false, settings -> settings.retry(Wire.QUICK));

            assertThat(Wire.result(client, ID)).isInstanceOf(Stopped.class);
            assertThat(asked).hasValue(2);
        }
    }
}
