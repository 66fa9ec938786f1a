package dev.taskstop.server;

import java.time.Duration;
import picocli.CommandLine.Option;

/** The command line's options about what goes wrong with tasks, whatever becomes of the requests about them. */
final class TaskFaultOptions {

    @Option(
            names = "--overwritten",
            paramLabel = "RATE",
            description = "Share of stops over which the worker writes completed or error (0).")
    private double overwritten;

    @Option(names = "--overwritten-after", defaultValue = "1s", description = "When it does so (${DEFAULT-VALUE}).")
    private Duration overwrittenAfter = Duration.ZERO;

    @Option(
            names = "--revived",
            paramLabel = "RATE",
            description = "Share of stopped tasks that a follow-up starts again (0).")
    private double revived;

    @Option(names = "--revived-after", defaultValue = "1s", description = "When it does so (${DEFAULT-VALUE}).")
    private Duration revivedAfter = Duration.ZERO;

    @Option(
            names = "--forbidden",
            paramLabel = "RATE",
            description = "Share of tasks about which every request is answered with 403 (0).")
    private double forbidden;

    @Option(
            names = "--kept-alive",
            paramLabel = "RATE",
            description = "Share of tasks whose sandboxes outlive every end but a stop (0).")
    private double keptAlive;

    @Option(
            names = "--sandboxes-dropped",
            paramLabel = "RATE",
            description = "Share of stops that leave their task's sandboxes running, and forget those of another (0).")
    private double sandboxesDropped;

    @Option(
            names = "--times-granularity",
            defaultValue = "1ms",
            description = "What the times in bodies are cut to (${DEFAULT-VALUE}).")
    private Duration granularity = Duration.ZERO;

    @Option(
            names = "--times-skew",
            defaultValue = "0s",
            description = "How far the times in bodies are ahead of the clock, -300ms for behind (${DEFAULT-VALUE}).")
    private Duration skew = Duration.ZERO;

    TaskServerOptions addTo(TaskServerOptions options) {
        return options.withTaskFaults(TaskFaults.none()
                        .withOverwritten(overwritten, overwrittenAfter)
                        .withRevived(revived, revivedAfter)
                        .withForbidden(forbidden)
                        .withKeptAlive(keptAlive)
                        .withSandboxesDropped(sandboxesDropped))
                .withTimesOfTasks(granularity, skew);
    }
}
