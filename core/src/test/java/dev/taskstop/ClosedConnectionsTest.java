package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static dev.taskstop.Wire.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** What a connection held on to is free again when it is closed, however long its client lives. */
class ClosedConnectionsTest {

    private static final int CONNECTIONS = 10;

    /** Of what was closed, mostly no more are in the pool; where more are, until it looks through what is idle. */
    private static final int MAX_IN_POOL = 2;

    private static final Duration UNTIL_THE_POOL_HAS_LOOKED = Duration.ofSeconds(45);

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    /** Reactor Netty's pool keeps the first request of all for as long as it lives. */
    @Test
    void a_connection_that_is_closed_is_not_kept_by_the_exchange_that_it_was_used_for() {
        Wire.dispatch(
                server,
                request -> answer(200, Wire.stopped(ID))
                        .onResponseEnd(new SocketEffect.CloseSocket())
                        .build());
        List<WeakReference<Channel>> connections = new CopyOnWriteArrayList<>();
        TaskClient client = wire.client(
                server,
                builder -> builder.httpClient(http ->
                        http.doOnConnected(connection -> connections.add(new WeakReference<>(connection.channel())))));
        for (int i = 0; i < CONNECTIONS; i++) {
            StepVerifier.create(client.stop(ID))
                    .expectNextCount(1)
                    .expectComplete()
                    .verify(Wire.LIMIT);
        }

        assertThat(connections).hasSizeGreaterThanOrEqualTo(CONNECTIONS);
        StepVerifier.create(Flux.interval(Duration.ofMillis(20))
                        .doOnNext(tick -> System.gc())
                        // The first one above all: that is the one whose exchange is kept.
                        .filter(tick -> connections.get(0).get() == null)
                        .filter(tick -> connections.stream()
                                        .filter(connection -> connection.get() != null)
                                        .count()
                                <= MAX_IN_POOL)
                        .next())
                .expectNextCount(1)
                .expectComplete()
                .verify(UNTIL_THE_POOL_HAS_LOOKED);
    }
}
