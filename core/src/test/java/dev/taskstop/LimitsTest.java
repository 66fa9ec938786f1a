package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Stopped;
import java.time.Duration;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class LimitsTest {

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    @Test
    void a_client_with_the_defaults_can_be_built() {
        assertThat(TaskClient.builder().apiKey(Wire.KEY).build().gateState().limit())
                .isEqualTo(64);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 17, 1_000, 10_000})
    void every_allowed_concurrency_can_be_built(int concurrency) {
        TaskClient client =
                TaskClient.builder().apiKey(Wire.KEY).concurrency(concurrency).build();

        assertThat(client.gateState().limit()).isEqualTo(concurrency);
    }

    @ParameterizedTest
    @ValueSource(strings = {"completed", "processing"})
    void a_failed_stop_leaves_its_place_once_so_that_the_client_can_be_closed(String state) {
        Wire.dispatch(server, Wire.json("completed".equals(state) ? 400 : 500, "{}"), state);
        TaskClient client = wire.client(server, settings -> settings.retry(Wire.ONCE));

        Wire.failure(client.stop(ID));

        assertThat(client.gateState().inFlight()).isZero();
        StepVerifier.create(client.closeAsync()).expectComplete().verify(Duration.ofSeconds(5));
    }

    @Test
    void a_body_that_is_nested_too_deep_is_unreadable_like_any_other() {
        String deep = "{\"a\":".repeat(1_000) + "1" + "}".repeat(1_000);
        Wire.dispatch(server, Wire.json(200, deep), "stopped");

        assertThat(Wire.result(wire.client(server, settings -> settings.retry(Wire.ONCE)), ID))
                .isInstanceOfSatisfying(
                        Stopped.class,
                        stopped -> assertThat(stopped.recovered()).isTrue());
    }

    @Test
    void a_bulk_stop_that_is_cancelled_by_its_result_leaves_each_place_once() {
        Wire.dispatch(server, Wire::running);
        TaskClient client = wire.client(server, settings -> settings.concurrency(1));

        Wire.values(client.stopAll(Flux.fromIterable(Wire.ids(1_000))).take(3));
        Wire.value(client.stop("next"));

        assertThat(client.gateState().inFlight()).isZero();
    }
}
