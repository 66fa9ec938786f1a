package dev.taskstop;

import static dev.taskstop.RawHttp2.INITIAL_WINDOW_SIZE;
import static dev.taskstop.RawHttp2.MAX_CONCURRENT_STREAMS;
import static dev.taskstop.RawHttp2.MAX_HEADER_LIST_SIZE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.RawHttp2.Request;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Stopped;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** Whatever an HTTP/2 server does or leaves undone: a stop ends within its attempts, and so does the client. */
class Http2BoundsTest {

    private static final Duration TIMEOUT = Duration.ofMillis(300);
    private static final int ATTEMPTS = 2;

    /** The attempts, the question for the status, and time for a slow machine; a hang lasts for ever. */
    private static final Duration BOUND = TIMEOUT.multipliedBy(ATTEMPTS + 1).plusSeconds(8);

    @RegisterExtension
    final Wire wire = new Wire();

    @SuppressWarnings("ImmutableEnumChecker") // conversations without state
    enum Kind {
        NO_WINDOW(connection -> connection.settings(INITIAL_WINDOW_SIZE, 0).answerAll()),
        WINDOW_OF_TEN(connection -> connection.settings(INITIAL_WINDOW_SIZE, 10).answerAll()),
        CONNECTION_WINDOW_NEVER_REOPENED(connection -> {
            // The first request says how much room it took; nothing is ever given back.
            connection.settings(INITIAL_WINDOW_SIZE, Integer.MAX_VALUE);
            connection.answerAll();
        }),
        WINDOW_OPENED_LATE(connection -> {
            connection.settings(INITIAL_WINDOW_SIZE, 0).notAwaitingBodies();
            for (Request request = connection.next(); request != null; request = connection.next()) {
                connection.frame(RawHttp2.WINDOW_UPDATE, 0, request.stream(), new byte[] {0, 0, 1, 0});
                connection.answerWell(request);
            }
        }),
        HEAD_AND_NO_BODY(connection -> {
            connection.settings();
            for (Request request = connection.next(); request != null; request = connection.next()) {
                connection.head(request, 200, 0);
            }
        }),
        EARLY_HINTS_ONLY(connection -> {
            connection.settings();
            for (Request request = connection.next(); request != null; request = connection.next()) {
                connection.head(request, 103, 0);
            }
        }),
        PROCESSING_BEFORE_THE_ANSWER(connection -> {
            connection.settings();
            for (Request request = connection.next(); request != null; request = connection.next()) {
                connection.head(request, 102, 0).answerWell(request);
            }
        }),
        REFUSED_STREAMS(connection -> {
            connection.settings();
            for (Request request = connection.next(); request != null; request = connection.next()) {
                connection.reset(request, RawHttp2.REFUSED_STREAM);
            }
        }),
        GOAWAY_AT_ONCE(
                connection -> connection.settings().goAway(0, RawHttp2.NO_ERROR).answerAll()),
        GOAWAY_OF_ALL_TO_COME(connection -> connection
                .settings()
                .goAway(Integer.MAX_VALUE, RawHttp2.NO_ERROR)
                .answerAll()),
        GOAWAY_AFTER_EACH_ANSWER(connection -> {
            connection.settings();
            Request request = connection.next();
            if (request != null) {
                connection.answerWell(request).goAway(request.stream(), RawHttp2.NO_ERROR);
            }
            swallow(connection);
        }),
        GOAWAY_BEFORE_EACH_ANSWER(connection -> {
            connection.settings();
            Request request = connection.next();
            if (request != null) {
                connection.goAway(request.stream(), RawHttp2.NO_ERROR).answerWell(request);
            }
            swallow(connection);
        }),
        CALM_DOWN(connection -> {
            connection.settings();
            Request request = connection.next();
            if (request != null) {
                connection.goAway(request.stream(), RawHttp2.ENHANCE_YOUR_CALM);
            }
            swallow(connection);
        }),
        NO_STREAMS(connection -> connection.settings(MAX_CONCURRENT_STREAMS, 0).answerAll()),
        ONE_STREAM(connection -> connection.settings(MAX_CONCURRENT_STREAMS, 1).answerAll()),
        ONE_STREAM_LATER(connection -> {
            connection.settings();
            Request request = connection.next();
            if (request != null) {
                connection
                        .settings(MAX_CONCURRENT_STREAMS, 1)
                        .answerWell(request)
                        .answerAll();
            }
        }),
        NO_STREAMS_LATER(connection -> {
            connection.settings();
            Request request = connection.next();
            if (request != null) {
                connection
                        .settings(MAX_CONCURRENT_STREAMS, 0)
                        .answerWell(request)
                        .answerAll();
            }
        }),
        NO_HEADERS(connection -> connection.settings(MAX_HEADER_LIST_SIZE, 0).answerAll()),
        LATE_SETTINGS(connection -> {
            await(TIMEOUT.dividedBy(2));
            connection.settings().answerAll();
        }),
        NO_SETTINGS(Http2BoundsTest::swallow),
        SILENCE(connection -> {
            connection.settings();
            swallow(connection);
        }),
        NOTHING_READ(connection -> {
            connection.settings();
            await(Duration.ofSeconds(30));
        });

        private final RawHttp2.Conversation conversation;

        Kind(RawHttp2.Conversation conversation) {
            this.conversation = conversation;
        }
    }

    private static void swallow(RawHttp2 connection) throws IOException {
        Request request;
        do {
            request = connection.next();
        } while (request != null);
    }

    private static void await(Duration time) {
        try {
            assertThat(new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS))
                    .isFalse();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static Stream<Arguments> kinds() {
        List<Arguments> all = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            all.add(Arguments.of(kind, false));
            all.add(Arguments.of(kind, true));
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} TLS={1}")
    @MethodSource("kinds")
    void a_stop_ends_and_so_does_the_client(Kind kind, boolean tls) throws IOException {
        try (RawServer server = RawHttp2.server(tls, kind.conversation)) {
            TaskClient client = wire.client(server.url(), settings -> {
                TaskClientBuilder bounded = settings.concurrency(4)
                        .requestTimeout(TIMEOUT)
                        .retry(Wire.QUICK.withMaxAttempts(ATTEMPTS).withBudget(100));
                return tls ? bounded.httpClient(RawTls.TRUSTING) : bounded.http2PriorKnowledge();
            });
            long start = System.nanoTime();

            List<StopResult> results = Wire.values(client.stopAll(Flux.fromIterable(Wire.ids(4))));

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
            assertThat(results).hasSize(4).allMatch(result -> result instanceof Stopped || result instanceof Failed);
            long closing = System.nanoTime();
            Wire.values(client.closeAsync().flux());
            assertThat(Duration.ofNanos(System.nanoTime() - closing)).isLessThan(Duration.ofSeconds(8));
        }
    }

    /** More bodies than the window of a connection holds: each one that stays shut is left for another. */
    @ParameterizedTest(name = "TLS={0}")
    @ValueSource(booleans = {false, true})
    void a_connection_whose_window_is_never_reopened_is_left_for_another(boolean tls) throws IOException {
        try (RawServer server = RawHttp2.server(
                tls,
                connection ->
                        connection.settings(INITIAL_WINDOW_SIZE, 1_000_000).answerAll())) {
            TaskClient client = wire.client(server.url(), settings -> {
                TaskClientBuilder bounded = settings.concurrency(16)
                        .requestTimeout(TIMEOUT)
                        .retry(Wire.QUICK.withMaxAttempts(6).withBudget(1_000));
                return tls ? bounded.httpClient(RawTls.TRUSTING) : bounded.http2PriorKnowledge();
            });

            List<StopResult> results = Wire.values(client.stopAll(Flux.fromIterable(Wire.ids(10_000))));

            assertThat(results).hasSize(10_000).allMatch(Stopped.class::isInstance);
        }
    }
}
