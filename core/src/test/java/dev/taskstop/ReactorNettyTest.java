package dev.taskstop;

import static dev.taskstop.RawServer.bytes;
import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.taskstop.RawHttp2.Request;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.test.StepVerifier;

/**
 * What Reactor Netty does not do by itself, and is done here by hand. A test that fails says that it has learnt it, and
 * what may then go.
 */
class ReactorNettyTest {

    private static final String GOOD = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

    private final ConnectionProvider one = ConnectionProvider.create("one", 1);

    @AfterEach
    void end() {
        one.disposeLater().subscribe();
    }

    private HttpClient client(RawServer server, HttpProtocol protocol) {
        return HttpClient.create(one)
                .baseUrl(server.url().toString())
                .protocol(protocol)
                .disableRetry(true);
    }

    private static Mono<Integer> status(HttpClient client) {
        return client.get()
                .uri("/")
                .responseSingle((head, body) -> body.thenReturn(head.status().code())
                        .defaultIfEmpty(head.status().code()));
    }

    private static Mono<String> body(HttpClient client) {
        return client.get().uri("/").responseSingle((head, body) -> body.asString());
    }

    private static RawServer answeringHttp2(Http2Answer answer) throws IOException {
        return RawHttp2.server(false, connection -> {
            connection.settings();
            for (Request request = connection.next(); request != null; request = connection.next()) {
                answer.say(connection, request);
            }
        });
    }

    private interface Http2Answer {
        void say(RawHttp2 connection, Request request) throws IOException;
    }

    @Test
    void it_takes_a_surplus_answer_for_the_next_one_so_NettyHttp1Codec_is_needed() throws IOException {
        byte[] twice = bytes(GOOD + GOOD.replace("200", "404"));
        try (RawServer server = RawServer.answering(request -> twice)) {
            HttpClient client = client(server, HttpProtocol.HTTP11);

            List<Integer> statuses = Wire.values(Flux.range(0, 50).concatMap(i -> status(client)));

            assertThat(statuses).contains(404);
        }
    }

    @Test
    void it_takes_a_103_for_the_answer_so_NettyHttp1Codec_and_NettyHttp2Stream_are_needed() throws IOException {
        byte[] hints = bytes("HTTP/1.1 103 Early Hints\r\n\r\n" + GOOD);
        try (RawServer server = RawServer.answering(request -> hints)) {
            assertThat(Wire.value(status(client(server, HttpProtocol.HTTP11)))).isEqualTo(103);
        }
        try (RawServer server = answeringHttp2(
                (connection, request) -> connection.head(request, 103, 0).answer(request, 200, "{}"))) {
            assertThat(Wire.value(status(client(server, HttpProtocol.H2C)))).isEqualTo(103);
        }
    }

    @Test
    void it_takes_what_a_frame_of_unknown_type_holds_for_content_so_NettyHttp2Stream_is_needed() throws IOException {
        try (RawServer server = answeringHttp2((connection, request) ->
                connection.head(request, 200, 0).unknown(request, "not ").body(request, "content"))) {
            assertThat(Wire.value(body(client(server, HttpProtocol.H2C)))).isEqualTo("not content");
        }
    }

    @Test
    void it_does_not_say_that_a_stream_was_refused_so_NettyHttp2Stream_is_needed() throws IOException {
        try (RawServer server =
                answeringHttp2((connection, request) -> connection.reset(request, RawHttp2.REFUSED_STREAM))) {
            AtomicReference<Throwable> failure = new AtomicReference<>();
            StepVerifier.create(status(client(server, HttpProtocol.H2C)))
                    .expectErrorSatisfies(failure::set)
                    .verify(Wire.LIMIT);

            assertThat(failure.get()).hasNoCause();
            assertThat(String.valueOf(failure.get())).doesNotContainIgnoringCase("refused");
        }
    }

    @Test
    void it_leaves_a_connection_open_that_was_told_to_go_so_NettyHttp2Connection_is_needed() throws Exception {
        AtomicReference<Throwable> ended = new AtomicReference<>();
        CountDownLatch looked = new CountDownLatch(1);
        try (RawServer server = new RawServer(peer -> {
            ended.set(catchThrowable(() -> {
                RawHttp2 connection = RawHttp2.on(peer).settings();
                Request request = connection.next();
                if (request != null) {
                    connection.answer(request, 200, "{}").goAway(request.stream(), RawHttp2.NO_ERROR);
                }
                peer.socket.setSoTimeout(1_000);
                peer.in.readAllBytes();
            }));
            looked.countDown();
        })) {
            Wire.value(status(client(server, HttpProtocol.H2C)));

            assertThat(looked.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(ended.get()).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void its_time_out_does_not_cover_the_writing_so_NettyDeadlines_is_needed() throws IOException {
        try (RawServer server = RawHttp2.server(
                false,
                connection ->
                        connection.settings(RawHttp2.INITIAL_WINDOW_SIZE, 0).answerAll())) {
            Mono<String> answer = client(server, HttpProtocol.H2C)
                    .responseTimeout(Duration.ofMillis(100))
                    .post()
                    .uri("/")
                    .send(ByteBufFlux.fromString(Mono.just(ID)))
                    .responseSingle((head, body) -> body.asString());

            StepVerifier.create(answer.timeout(Duration.ofSeconds(2)))
                    .expectError(TimeoutException.class)
                    .verify(Wire.LIMIT);
        }
    }

    @Test
    void it_gives_a_connection_to_who_has_gone_so_NettyPool_is_needed() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        try (RawServer server = new RawServer(peer -> {
            connections.incrementAndGet();
            for (String request = peer.next(); request != null; request = peer.next()) {
                asked.countDown();
                try {
                    answer.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                peer.say(bytes(GOOD));
            }
        })) {
            HttpClient client = client(server, HttpProtocol.HTTP11);
            Mono<Integer> first = status(client).cache();
            Disposable running = first.subscribe();
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            status(client).subscribe().dispose();
            answer.countDown();
            Wire.value(first);

            Wire.value(status(client));

            assertThat(running.isDisposed()).isTrue();
            assertThat(connections).hasValue(2);
        }
    }
}
