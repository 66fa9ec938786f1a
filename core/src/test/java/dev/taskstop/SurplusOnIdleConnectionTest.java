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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

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

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
