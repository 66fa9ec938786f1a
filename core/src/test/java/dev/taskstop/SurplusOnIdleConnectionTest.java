package dev.taskstop;

import static dev.taskstop.RawServer.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.taskstop.StopResult.Stopped;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.Arguments.ArgumentSet;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.netty.http.client.HttpClient;

/** What comes on a connection that nobody asks anything of ends it, and the next request takes another. */
class SurplusOnIdleConnectionTest {

    private static final String NOT_FOUND = "HTTP/1.1 404 X\r\nContent-Length: 2\r\n\r\n{}";

    @RegisterExtension
    final Wire wire = new Wire();

    static Stream<Arguments> surplus() {
        List<Arguments> all = new ArrayList<>();
        for (boolean tls : new boolean[] {false, true}) {
            String over = tls ? " over TLS" : "";
            all.add(argumentSet("an answer" + over, NOT_FOUND, tls));
            all.add(argumentSet("an answer of HTTP/1.0" + over, "HTTP/1.0 404 X\r\n\r\n", tls));
            all.add(argumentSet("a part of one" + over, NOT_FOUND.substring(0, 7), tls));
            all.add(argumentSet("100" + over, "HTTP/1.1 100 Continue\r\n\r\n", tls));
            all.add(argumentSet("103" + over, "HTTP/1.1 103 Early Hints\r\n\r\n", tls));
            all.add(argumentSet("an empty line" + over, "\r\n", tls));
            all.add(argumentSet("garbage" + over, "\u0000", tls));
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("surplus")
    void ends_it(String surplus, boolean tls) throws Exception {
        AtomicInteger connections = new AtomicInteger();
        CountDownLatch ended = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        RawServer.Conversation conversation = peer -> {
            boolean first = connections.incrementAndGet() == 1;
            for (String request = peer.next(); request != null; request = peer.next()) {
                peer.say(RawServer.json(200, Wire.stopped(Wire.taskId(request.split(" ", -1)[1]))));
                if (first) {
                    await(answered);
                    peer.say(bytes(surplus));
                    if (peer.isGone()) {
                        ended.countDown();
                    }
                    return;
                }
            }
        };
        try (RawServer server = tls
                ? new RawServer(RawTls.ADDRESS, RawTls.negotiating("http/1.1"), conversation)
                : new RawServer(conversation)) {
            TaskClient client = wire.client(
                    server.url(),
                    settings ->
                            settings.concurrency(1).retry(Wire.ONCE).httpClient(tls ? RawTls.TRUSTING : http -> http));
            assertThat(Wire.result(client, "first")).isInstanceOf(Stopped.class);
            answered.countDown();
            assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();

            assertThat(Wire.result(client, "next")).isInstanceOf(Stopped.class);

            assertThat(connections).hasValue(2);
        }
    }

    /** Over TLS on kept connections only: a new one is not there before the client's thread goes on. */
    static Stream<Arguments> early() {
        return surplus()
                .map(ArgumentSet.class::cast)
                .flatMap(one -> (boolean) one.get()[1]
                        ? Stream.of(earlier(one, true))
                        : Stream.of(earlier(one, false), earlier(one, true)));
    }

    private static Arguments earlier(ArgumentSet surplus, boolean kept) {
        Object[] bytesAndTls = surplus.get();
        String on = kept ? ", on a connection that was kept" : ", on a new connection";
        return argumentSet(surplus.getName() + on, bytesAndTls[0], bytesAndTls[1], kept);
    }

    /** The client's thread does not read before it is there, as when there is much else to do. */
    @ParameterizedTest
    @MethodSource("early")
    void is_no_answer_to_a_request_that_is_still_to_be_written(String surplus, boolean tls, boolean kept)
            throws Exception {
        // Over TLS the first connection is for one exchange.
        int which = tls && kept ? 2 : 1;
        AtomicInteger connections = new AtomicInteger();
        CountDownLatch toBeWritten = new CountDownLatch(1);
        AtomicBoolean said = new AtomicBoolean();
        RawServer.Conversation conversation = peer -> {
            boolean early = connections.incrementAndGet() == which;
            String last = early ? "second" : "next";
            if (!early || kept) {
                answerUpTo(last, peer);
            }
            if (early) {
                await(toBeWritten);
                try {
                    peer.say(bytes(surplus));
                } finally {
                    said.set(true);
                }
                peer.next();
            }
        };
        try (RawServer server = tls
                ? new RawServer(RawTls.ADDRESS, RawTls.negotiating("http/1.1"), conversation)
                : new RawServer(conversation)) {
            UnaryOperator<HttpClient> busy = http -> http.doOnRequest((request, connection) -> {
                if (request.uri().endsWith("next")) {
                    toBeWritten.countDown();
                    long start = System.nanoTime();
                    boolean arrived;
                    do {
                        arrived = said.get();
                    } while (!arrived && System.nanoTime() - start < Wire.LIMIT.toNanos() / 2);
                }
            });
            TaskClient client = wire.client(
                    server.url(),
                    settings -> settings.concurrency(1)
                            .retry(Wire.QUICK.withMaxAttempts(2))
                            .httpClient(tls ? RawTls.TRUSTING : http -> http)
                            .httpClient(busy));
            if (kept) {
                assertThat(Wire.result(client, "first")).isInstanceOf(Stopped.class);
                assertThat(Wire.result(client, "second")).isInstanceOf(Stopped.class);
            }

            StopResult next = Wire.result(client, "next");

            assertThat(next)
                    .isInstanceOfSatisfying(
                            Stopped.class,
                            stopped -> assertThat(stopped.recovered()).isFalse());
            assertThat(server.requests).hasSize(kept ? 3 : 1);
            assertThat(connections).hasValue(which + 1);
        }
    }

    private static void answerUpTo(String last, RawServer.Peer peer) throws IOException {
        String id = "";
        for (String request = peer.next(); request != null; request = id.equals(last) ? null : peer.next()) {
            id = Wire.taskId(request.split(" ", -1)[1]);
            peer.say(RawServer.json(200, Wire.stopped(id)));
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
