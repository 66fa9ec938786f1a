package dev.taskstop;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;

/**
 * Gauges of the bound on requests in flight, as {@link TaskClient#gateState()} tells it:
 * {@code taskstop.gate.in.flight}, {@code taskstop.gate.limit} and {@code taskstop.gate.waiting} in requests, and
 * {@code taskstop.gate.paused}, which is 1 while nothing is sent because the server asked for a pause, else 0. Each has
 * the tag {@code client}.
 *
 * <p>A meter registry does not keep the client alive: once nobody else holds it, its gauges read NaN.
 */
public final class TaskClientMetrics implements MeterBinder {

    private final TaskClient client;
    private final String name;

    /**
     * Creates the gauges of the only client, with the tag {@code client=default}.
     *
     * @param client the client
     */
    public TaskClientMetrics(TaskClient client) {
        this(client, "default");
    }

    /**
     * Creates the gauges of one client among others. Two with one name in one registry are one gauge, that of the first.
     *
     * @param client the client
     * @param name the value of the tag {@code client}
     */
    public TaskClientMetrics(TaskClient client, String name) {
        this.client = requireNonNull(client, "client");
        this.name = requireNonNull(name, "name");
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge("taskstop.gate.in.flight", "Requests on their way", GateState::inFlight)
                .baseUnit("requests")
                .register(registry);
        gauge("taskstop.gate.limit", "Requests that may be on their way at once", GateState::limit)
                .baseUnit("requests")
                .register(registry);
        gauge("taskstop.gate.waiting", "Requests that wait for their turn", GateState::waiting)
                .baseUnit("requests")
                .register(registry);
        gauge(
                        "taskstop.gate.paused",
                        "1 while the server wants a pause",
                        state -> state.pause().isZero() ? 0 : 1)
                .register(registry);
    }

    /** Asks the client itself, which its owner holds; a snapshot would be collected, and the gauge with it. */
    private Gauge.Builder<TaskClient> gauge(String meter, String description, ToDoubleFunction<GateState> value) {
        return Gauge.builder(meter, client, holder -> value.applyAsDouble(holder.gateState()))
                .description(description)
                .tag("client", name);
    }
}
