package dev.taskstop.benchmarks;

import dev.taskstop.server.TaskServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How Taskstop's cost changes with the number of ids, the concurrency and the server's latency. */
@Command(
        name = "scale",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Shows how the cost of a stop changes with the number of ids, the concurrency and the latency.")
final class Scale implements Callable<Integer> {

    /** What any number of ids has to fit in. */
    private static final String SMALL_HEAP = "-Xmx64m";

    /** Answers that come in bursts need room for what is young, or a collector takes it for old. */
    private static final String USUAL_HEAP = "-Xmx256m";

    private static final Duration HOURS = Duration.ofHours(1);

    @Option(
            names = "--ids",
            split = ",",
            defaultValue = "1000,10000,100000,1000000,10000000",
            description = "Numbers of ids (${DEFAULT-VALUE}).")
    private List<Integer> ids = List.of();

    @Option(
            names = "--in-flight",
            split = ",",
            defaultValue = "1,4,16,64,256,1024",
            description = "Stops at once (${DEFAULT-VALUE}).")
    private List<Integer> inFlight = List.of();

    @Option(
            names = "--latency",
            split = ",",
            paramLabel = "MILLIS",
            defaultValue = "0,5,50",
            description = "Latencies of the server (${DEFAULT-VALUE}).")
    private List<Integer> latencies = List.of();

    @Option(
            names = "--ids-in-flight",
            defaultValue = "64",
            description = "Stops at once in a warm-up, and when the number of ids changes (${DEFAULT-VALUE}).")
    private int idsInFlight;

    @Option(
            names = "--warm-up",
            defaultValue = "300000",
            description = "Stops before each run, without latency (${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(
            names = "--time",
            defaultValue = "PT4S",
            description = "Time of a run when concurrency and latency change (${DEFAULT-VALUE}).")
    private Duration time = Duration.ZERO;

    @Mixin
    private ResultsOption results = new ResultsOption();

    private final List<Goal> goals = new ArrayList<>();

    private Scale() {}

    /**
     * Runs it.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Scale()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("taskstop-benchmarks");
        try {
            measure(Certificate.create(directory));
        } finally {
            FileSystemUtils.deleteRecursively(directory);
        }
        return CommandLine.ExitCode.OK;
    }

    private void measure(Certificate certificate) throws IOException, InterruptedException {
        try (Server fast = Server.taskServer(certificate, Duration.ZERO)) {
            String text = "# Scale\n\n" + conditions() + "\n## Number of ids, `" + SMALL_HEAP + "`\n\n"
                    + byIds(fast, certificate) + "\n## Concurrency and latency\n\n" + byConcurrency(fast, certificate);
            results.write("scale.md", goals.isEmpty() ? text : text + "\n## Goals\n\n" + Goal.table(goals));
        }
    }

    private String conditions() {
        return """
                %s, on %s. Server: the task server, fixed answer, through loopback. Taskstop over HTTP/2 with prior \
                knowledge in a JVM of its own (`-XX:+UseSerialGC`, and `%s` or `%s`), after a warm-up of %,d stops without \
                latency. %s
                """.formatted(
                LocalDate.now(ZoneOffset.UTC), Machine.description(), SMALL_HEAP, USUAL_HEAP, warmUp, Child.pinning());
    }

    private MarkdownTable byIds(Server fast, Certificate certificate) throws IOException, InterruptedException {
        Map<Integer, Measurement> runs = new TreeMap<>();
        MarkdownTable table = new MarkdownTable(
                "ids",
                "stops/s",
                "CPU µs a stop",
                "bytes allocated a stop",
                "peak heap after a collection, MiB",
                "live heap at the end, MiB");
        for (int count : ids) {
            Measurement run = run(SMALL_HEAP, fast, fast, certificate, idsInFlight, new Extent(count, HOURS));
            runs.put(count, run);
            table.row(
                    Report.whole(count),
                    Report.whole(run.stopsPerSecond()),
                    Report.tenth(run.cpuMicrosPerStop()),
                    Report.whole(run.bytesPerStop()),
                    Report.tenth(run.peakHeapMebibytes()),
                    Report.tenth(run.liveHeapMebibytes()));
        }
        Measurement few = runs.get(100_000);
        Measurement many = runs.get(10_000_000);
        if (few != null && many != null) {
            goals.add(Goal.atMost(1.1, "CPU a stop, 10⁷ ids to 10⁵", many.cpuMicrosPerStop() / few.cpuMicrosPerStop()));
            goals.add(Goal.atMost(1.1, "time a stop, 10⁷ ids to 10⁵", few.stopsPerSecond() / many.stopsPerSecond()));
            goals.add(
                    Goal.atMost(1.1, "live heap, 10⁷ ids to 10⁵", many.liveHeapMebibytes() / few.liveHeapMebibytes()));
        }
        return table;
    }

    private MarkdownTable byConcurrency(Server fast, Certificate certificate) throws IOException, InterruptedException {
        MarkdownTable table = new MarkdownTable(
                "in flight, latency",
                "heap",
                "stops/s",
                "in flight / latency",
                "share",
                "CPU µs a stop",
                "peak heap after a collection, MiB");
        double limitOfCpu = 0;
        for (int latency : latencies) {
            try (Server server = Server.taskServer(certificate, Duration.ofMillis(latency))) {
                for (int atOnce : inFlight) {
                    Measurement run = run(USUAL_HEAP, fast, server, certificate, atOnce);
                    row(table, atOnce, latency, USUAL_HEAP, run);
                    if (latency == 0 && atOnce == 1024) {
                        limitOfCpu = run.stopsPerSecond();
                    }
                    if (latency == 50 && atOnce == 1024 && limitOfCpu > 0) {
                        goals.add(Goal.atLeast(
                                0.9,
                                "stops/s at 50 ms and 1,024 in flight, of the lower of 20,480 and the rate without latency",
                                run.stopsPerSecond() / Math.min(possible(atOnce, latency), limitOfCpu)));
                    }
                }
                int most = Collections.max(inFlight);
                row(table, most, latency, SMALL_HEAP, run(SMALL_HEAP, fast, server, certificate, most));
            }
        }
        return table;
    }

    private static void row(MarkdownTable table, int atOnce, int latency, String heap, Measurement run) {
        double possible = possible(atOnce, latency);
        table.row(
                Report.whole(atOnce) + ", " + latency + " ms",
                "`" + heap + "`",
                Report.whole(run.stopsPerSecond()),
                latency == 0 ? "–" : Report.whole(possible),
                latency == 0 ? "–" : Report.whole(100 * run.stopsPerSecond() / possible) + " %",
                Report.tenth(run.cpuMicrosPerStop()),
                Report.tenth(run.peakHeapMebibytes()));
    }

    private static double possible(int atOnce, int latency) {
        return atOnce * 1000.0 / latency;
    }

    private Measurement run(String heap, Server fast, Server server, Certificate certificate, int atOnce)
            throws IOException, InterruptedException {
        return run(heap, fast, server, certificate, atOnce, new Extent(Integer.MAX_VALUE, time));
    }

    private Measurement run(
            String heap, Server fast, Server server, Certificate certificate, int atOnce, Extent measured)
            throws IOException, InterruptedException {
        Job job = new Job(
                Contenders.TASKSTOP,
                target(fast, certificate, idsInFlight),
                new Extent(warmUp, HOURS),
                target(server, certificate, atOnce),
                measured);
        Measurement run = Client.run(job, "-XX:+UseSerialGC", heap);
        System.out.printf(
                "%s, %,d stops, %,d in flight: %,.0f stops/s, %.1f µs CPU, %.1f MiB alive%n",
                heap, run.stops(), atOnce, run.stopsPerSecond(), run.cpuMicrosPerStop(), run.liveHeapMebibytes());
        return run;
    }

    private static Target target(Server server, Certificate certificate, int atOnce) {
        return new Target(
                Protocol.HTTP_2,
                server.baseUrl(Protocol.HTTP_2),
                TaskServerOptions.DEFAULT_KEY,
                certificate.chain(),
                atOnce);
    }
}
