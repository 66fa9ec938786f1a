package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.silence;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.ref.WeakReference;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.test.scheduler.VirtualTimeScheduler;

class TaskClientMetricsTest {

    private final StubTransport server = new StubTransport();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private double value(String meter, String client) {
        return registry.get(meter).tag("client", client).gauge().value();
    }

    @Test
    void the_gauges_have_exactly_these_names_and_tags() {
        new TaskClientMetrics(server.client().build()).bindTo(registry);

        assertThat(registry.getMeters())
                .extracting(meter -> meter.getId().getName())
                .containsExactlyInAnyOrder(
                        "taskstop.gate.in.flight",
                        "taskstop.gate.limit",
                        "taskstop.gate.waiting",
                        "taskstop.gate.paused");
        assertThat(registry.getMeters()).allSatisfy(meter -> {
            assertThat(meter).isInstanceOf(Gauge.class);
            assertThat(meter.getId().getTags()).hasToString("[tag(client=default)]");
            assertThat(meter.getId().getDescription()).isNotBlank();
        });
    }

    @Test
    void the_gauges_follow_what_the_client_does() {
        server.onStop(silence());
        TaskClient client = server.client().concurrency(2).build();
        new TaskClientMetrics(client, "a").bindTo(registry);
        Disposable stops = client.stopAll(Flux.just("1", "2", "3", "4", "5")).subscribe();
        client.status("6").subscribe();

        assertThat(value("taskstop.gate.in.flight", "a")).isEqualTo(2);
        assertThat(value("taskstop.gate.limit", "a")).isEqualTo(2);
        assertThat(value("taskstop.gate.waiting", "a")).isPositive();
        assertThat(value("taskstop.gate.paused", "a")).isZero();

        stops.dispose();

        assertThat(value("taskstop.gate.in.flight", "a")).isZero();
        assertThat(value("taskstop.gate.waiting", "a")).isZero();
    }

    @Test
    void a_pause_reads_one_until_it_is_over() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        server.onStop(answer(429, "{}", "Retry-After", "30"), StubTransport.stopped());
        TaskClient client = server.client().scheduler(time).build();
        new TaskClientMetrics(client).bindTo(registry);
        Disposable.Composite stops = Disposables.composite();
        stops.add(client.stop("t1").subscribe());

        assertThat(value("taskstop.gate.paused", "default")).isEqualTo(1);

        time.advanceTimeBy(Duration.ofSeconds(31));

        assertThat(value("taskstop.gate.paused", "default")).isZero();
        assertThat(server.stopRequests()).isEqualTo(2);
    }

    @Test
    void two_clients_are_told_apart_by_their_names() {
        TaskClient one = server.client().concurrency(1).build();
        TaskClient two = server.client().concurrency(2).build();
        new TaskClientMetrics(one, "one").bindTo(registry);
        new TaskClientMetrics(two, "two").bindTo(registry);

        assertThat(value("taskstop.gate.limit", "one")).isEqualTo(1);
        assertThat(value("taskstop.gate.limit", "two")).isEqualTo(2);
    }

    @Test
    void gauges_neither_lose_a_client_that_is_held_nor_hold_one_that_is_not() {
        TaskClient held = server.client().build();
        new TaskClientMetrics(held, "held").bindTo(registry);
        WeakReference<TaskClient> dropped = bound("dropped");

        for (int i = 0; i < 200 && dropped.get() != null; i++) {
            System.gc();
        }

        assertThat(dropped.get()).isNull();
        assertThat(value("taskstop.gate.limit", "dropped")).isNaN();
        assertThat(value("taskstop.gate.limit", "held"))
                .isEqualTo(held.gateState().limit());
        assertThat(registry.getMeters()).extracting(Meter::getId).hasSize(8);
    }

    private WeakReference<TaskClient> bound(String name) {
        TaskClient client = server.client().build();
        new TaskClientMetrics(client, name).bindTo(registry);
        return new WeakReference<>(client);
    }
}
