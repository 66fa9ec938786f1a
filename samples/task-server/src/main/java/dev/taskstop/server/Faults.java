package dev.taskstop.server;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How often which fault happens. The choice is a function of the server's seed, the task and the number of the request
 * for that task: a run can be repeated whatever the interleaving.
 *
 * @param rates the share of requests by kind, each from 0 to 1, together at most 1
 * @param scope the routes that are affected
 * @param latency the delay of {@link FaultKind#LATENCY}
 * @param oversizedBytes the size of a body of {@link FaultKind#OVERSIZED}
 * @param surplusStatus the HTTP status of the second answer of {@link FaultKind#SURPLUS}; 0 for 200, 400, 401 or 404, as
 *     the seed chooses
 */
public record Faults(
        Map<FaultKind, Double> rates, Scope scope, Duration latency, int oversizedBytes, int surplusStatus) {

    /** Which routes have faults. */
    public enum Scope {
        /** Only stop. */
        STOP,
        /** Stop and status. */
        STOP_AND_STATUS,
        /** All routes but the streams. */
        ALL
    }

    /**
     * Checks the values and copies the map.
     *
     * @throws IllegalArgumentException when a value is out of range
     */
    public Faults {
        rates.forEach((kind, rate) -> {
            if (!(rate >= 0 && rate <= 1)) {
                throw new IllegalArgumentException("the rate of " + kind + " must be between 0 and 1: " + rate);
            }
        });
        double sum = rates.values().stream().mapToDouble(Double::doubleValue).sum();
        if (sum > 1 + 1e-9) {
            throw new IllegalArgumentException("the fault rates add up to more than 1: " + sum);
        }
        Lifecycle.requireDuration("the latency", latency);
        if (oversizedBytes < 1 || oversizedBytes > 1 << 28) {
            throw new IllegalArgumentException("the oversized body must be of 1 B to 256 MiB: " + oversizedBytes);
        }
        if (surplusStatus != 0 && (surplusStatus < 200 || surplusStatus > 599)) {
            throw new IllegalArgumentException("the status of a surplus answer is 200 to 599, or 0: " + surplusStatus);
        }
        rates = Map.copyOf(rates);
    }

    /**
     * Faults with surplus answers of any kind.
     *
     * @param rates the share of requests by kind
     * @param scope the routes that are affected
     * @param latency the delay of {@link FaultKind#LATENCY}
     * @param oversizedBytes the size of a body of {@link FaultKind#OVERSIZED}
     */
    public Faults(Map<FaultKind, Double> rates, Scope scope, Duration latency, int oversizedBytes) {
        this(rates, scope, latency, oversizedBytes, 0);
    }

    /**
     * No faults; the latency, when a rate is set for it, is 1 s, and an oversized body has 2 MiB.
     *
     * @return the faults, to be changed with the {@code with…} methods
     */
    public static Faults none() {
        return new Faults(Map.of(), Scope.STOP, Duration.ofSeconds(1), 2 << 20);
    }

    /**
     * Changes the rate of a kind.
     *
     * @param kind the kind
     * @param rate the share of requests, 0 to 1
     * @return new faults
     */
    public Faults with(FaultKind kind, double rate) {
        Map<FaultKind, Double> changed = new EnumMap<>(FaultKind.class);
        changed.putAll(rates);
        changed.put(kind, rate);
        return new Faults(changed, scope, latency, oversizedBytes, surplusStatus);
    }

    /**
     * Changes the affected routes.
     *
     * @param affected the routes
     * @return new faults
     */
    public Faults withScope(Scope affected) {
        return new Faults(rates, affected, latency, oversizedBytes, surplusStatus);
    }

    /**
     * Changes the delay of {@link FaultKind#LATENCY}.
     *
     * @param delay zero or more
     * @return new faults
     */
    public Faults withLatency(Duration delay) {
        return new Faults(rates, scope, delay, oversizedBytes, surplusStatus);
    }

    /**
     * Changes the size of an oversized body.
     *
     * @param bytes 1 to 2^28
     * @return new faults
     */
    public Faults withOversizedBytes(int bytes) {
        return new Faults(rates, scope, latency, bytes, surplusStatus);
    }

    /**
     * Changes the second answer of {@link FaultKind#SURPLUS}.
     *
     * @param status its HTTP status, 200 to 599, or 0 for one that the seed chooses
     * @return new faults
     */
    public Faults withSurplusStatus(int status) {
        return new Faults(rates, scope, latency, oversizedBytes, status);
    }

    boolean affects(Route route) {
        return switch (scope) {
            case STOP -> route == Route.STOP;
            case STOP_AND_STATUS -> route == Route.STOP || route == Route.STATUS;
            case ALL -> route != Route.STREAM && route != Route.AGENT_STREAM && route != Route.UNKNOWN;
        };
    }

    /** Chooses the fault of a request, or null for none. */
    @Nullable
    FaultKind choose(long seed, String subject, int number) {
        if (rates.isEmpty()) {
            return null;
        }
        double point = RandomBits.toUnit(RandomBits.of(seed, subject, number));
        for (FaultKind kind : FaultKind.values()) {
            point -= rates.getOrDefault(kind, 0.0);
            if (point < 0) {
                return kind;
            }
        }
        return null;
    }
}
