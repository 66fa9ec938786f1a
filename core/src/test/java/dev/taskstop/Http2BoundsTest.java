package dev.taskstop;

import static dev.taskstop.RawHttp2.INITIAL_WINDOW_SIZE;
import static dev.taskstop.RawHttp2.MAX_CONCURRENT_STREAMS;
import static dev.taskstop.RawHttp2.MAX_HEADER_LIST_SIZE;
import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.taskstop.RawHttp2.Request;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Stopped;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Whatever an HTTP/2 server does or leaves undone: a stop ends within its attempts, and so does the client. */
class Http2BoundsTest {

    private static final Duration TIMEOUT = Duration.ofMillis(300);
    private static final int ATTEMPTS = 2;

    /** The attempts, the question for the status, and time for a slow machine; a hang lasts for ever. */
    private static final Duration BOUND = TIMEOUT.multipliedBy(ATTEMPTS + 1).plusSeconds(8);

    @RegisterExtension
    final Wire wire = new Wire();

    private static Map<String, RawHttp2.Conversation> conversations() {
        Map<String, RawHttp2.Conversation> kinds = new LinkedHashMap<>();
        kinds.put(
                "no window",
                connection -> connection.settings(INITIAL_WINDOW_SIZE, 0).answerAll());
        kinds.put(
                "window of ten",
                connection -> connection.settings(INITIAL_WINDOW_SIZE, 10).answerAll());
        kinds.put("window opened late", connection -> {
            connection.settings(INITIAL_WINDOW_SIZE, 0).notAwaitingBodies();
            for (Request request = connection.next(); request != null; request = connection.next()) {
                connection.frame(RawHttp2.WINDOW_UPDATE, 0, request.stream(), new byte[] {0, 0, 1, 0});
                connection.answerWell(request);
            }
        });
        kinds.put("head and no body", connection -> {
            connection.settings();
            for (Request request = connection.next(); request != null; request = connection.next()) {
                connection.head(request, 200, 0);
            }
        });
        kinds.put("early hints only", connection -> {
            connection.settings();
            for (Request request = connection.next(); request != null; request = connection.next()) {
                connection.head(request, 103, 0);
            }
        });
        kinds.put("processing before the answer", connection -> {
            connection.settings();
            for (Request request = connection.next(); request != null; request = connection.next()) {
                connection.head(request, 102, 0).answerWell(request);
            }
        });
        kinds.put("refused streams", connection -> {
            connection.settings();
            for (Request request = connection.next(); request != null; request = connection.next()) {
                connection.reset(request, RawHttp2.REFUSED_STREAM);
            }
        });
        kinds.put(
                "goaway at once",
                connection -> connection.settings().goAway(0, RawHttp2.NO_ERROR).answerAll());
        kinds.put(
                "goaway of all to come",
                connection -> connection
                        .settings()
                        .goAway(Integer.MAX_VALUE, RawHttp2.NO_ERROR)
                        .answerAll());
        kinds.put("goaway after each answer", connection -> {
            connection.settings();
            Request request = connection.next();
            if (request != null) {
                connection.answerWell(request).goAway(request.stream(), RawHttp2.NO_ERROR);
            }
            swallow(connection);
        });
        kinds.put("goaway before each answer", connection -> {
            connection.settings();
            Request request = connection.next();
            if (request != null) {
                connection.goAway(request.stream(), RawHttp2.NO_ERROR).answerWell(request);
            }
            swallow(connection);
        });
        kinds.put("calm down", connection -> {
            connection.settings();
            Request request = connection.next();
            if (request != null) {
                connection.goAway(request.stream(), RawHttp2.ENHANCE_YOUR_CALM);
            }
            swallow(connection);
        });
        kinds.put(
                "no streams",
                connection -> connection.settings(MAX_CONCURRENT_STREAMS, 0).answerAll());
        kinds.put(
                "one stream",
                connection -> connection.settings(MAX_CONCURRENT_STREAMS, 1).answerAll());
        kinds.put("one stream later", connection -> {
            connection.settings();
            Request request = connection.next();
            if (request != null) {
                connection
                        .settings(MAX_CONCURRENT_STREAMS, 1)
                        .answerWell(request)
                        .answerAll();
            }
        });
        kinds.put("no streams later", connection -> {
            connection.settings();
            Request request = connection.next();
            if (request != null) {
                connection
                        .settings(MAX_CONCURRENT_STREAMS, 0)
                        .answerWell(request)
                        .answerAll();
            }
        });
        kinds.put(
                "no headers",
                connection -> connection.settings(MAX_HEADER_LIST_SIZE, 0).answerAll());
        kinds.put("late settings", connection -> {
            await(TIMEOUT.dividedBy(2));
            connection.settings().answerAll();
        });
        kinds.put("no settings", Http2BoundsTest::swallow);
        kinds.put("silence", connection -> {
            connection.settings();
            swallow(connection);
        });
        kinds.put("nothing read", connection -> {
            connection.settings();
            await(Duration.ofSeconds(30));
        });
        return kinds;
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
        return conversations().entrySet().stream()
                .flatMap(kind -> Stream.of(
                        argumentSet(kind.getKey(), kind.getValue(), false),
                        argumentSet(kind.getKey() + " over TLS", kind.getValue(), true)));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void a_stop_ends_and_so_does_the_client(RawHttp2.Conversation kind, boolean tls) throws IOException {
        try (RawServer server = RawHttp2.server(tls, kind)) {
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

    /** Three bodies of this size fit into the window of a connection, which nobody opens again. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_connection_that_lets_nothing_more_through_is_left_for_another(boolean tls) throws IOException {
        AtomicInteger connections = new AtomicInteger();
        try (RawServer server = RawHttp2.server(tls, connection -> {
            connections.incrementAndGet();
            connection.settings().answerAll();
        })) {
            Origin origin = new Origin(server.url(), "", false);
            TaskTransport transport = new NettyTransport(
                    origin, !tls, 4, Wire.LIMIT, Duration.ofSeconds(3), tls ? RawTls.TRUSTING : http -> http);
            TaskRequest large = origin.request("PATCH", "/api/tasks/" + ID, "/", new byte[20_000], 10_000)
                    .withAuthorization("Bearer " + Wire.KEY);

            Flux<String> outcomes = Flux.range(0, 7)
                    .concatMap(i -> transport
                            .exchange(large)
                            .map(TaskResponse::toString)
                            .onErrorResume(
                                    TaskRequestException.class,
                                    lost -> Mono.just(lost.reason().toString())));

            StepVerifier.create(outcomes)
                    .expectNext("HTTP 200", "HTTP 200", "HTTP 200", "NO_ANSWER")
                    .expectNext("HTTP 200", "HTTP 200", "HTTP 200")
                    .expectComplete()
                    .verify(Duration.ofSeconds(30));
            assertThat(connections).hasValue(2);
            StepVerifier.create(transport.closeAsync()).expectComplete().verify(Wire.LIMIT);
        }
    }
}
