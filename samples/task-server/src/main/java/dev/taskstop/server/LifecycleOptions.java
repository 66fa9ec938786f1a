package dev.taskstop.server;

import java.time.Duration;
import picocli.CommandLine.Option;

/** The command line's options about how tasks move. */
final class LifecycleOptions {

    @Option(names = "--pending-for", description = "Time in pending (1s).")
    private Duration pendingFor = Lifecycle.moving().pendingFor();

    @Option(names = "--processing-for", description = "Time in processing (30s).")
    private Duration processingFor = Lifecycle.moving().processingFor();

    @Option(names = "--saving-for", description = "Time in saving (2s).")
    private Duration savingFor = Lifecycle.moving().savingFor();

    @Option(names = "--jitter", description = "Share by which processing and saving vary (0).")
    private double jitter;

    @Option(names = "--ends-in-error", paramLabel = "RATE", description = "Share of tasks that end in error (0).")
    private double errorRate;

    @Option(names = "--ends-in-timeout", paramLabel = "RATE", description = "Share of tasks that end in timeout (0).")
    private double timeoutRate;

    Lifecycle toLifecycle() {
        return Lifecycle.moving()
                .withPendingFor(pendingFor)
                .withProcessingFor(processingFor)
                .withSavingFor(savingFor)
                .withJitter(jitter)
                .withFailures(errorRate, timeoutRate);
    }
}
