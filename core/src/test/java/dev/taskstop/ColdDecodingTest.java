package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Stopped;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;

/** Tells most in a JVM of its own, before anything was decoded. */
class ColdDecodingTest {

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    private final CountDownLatch missing = new CountDownLatch(Wire.CONCURRENCY);

    @Test
    void the_first_answers_of_all_may_come_at_once() {
        Wire.dispatch(server, this::together);

        List<StopResult> results =
                Wire.values(wire.client(server).stopAll(Flux.fromIterable(Wire.ids(Wire.CONCURRENCY))));

        assertThat(results)
                .hasSize(Wire.CONCURRENCY)
                .allSatisfy(result -> assertThat(result).isInstanceOf(Stopped.class));
    }

    private MockResponse together(RecordedRequest request) {
        missing.countDown();
        try {
            assertThat(missing.await(8, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return Wire.running(request);
    }
}
