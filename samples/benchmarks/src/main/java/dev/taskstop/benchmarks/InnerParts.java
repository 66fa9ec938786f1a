package dev.taskstop.benchmarks;

import static java.util.Objects.requireNonNull;

import dev.taskstop.StopBenchmark;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
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

    private static final List<String> BENCHMARKS = List.of("decode", "gate", "call", "stop", "callAll", "stopAll");
    private static final String ONE = "callThenStop";
    private static final String MANY = "callAllThenStopAll";

    @Option(
            names = "--rounds",
            defaultValue = "9",
            description = "JVMs for each benchmark, in turn (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--iterations", defaultValue = "3", description = "Measurements in each JVM (${DEFAULT-VALUE}).")
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
        Map<String, List<RunResult>> runs = new LinkedHashMap<>();
        for (int round = 1; round <= rounds; round++) {
            for (String benchmark : all()) {
                RunResult run = new Runner(options(benchmark)).runSingle();
                runs.computeIfAbsent(benchmark, it -> new ArrayList<>()).add(run);
                System.out.printf("round %d of %d, %-8s %,7.0f ns%n", round, rounds, benchmark, nanos(run));
            }
        }
        results.write("jmh.md", markdown(runs));
        return CommandLine.ExitCode.OK;
    }

    private Options options(String benchmark) {
        TimeValue each = TimeValue.milliseconds(time.toMillis());
        return new OptionsBuilder()
                .include(StopBenchmark.class.getName() + "." + benchmark + "$")
                .addProfiler(GCProfiler.class)
                .forks(1)
                .warmupIterations(warmUps)
                .warmupTime(each)
                .measurementIterations(iterations)
                .measurementTime(each)
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .build();
    }

    private String markdown(Map<String, List<RunResult>> runs) {
        MarkdownTable table =
                new MarkdownTable("benchmark", "ns an operation", "half of the rounds", "bytes an operation");
        for (String benchmark : BENCHMARKS) {
            List<RunResult> ofIt = requireNonNull(runs.get(benchmark));
            Quartiles nanos = Quartiles.of(ofIt.stream().mapToDouble(InnerParts::nanos));
            table.row(
                    "`" + benchmark + "`",
                    Report.whole(nanos.median()),
                    Report.whole(nanos.lower()) + " – " + Report.whole(nanos.upper()),
                    Report.whole(Quartiles.of(ofIt.stream().mapToDouble(InnerParts::bytes))
                            .median()));
        }
        double more = more(requireNonNull(runs.get(ONE)));
        double moreOfMany = more(requireNonNull(runs.get(MANY)));
        return "# Inner parts\n\n%s, on %s. JMH, %d rounds, in each a JVM and %d measurements of %s s for each benchmark, on a transport that answers at once. Medians of the rounds; a difference is that of two that were done in turn in one JVM.%n%n"
                        .formatted(
                                LocalDate.now(ZoneOffset.UTC),
                                Machine.description(),
                                rounds,
                                iterations,
                                time.toMillis() / 1000.0)
                + table + "\n"
                + Goal.table(List.of(
                        Goal.atMost(
                                300,
                                "ns of CPU that `stop` takes longer than `call`: gate, retries, observation (off)",
                                more),
                        Goal.atMost(
                                300,
                                "ns of CPU that `stopAll` takes longer than `callAll`: these and the batch",
                                moreOfMany)))
                + overTheNetwork(moreOfMany);
    }

    private static List<String> all() {
        return Stream.concat(BENCHMARKS.stream(), Stream.of(ONE, MANY)).toList();
    }

    private static double more(List<RunResult> runs) {
        return Quartiles.of(runs.stream()
                        .mapToDouble(
                                run -> (counter(run, "whole") - counter(run, "bare")) / counter(run, "operations")))
                .median();
    }

    private static double counter(RunResult run, String name) {
        return requireNonNull(run.getSecondaryResults().get(name)).getScore();
    }

    private static double nanos(RunResult run) {
        return run.getPrimaryResult().getScore();
    }

    private static double bytes(RunResult run) {
        return requireNonNull(run.getSecondaryResults().get(ALLOCATION)).getScore();
    }

    private String overTheNetwork(double more) {
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
