package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Stopped;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** How connections are opened over TLS, where the server may turn out to speak HTTP/1.1 only. */
class TlsConnectionsTest {

    private static final int AT_ONCE = 32;
    private static final Duration HANDSHAKE = Duration.ofMillis(200);

    /** Generous: one after the other, the handshakes alone would take a good part of it on an idle machine. */
    private static final Duration LIMIT = Duration.ofSeconds(50);

    @RegisterExtension
    final Wire wire = new Wire();

    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger peak = new AtomicInteger();
    private final AtomicInteger handshaking = new AtomicInteger();
    private final AtomicInteger handshakesAtOnce = new AtomicInteger();

    /** A server of HTTP/1.1 whose handshakes take their time. */
    private RawServer slowServer() throws IOException {
        return new RawServer(RawTls.ADDRESS, RawTls.negotiating("http/1.1"), peer -> {
            opened.incrementAndGet();
            handshakesAtOnce.accumulateAndGet(handshaking.incrementAndGet(), Math::max);
            await(new CountDownLatch(1), HANDSHAKE);
            ((SSLSocket) peer.socket).startHandshake();
            handshaking.decrementAndGet();
            peak.accumulateAndGet(open.incrementAndGet(), Math::max);
            try {
                for (String request = peer.next(); request != null; request = peer.next()) {
                    if (request.contains("/stream")) {
                        peer.say(RawServer.bytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
                                + LogBodies.entries(0, 1)));
                    } else {
                        peer.say(RawServer.json(200, Wire.stopped(Wire.taskId(request.split(" ", -1)[1]))));
                    }
                }
            } finally {
                open.decrementAndGet();
            }
        });
    }

    private static boolean await(CountDownLatch latch, Duration time) {
        try {
            return latch.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<StopResult> results(TaskClient client, int ids) {
        List<StopResult> results = new ArrayList<>();
        StepVerifier.create(client.stopAll(Flux.fromIterable(Wire.ids(ids))).doOnNext(results::add))
                .expectNextCount(ids)
                .expectComplete()
                .verify(LIMIT);
        return results;
    }

    private TaskClient client(RawServer server) {
        return wire.client(
                server.url(),
                settings -> settings.concurrency(AT_ONCE)
                        .requestTimeout(LIMIT)
                        .retry(Wire.ONCE)
                        .httpClient(RawTls.TRUSTING));
    }

    @Test
    void connections_to_a_server_of_HTTP_1_1_open_side_by_side_and_never_more_than_configured() throws IOException {
        try (RawServer server = slowServer()) {
            TaskClient client = client(server);

            List<StopResult> results = results(client, 200);

            assertThat(results).hasSize(200).allMatch(Stopped.class::isInstance);
            assertThat(handshakesAtOnce).hasValueGreaterThan(AT_ONCE / 2);
            assertThat(peak).hasValueLessThanOrEqualTo(AT_ONCE);
        }
    }

    @Test
    void nothing_is_opened_for_stops_that_were_cancelled() throws IOException {
        try (RawServer server = slowServer()) {
            TaskClient client = client(server);
            for (int i = 0; i < 3; i++) {
                CountDownLatch begun = new CountDownLatch(1);
                StepVerifier.create(client.stopAll(Flux.fromIterable(Wire.ids(AT_ONCE)))
                                .doOnSubscribe(subscription -> begun.countDown()))
                        .then(() -> await(begun, Wire.LIMIT))
                        .thenCancel()
                        .verify(Wire.LIMIT);
            }

            List<StopResult> results = results(client, AT_ONCE);

            assertThat(results).hasSize(AT_ONCE).allMatch(Stopped.class::isInstance);
            // One for each that is cancelled at the worst moment, beside those that are used.
            assertThat(opened).hasValueLessThanOrEqualTo(AT_ONCE + 4);
        }
    }

    /** The bodies of a cancelled bulk stop are all in handshakes, so that what it leaves behind can be seen. */
    @Test
    void connections_that_a_cancelled_stop_was_opening_are_used_by_the_next() throws IOException {
        try (RawServer server = slowServer()) {
            TaskClient client = client(server);
            Wire.value(client.stop("first"));
            for (int i = 0; i < 3; i++) {
                StepVerifier.create(client.stopAll(Flux.fromIterable(Wire.ids(AT_ONCE))))
                        .thenCancel()
                        .verify(Wire.LIMIT);
            }

            List<StopResult> results = results(client, AT_ONCE);

            assertThat(results).hasSize(AT_ONCE).allMatch(Stopped.class::isInstance);
            assertThat(opened).hasValueLessThanOrEqualTo(AT_ONCE + 4);
        }
    }

    @Test
    void log_streams_open_side_by_side_too_and_a_stop_does_not_wait_for_them() throws IOException {
        try (RawServer server = slowServer()) {
            TaskClient client = client(server);
            Flux<TaskLogEvent> streams = Flux.fromIterable(Wire.ids(100)).flatMap(client::logs, 100);

            StepVerifier.create(streams)
                    .expectNextCount(100)
                    .then(() -> Wire.value(client.stop("task")))
                    .thenCancel()
                    .verify(LIMIT);

            assertThat(handshakesAtOnce).hasValueGreaterThan(AT_ONCE / 2);
        }
    }
}
