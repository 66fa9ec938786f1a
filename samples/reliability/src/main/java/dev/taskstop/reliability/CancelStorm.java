package dev.taskstop.reliability;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import dev.taskstop.server.TaskServerOptions;
import dev.taskstop.server.TaskServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** Cancels bulk stops at random moments, and looks at what happens afterwards. */
@Command(
        name = "cancel-storm",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Cancels bulk stops at random moments: nothing more is sent, nothing is dropped, the client goes on.")
final class CancelStorm implements Callable<Integer> {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration LOOK_EVERY = Duration.ofMillis(2);
    private static final int CONCURRENCY = 64;
    private static final int MAX_MICROS = 50_000;

    @Option(names = "--rounds", defaultValue = "1000", description = "How often (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--ids", defaultValue = "10000", description = "Ids of each bulk stop (${DEFAULT-VALUE}).")
    private int ids;

    @Option(names = "--seed", defaultValue = "1", description = "Seed of the moments (${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--record", paramLabel = "FILE", description = "Write the raw record of the run to this file.")
    private @Nullable Path record;

    @Spec
    private @Nullable CommandSpec spec;

    private final AtomicLong sent = new AtomicLong();
    private long results;
    private long mostSentAfterwards;
    private int violations;

    private CancelStorm() {}

    /**
     * Runs it.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        return new CommandLine(new CancelStorm()).execute(args);
    }

    @Override
    public Integer call() throws IOException {
        Options.requireAtLeast(spec, 1, "--rounds", rounds);
        Options.requireAtLeast(spec, 1, "--ids", ids);
        System.out.println("Seed " + seed);
        RunRecord raw = RunRecord.begin(record, spec);
        LogWatch log = LogWatch.begin();
        try (TaskServerProcess server = TaskServerProcess.start("--tasks=processing=0", "--fixed-answer", "--quiet")) {
            storm(client(server.baseUrl()), new SplittableRandom(seed), rounds / 2);
            storm(client(server.baseUrl()).http2PriorKnowledge(), new SplittableRandom(seed + 1), rounds - rounds / 2);
        }
        List<String> errors = log.errors();
        System.out.printf(
                "Seed %d: %,d bulk stops of %,d ids cancelled, half of them over HTTP/2; %,d results, %,d requests sent;"
                        + " at most %d sent after a cancel had returned (%d may be on their way); clients that did not go"
                        + " on: %d; errors logged or dropped: %d%n",
                seed, rounds, ids, results, sent.get(), mostSentAfterwards, CONCURRENCY, violations, errors.size());
        errors.stream().limit(10).forEach(System.out::println);
        raw.add(Map.of(
                "results", results,
                "requestsSent", sent.get(),
                "mostSentAfterCancel", mostSentAfterwards,
                "clientsThatDidNotGoOn", violations,
                "errors", errors));
        boolean clean = violations == 0 && errors.isEmpty() && mostSentAfterwards <= CONCURRENCY;
        return clean ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private TaskClientBuilder client(URI url) {
        return TaskClient.builder()
                .baseUrl(url)
                .apiKey(TaskServerOptions.DEFAULT_KEY)
                .concurrency(CONCURRENCY)
                .httpClient(http -> http.doOnRequest((request, connection) -> sent.incrementAndGet()));
    }

    private void storm(TaskClientBuilder builder, SplittableRandom random, int times) {
        TaskClient client = builder.build();
        for (int i = 0; i < times; i++) {
            long sentThen = cancelOnce(client, random);
            awaitIdle(client);
            long sentForOthers = goOn(client);
            mostSentAfterwards = Math.max(mostSentAfterwards, sent.get() - sentThen - sentForOthers);
        }
        client.closeAsync().block(LIMIT);
    }

    /**
     * Cancels either in the middle of a signal or from another thread.
     *
     * @return how many requests had been sent when the cancel returned
     */
    private long cancelOnce(TaskClient client, SplittableRandom random) {
        Cancelled cancelled = new Cancelled(random.nextBoolean() ? random.nextInt(ids) : Integer.MAX_VALUE);
        client.stopAll(Flux.range(0, ids).map(number -> "task-" + number)).subscribe(cancelled);
        if (cancelled.after == Integer.MAX_VALUE) {
            Mono.delay(Duration.ofNanos(1_000L * random.nextInt(MAX_MICROS)), Schedulers.parallel())
                    .doOnNext(tick -> cancelled.cancelNow())
                    .block(LIMIT);
        }
        long sentThen = Objects.requireNonNull(cancelled.done.asMono().block(LIMIT));
        results += cancelled.received;
        return sentThen;
    }

    private static void awaitIdle(TaskClient client) {
        Flux.interval(Duration.ZERO, LOOK_EVERY)
                .takeUntil(tick ->
                        client.gateState().inFlight() == 0 && client.gateState().waiting() == 0)
                .blockLast(LIMIT);
    }

    /**
     * Stops other tasks with the same client, all of which have to be stopped.
     *
     * @return how many requests that took; more than there are tasks where a connection was just being closed
     */
    private long goOn(TaskClient client) {
        List<Stopped> stopped = Objects.requireNonNull(Flux.range(0, CONCURRENCY)
                .map(number -> "after-" + number)
                .transform(client::stopAll)
                .ofType(Stopped.class)
                .collectList()
                .block(LIMIT));
        if (stopped.size() != CONCURRENCY) {
            violations++;
        }
        return stopped.stream().mapToLong(Stopped::attempts).sum();
    }

    /** Cancels after so many results, or when it is told to; tells how many requests had been sent by then. */
    private final class Cancelled extends BaseSubscriber<StopResult> {

        private final int after;
        private final Sinks.One<Long> done = Sinks.one();
        private volatile int received;

        Cancelled(int after) {
            this.after = after;
        }

        void cancelNow() {
            cancel();
            done.tryEmitValue(sent.get());
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            requestUnbounded();
            if (after == 0) {
                cancelNow();
            }
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // one signal at a time
        protected void hookOnNext(StopResult result) {
            received++;
            if (received == after) {
                cancelNow();
            }
        }

        @Override
        protected void hookOnComplete() {
            done.tryEmitValue(sent.get());
        }
    }
}
