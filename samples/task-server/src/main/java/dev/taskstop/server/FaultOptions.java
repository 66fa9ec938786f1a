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
                            + " closed_window, closed_connection_window.")
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
    private Duration retryAfterWait = Duration.ZERO;

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
    private @Nullable Integer forbiddenAfter;

    @Option(names = "--latency", defaultValue = "0s", description = "Delay of every request (${DEFAULT-VALUE}).")
    private Duration latencyOfAll = Duration.ZERO;

    @Option(
            names = "--requests-per-second",
            defaultValue = "0",
            description = "Limit for each key, 0 for none (${DEFAULT-VALUE}).")
    private int requestsPerSecond;

    @Option(
            names = "--create-error",
            defaultValue = "NONE",
            description = "What is wrong with who creates cloud tasks: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private CreateError createError = CreateError.NONE;

    @Option(
            names = "--log-error-after",
            paramLabel = "ENTRIES",
            description = "Break the cloud API's log streams after so many entries.")
    private @Nullable Integer logErrorAfter;

    TaskServerOptions addTo(TaskServerOptions options) {
        TaskServerOptions changed = options.withFaults(new Faults(rates, scope, latency, oversizedBytes, surplusStatus))
                .withLatency(latencyOfAll)
                .withRequestsPerSecond(requestsPerSecond)
                .withCreateError(createError);
        if (forbiddenAfter != null) {
            changed = changed.withForbiddenAfter(forbiddenAfter);
        }
        return logErrorAfter == null ? changed : changed.withLogErrorAfter(logErrorAfter);
    }

    /** What the fault rate_limited asks for. */
    Duration retryAfterWait() {
        return retryAfterWait;
    }
}
