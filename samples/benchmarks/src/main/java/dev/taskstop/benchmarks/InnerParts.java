package dev.taskstop.benchmarks;

import static java.util.Objects.requireNonNull;

import dev.taskstop.StopBenchmark;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs {@link StopBenchmark} with JMH, and writes what an operation takes and allocates. */
@Command(
        name = "inner-parts",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures the inner parts of a stop with JMH, time and allocation.")
final class InnerParts implements Callable<Integer> {

    private static final String ALLOCATION = "gc.alloc.rate.norm";

    @Option(names = "--forks", defaultValue = "3", description = "JVMs for each benchmark (${DEFAULT-VALUE}).")
    private int forks;

    @Option(names = "--iterations", defaultValue = "5", description = "Measurements in each JVM (${DEFAULT-VALUE}).")
    private int iterations;

    @Option(names = "--warm-ups", defaultValue = "3", description = "Warm-ups in each JVM (${DEFAULT-VALUE}).")
    private int warmUps;

    @Option(names = "--time", defaultValue = "PT1S", description = "Time of each of these (${DEFAULT-VALUE}).")
    private Duration time = Duration.ZERO;

    @Option(
            names = "--stop-micros",
            description = "CPU µs of a stop over the network, as measured by the comparison: tells the share of it that"
                    + " gate, retries and observation have.")
    private List<Double> stopMicros = List.of();

    @Mixin
    private ResultsOption results = new ResultsOption();

    private InnerParts() {}

    /**
     * Runs the benchmarks.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new InnerParts()).execute(args));
    }

    @Override
    public Integer call() throws IOException, RunnerException {
        TimeValue each = TimeValue.milliseconds(time.toMillis());
        Collection<RunResult> runs = new Runner(new OptionsBuilder()
                        .include(StopBenchmark.class.getName())
                        .addProfiler(GCProfiler.class)
                        .forks(forks)
                        .warmupIterations(warmUps)
                        .warmupTime(each)
                        .measurementIterations(iterations)
                        .measurementTime(each)
                        .shouldFailOnError(true)
                        .build())
                .run();
        results.write("jmh.md", markdown(runs));
        return CommandLine.ExitCode.OK;
    }

    private String markdown(Collection<RunResult> runs) {
        MarkdownTable table = new MarkdownTable("benchmark", "ns an operation", "± (99.9 %)", "bytes an operation");
        Map<String, Double> nanos = new TreeMap<>();
        for (RunResult run : runs) {
            Result<?> time = run.getPrimaryResult();
            nanos.put(time.getLabel(), time.getScore());
            table.row(
                    "`" + time.getLabel() + "`",
                    Report.whole(time.getScore()),
                    Double.isNaN(time.getScoreError()) ? "–" : Report.whole(time.getScoreError()),
                    Report.whole(requireNonNull(run.getSecondaryResults().get(ALLOCATION))
                            .getScore()));
        }
        return "# Inner parts\n\n%s, on %s. JMH, %d JVMs, %d measurements of %s s in each, on a transport that answers at once.%n%n"
                        .formatted(
                                LocalDate.now(ZoneOffset.UTC),
                                Machine.description(),
                                forks,
                                iterations,
                                time.toMillis() / 1000.0)
                + table + "\n" + Goal.table(List.of(share("stop", "call", nanos), share("stopAll", "callAll", nanos)))
                + overTheNetwork(nanos);
    }

    /** What gate, retries, observation and bulk are of the whole. */
    private static Goal share(String whole, String bare, Map<String, Double> nanos) {
        double all = requireNonNull(nanos.get(whole));
        return Goal.atMost(
                0.05,
                "share of `%s` that `%s` does not have: gate, retries, observation (off)".formatted(whole, bare),
                (all - requireNonNull(nanos.get(bare))) / all);
    }

    private String overTheNetwork(Map<String, Double> nanos) {
        double more = requireNonNull(nanos.get("stopAll")) - requireNonNull(nanos.get("callAll"));
        return stopMicros.stream()
                .map(micros -> String.format(
                        Locale.ROOT,
                        "%nWhat `stopAll` takes longer, %.0f ns, is %.1f %% of a stop over the network that takes %.1f µs of"
                                + " CPU.%n",
                        more,
                        more / micros / 10,
                        micros))
                .collect(Collectors.joining());
    }
}
