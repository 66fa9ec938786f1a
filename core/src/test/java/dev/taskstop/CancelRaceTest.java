package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;

/** A cancel at the very moment at which the answer arrives. */
class CancelRaceTest {

    private static final int ROUNDS = 500;
    private static final long LATEST_NANOS = TimeUnit.MICROSECONDS.toNanos(400);

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void the_only_connection_is_free_again_and_no_buffer_is_lost(long seed) throws InterruptedException {
        MockResponse halfAnAnswer = Wire.answer(200, Wire.stopped(ID))
                .onResponseBody(SocketEffect.Stall.INSTANCE)
                .build();
        Random random = new Random(seed);
        TaskClient client = wire.client(server, settings -> settings.concurrency(1));

        for (int round = 0; round < ROUNDS; round++) {
            Wire.dispatch(server, request -> halfAnAnswer);
            Disposable stop = client.stop(ID).subscribe();
            assertThat(server.takeRequest(8, TimeUnit.SECONDS))
                    .as("request of round %d", round)
                    .isNotNull();
            LockSupport.parkNanos(random.nextLong(LATEST_NANOS));
            stop.dispose();
        }

        Wire.dispatch(server, Wire::running);
        Wire.value(client.stop("next"));
        assertThat(client.gateState().inFlight()).isZero();
    }
}
