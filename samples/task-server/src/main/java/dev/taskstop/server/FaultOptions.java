package dev.taskstop.server;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The command line's options about faults. */
final class FaultOptions {

    @Option(
            names = "--fault",
            split = ",",
            paramLabel = "KIND=RATE",
            description =
                    "Share of requests with a fault: error_before, error_after, cut_before, cut_after, hang_before,"
                            + " hang_after, latency, rate_limited, rate_limited_bare, html_before, html_after, oversized,"
                            + " go_away, ok_before, ok_after, surplus, interim, refused_stream, go_away_open,"
                            + " closed_window.")
    private Map<FaultKind, Double> rates = new EnumMap<>(FaultKind.class);

    @Option(
            names = "--fault-scope",
            defaultValue = "STOP",
            description = "Routes with faults: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private Faults.Scope scope = Faults.Scope.STOP;

    @Option(
            names = "--fault-latency",
            defaultValue = "1s",
            description = "Delay of the fault latency (${DEFAULT-VALUE}).")
    private Duration latency = Duration.ZERO;

    @Option(
            names = "--fault-retry-after",
            defaultValue = "1s",
            description = "Wait that the fault rate_limited asks for (${DEFAULT-VALUE}).")
    Duration retryAfterWait = Duration.ZERO;

    @Option(
            names = "--oversized-bytes",
            defaultValue = "2097152",
            description = "Size of an oversized body (${DEFAULT-VALUE}).")
    private int oversizedBytes;

    @Option(
            names = "--surplus-status",
            defaultValue = "0",
            description = "HTTP status of surplus answers, 0 for any (${DEFAULT-VALUE}).")
    private int surplusStatus;

    @Option(
            names = "--forbidden-after",
            paramLabel = "REQUESTS",
            description = "Answer 403 to whatever a key asks for after so many requests: its plan has lapsed.")
    @Nullable
    Integer forbiddenAfter;

    Faults toFaults() {
        return new Faults(rates, scope, latency, oversizedBytes, surplusStatus);
    }
}
