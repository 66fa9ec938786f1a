package dev.taskstop.reliability;

import dev.taskstop.StopAllOptions;
import dev.taskstop.StopListener;
import dev.taskstop.StopResult;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.StopRetry;
import dev.taskstop.Sweep;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskQuery;
import dev.taskstop.TaskSummary;
import dev.taskstop.server.TaskServerOptions;
import dev.taskstop.server.TaskServerProcess;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** Sweeps what is too old for a long time, and looks whether anything is left running, overlaps or grows. */
@Command(
        name = "sweep",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Sweeps what is too old while tasks keep coming: each has to be stopped by the first round that sees it as old.")
final class LongSweep implements Callable<Integer> {

    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Duration AGE = Duration.ofSeconds(3);

    /** The server tells the time to the second, so that a task seems up to a second younger than it is. */
    private static final Duration TO_THE_SECOND = Duration.ofSeconds(1);

    @Option(names = "--time", defaultValue = "PT1H", description = "How long (${DEFAULT-VALUE}).")
    private Duration time = Duration.ZERO;

    @Option(names = "--every", defaultValue = "PT1S", description = "The interval (${DEFAULT-VALUE}).")
    private Duration every = Duration.ZERO;

    @Option(names = "--tasks", defaultValue = "10", description = "How many tasks come each second (${DEFAULT-VALUE}).")
    private int tasksPerSecond;

    @Option(names = "--samples", defaultValue = "30", description = "How often it is measured (${DEFAULT-VALUE}).")
    private int samples;

    @Spec
    private @Nullable CommandSpec spec;

    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicLong created = new AtomicLong();
    private final AtomicLong stopped = new AtomicLong();
    private final AtomicLong failedStops = new AtomicLong();
    private final Map<String, Instant> createdAt = new ConcurrentHashMap<>();

    /** When what this round stopped had become too old. */
    private final Queue<Instant> due = new ConcurrentLinkedQueue<>();

    /** What a round could not stop, which is the next one's. */
    private final Set<String> leftOver = ConcurrentHashMap.newKeySet();

    private final List<String> wrong = new ArrayList<>();
    private @Nullable Sweep previous;
    private Duration longestRound = Duration.ZERO;
    private long rounds;
    private volatile long latestNanos;

    private LongSweep() {}

    /**
     * Runs it.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        return new CommandLine(new LongSweep()).execute(args);
    }

    @Override
    public Integer call() {
        Options.requireAtLeast(spec, Options.MIN_SAMPLES, "--samples", samples);
        Options.requireAtLeast(spec, 1, "--tasks", tasksPerSecond);
        LogWatch log = LogWatch.begin();
        List<Holding> holdings = new ArrayList<>();
        try (TaskServerProcess server = TaskServerProcess.start(
                "--pending-for=0s",
                "--processing-for=36000000s",
                "--fault=error_before=0.02,error_after=0.02,cut_before=0.02,cut_after=0.02",
                "--fault-scope=STOP_AND_STATUS",
                "--quiet")) {
            TaskClient client = client(server);
            Sinks.Empty<Void> enough = Sinks.empty();
            Mono<Void> arrivals = Flux.interval(Duration.ofSeconds(1).dividedBy(tasksPerSecond), Schedulers.single())
                    .onBackpressureDrop()
                    .takeUntilOther(enough.asMono())
                    .flatMap(tick -> create(server))
                    .then()
                    .cache();
            arrivals.subscribe();
            Disposable sweeping = sweep(client).subscribe(this::look);
            for (int i = 0; i < samples; i++) {
                Mono.delay(time.dividedBy(samples)).block();
                Holding holding = Holding.now();
                holdings.add(holding);
                System.out.printf("%,7d rounds, %,9d stopped: %s%n", rounds, stopped.get(), holding);
            }
            // A request that is cancelled would be an error that is dropped, and not one of the library's.
            enough.tryEmitEmpty();
            arrivals.block(LIMIT);
            Mono.delay(AGE.plus(every.multipliedBy(2)).plus(TO_THE_SECOND)).block();
            sweeping.dispose();
            List<String> left = client.list(TaskQuery.active().olderThan(AGE.plus(every)))
                    .map(TaskSummary::taskId)
                    .collectList()
                    .blockOptional(LIMIT)
                    .orElseThrow();
            if (!left.isEmpty()) {
                wrong.add(left.size() + " old tasks were left running");
            }
            client.closeAsync().block(LIMIT);
        }
        return report(holdings, log.errors());
    }

    private TaskClient client(TaskServerProcess server) {
        return TaskClient.builder()
                .baseUrl(server.baseUrl())
                .apiKey(TaskServerOptions.DEFAULT_KEY)
                .requestTimeout(Duration.ofSeconds(2))
                .retry(StopRetry.defaults().withBackoff(Duration.ofMillis(10), Duration.ofMillis(200)))
                .stopListener(new StopListener() {
                    @Override
                    public void onResult(StopResult result) {
                        hear(result);
                    }
                })
                .build();
    }

    private Flux<Sweep> sweep(TaskClient client) {
        TaskQuery old = TaskQuery.active().olderThan(AGE).matching(task -> {
            if (task.createdAt() != null) {
                createdAt.put(task.taskId(), task.createdAt());
            }
            return true;
        });
        return client.sweep(old, every, StopAllOptions.defaults().withReason("older than " + AGE));
    }

    private Mono<?> create(TaskServerProcess server) {
        HttpRequest request = HttpRequest.newBuilder(server.baseUrl().resolve("/api/tasks"))
                .header("Authorization", "Bearer " + TaskServerOptions.DEFAULT_KEY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"Run for ever\"}"))
                .build();
        return Mono.fromFuture(() -> http.sendAsync(request, HttpResponse.BodyHandlers.discarding()))
                .doOnNext(answer -> created.incrementAndGet())
                .onErrorComplete(IOException.class);
    }

    /** By the server's clock alone: how long after it had become too old a task was stopped. */
    private void hear(StopResult result) {
        Instant created = createdAt.remove(result.taskId());
        if (!(result instanceof Stopped stop)) {
            failedStops.incrementAndGet();
            leftOver.add(result.taskId());
        } else {
            stopped.incrementAndGet();
            Instant ended = stop.task().completedAt();
            if (created != null && !leftOver.remove(result.taskId())) {
                due.add(created.plus(AGE));
            }
            if (created != null && ended != null) {
                latestNanos = Math.max(
                        latestNanos, Duration.between(created.plus(AGE), ended).toNanos());
            }
        }
    }

    private void look(Sweep sweep) {
        rounds++;
        Duration took = sweep.summary().elapsed();
        longestRound = took.compareTo(longestRound) > 0 ? took : longestRound;
        if (sweep.isFailed()) {
            wrong.add("Round " + sweep.number() + " failed: " + sweep.error());
        }
        // The beginning is cut to milliseconds.
        if (previous != null
                && sweep.startedAt()
                        .plusMillis(1)
                        .isBefore(previous.startedAt().plus(previous.summary().elapsed()))) {
            wrong.add("Round " + sweep.number() + " began before the one before had ended");
        }
        if (previous != null) {
            Instant seen = previous.startedAt().minus(TO_THE_SECOND);
            long missed = due.stream().filter(moment -> moment.isBefore(seen)).count();
            if (missed > 0) {
                wrong.add(missed + " tasks were old enough for the round before " + sweep.number());
            }
        }
        due.clear();
        previous = sweep;
    }

    private int report(List<Holding> holdings, List<String> errors) {
        Duration latest = Duration.ofNanos(latestNanos);
        boolean steady = Holding.areSteady(holdings);
        System.out.printf(
                "%,d tasks created, %,d stopped, %,d stops failed and left to the next round; %,d rounds, the longest %s%n",
                created.get(), stopped.get(), failedStops.get(), rounds, longestRound);
        System.out.printf("Stopped at the latest %s after its time%n", latest);
        System.out.printf("Wrong: %d; errors logged or dropped: %d%n", wrong.size(), errors.size());
        wrong.stream().limit(10).forEach(System.out::println);
        errors.stream().limit(10).forEach(System.out::println);
        return steady && wrong.isEmpty() && errors.isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }
}
