package dev.taskstop.reliability;

import dev.taskstop.AwaitOptions;
import dev.taskstop.StopRetry;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskQuery;
import dev.taskstop.TaskSummary;
import dev.taskstop.server.TaskServerOptions;
import dev.taskstop.server.TaskServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Stops, races, and cancels for a long time, and looks whether anything grows. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Stops, races and cancels for a long time: heap, direct memory, descriptors and threads must not grow.")
final class Soak implements Callable<Integer> {

    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int TASKS = 50_000;
    private static final int AT_ONCE = 200;

    @Option(names = "--time", defaultValue = "PT30M", description = "How long (${DEFAULT-VALUE}).")
    private Duration time = Duration.ZERO;

    @Option(names = "--calls", description = "How much, in place of how long: the same on a busy machine.")
    private long wanted;

    @Option(names = "--samples", defaultValue = "30", description = "How often it is measured (${DEFAULT-VALUE}).")
    private int samples;

    @Option(names = "--seed", defaultValue = "1", description = "Seed of what is done (${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--record", paramLabel = "FILE", description = "Write the raw record of the run to this file.")
    private @Nullable Path record;

    @Spec
    private @Nullable CommandSpec spec;

    private long calls;

    private Soak() {}

    /**
     * Runs it.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        return new CommandLine(new Soak()).execute(args);
    }

    @Override
    public Integer call() throws IOException {
        Options.requireAtLeast(spec, Options.MIN_SAMPLES, "--samples", samples);
        System.out.println("Seed " + seed);
        RunRecord raw = RunRecord.begin(record, spec);
        LogWatch log = LogWatch.begin();
        long begin = System.nanoTime();
        List<Holding> holdings = new ArrayList<>();
        try (TaskServerProcess server = TaskServerProcess.start(
                "--tasks=processing=" + TASKS,
                "--fault=error_before=0.02,error_after=0.02,cut_before=0.02,cut_after=0.02,hang_after=0.002,go_away=0.002",
                "--fault-scope=STOP_AND_STATUS",
                "--quiet")) {
            TaskClient http1 = client(server, false);
            TaskClient http2 = client(server, true);
            List<String> ids = Objects.requireNonNull(http2.list(TaskQuery.all().withPageSize(100))
                    .map(TaskSummary::taskId)
                    .collectList()
                    .block(LIMIT));
            SplittableRandom random = new SplittableRandom(seed);
            for (int i = 0; i < samples; i++) {
                long end = System.nanoTime() + time.toNanos() / samples;
                long enough = wanted * (i + 1) / samples;
                while (wanted > 0 ? calls < enough : System.nanoTime() < end) {
                    once(random.nextBoolean() ? http1 : http2, some(ids, random), random);
                }
                Holding holding = Holding.now();
                holdings.add(holding);
                raw.add(Map.of("calls", calls, "holding", holding));
                System.out.printf("%,9d calls: %s%n", calls, holding);
            }
            Mono.when(http1.closeAsync(), http2.closeAsync()).block(LIMIT);
        }
        Duration took = Duration.ofSeconds((System.nanoTime() - begin) / 1_000_000_000);
        raw.add(Map.of("seconds", took.toSeconds(), "errors", log.errors()));
        return report(holdings, log.errors(), took);
    }

    private static TaskClient client(TaskServerProcess server, boolean http2) {
        var builder = TaskClient.builder()
                .baseUrl(server.baseUrl())
                .apiKey(TaskServerOptions.DEFAULT_KEY)
                .requestTimeout(Duration.ofSeconds(1))
                .pollInterval(Duration.ofMillis(20))
                .retry(StopRetry.defaults().withBackoff(Duration.ofMillis(10), Duration.ofMillis(200)));
        return (http2 ? builder.http2PriorKnowledge() : builder).build();
    }

    private static List<String> some(List<String> ids, SplittableRandom random) {
        int from = random.nextInt(ids.size() - AT_ONCE);
        return ids.subList(from, from + AT_ONCE);
    }

    /** One call of many kinds; half of them are cancelled at some moment. */
    private void once(TaskClient client, List<String> ids, SplittableRandom random) {
        Flux<String> source = Flux.fromIterable(ids);
        Publisher<?> call = switch (random.nextInt(6)) {
            case 0 -> client.stopAll(source);
            case 1 -> client.awaitOrStopAll(source, Duration.ofMillis(50), AwaitOptions.defaults());
            case 2 -> client.list(TaskQuery.all().withPageSize(100)).take(AT_ONCE);
            case 3 -> client.status(ids.get(0));
            case 4 -> client.logs(ids.get(0), 0).take(Duration.ofMillis(30));
            default -> client.awaitOrStop(ids.get(0), Duration.ofMillis(30));
        };
        Flux<?> whole = Flux.from(call).onErrorComplete();
        (random.nextBoolean() ? whole : whole.take(Duration.ofMillis(1 + random.nextInt(100)))).blockLast(LIMIT);
        calls++;
    }

    private int report(List<Holding> holdings, List<String> errors, Duration took) {
        boolean steady = Holding.areSteady(holdings);
        System.out.printf(
                "Seed %d: %,d calls in %s; errors logged or dropped, leaks among them: %d%n",
                seed, calls, took, errors.size());
        errors.stream().limit(10).forEach(System.out::println);
        return steady && errors.isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }
}
