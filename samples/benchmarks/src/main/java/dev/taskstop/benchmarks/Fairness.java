package dev.taskstop.benchmarks;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntPredicate;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Who waits for whom: tasks for others that cannot be stopped, stops for polls, all of them for a server that is full. */
@Command(
        name = "fairness",
        mixinStandardHelpOptions = true,
        description = "Shows how long tasks that can be stopped wait for those that cannot, and stops for polls.")
final class Fairness implements Callable<Integer> {

    private static final Duration LATENCY = Duration.ofMillis(20);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @Mixin
    private ResultsOption results = new ResultsOption();

    private final List<Goal> goals = new ArrayList<>();

    private Fairness() {}

    /**
     * Runs it.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Fairness()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        sick(500, id -> false, Mono.never());
        String text = "# Fairness\n\n%s, on %s. 64 in flight, latency 20 ms, HTTP/1.1 through loopback.\n\n"
                        .formatted(LocalDate.now(ZoneOffset.UTC), Machine.description())
                + "## The last task that can be stopped\n\n" + healthyBeforeSick()
                + "\n## A server that is full\n\n" + overload()
                + "\n## One stop beside other uses, ms\n\n" + beside()
                + "\n## A shutdown beside polls, 600 requests a minute, 10 s\n\n" + shutdown()
                + "\n## Goals\n\n" + Goal.table(goals);
        results.write("fairness.md", text);
        return goals.stream().allMatch(Goal::isMet) ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private static TaskClientBuilder client(ScriptedServer server) {
        return TaskClient.builder().apiKey("bb_key").baseUrl(server.url()).requestTimeout(REQUEST_TIMEOUT);
    }

    private static void close(TaskClient client) {
        client.closeAsync().block(PATIENCE);
    }

    private static Flux<String> ids(int count) {
        return Flux.range(0, count).map(String::valueOf);
    }

    private static Mono<Integer> healthy() {
        return Mono.delay(LATENCY).thenReturn(200);
    }

    /** How it went when some tasks cannot be stopped. */
    private record Run(double seconds, double requestsEach) {}

    private static Run sick(int count, IntPredicate isSick, Mono<Integer> sick) {
        try (ScriptedServer server =
                new ScriptedServer(LATENCY, id -> isSick.test(Integer.parseInt(id)) ? sick : healthy())) {
            TaskClient client = client(server).build();
            AtomicLong last = new AtomicLong();
            long begin = System.nanoTime();
            client.stopAll(ids(count))
                    .filter(Stopped.class::isInstance)
                    .doOnNext(stopped -> last.set(System.nanoTime()))
                    .blockLast(PATIENCE);
            close(client);
            return new Run((last.get() - begin) / 1e9, (double) server.stops() / count);
        }
    }

    private MarkdownTable healthyBeforeSick() {
        MarkdownTable table = new MarkdownTable("tasks that cannot be stopped", "seconds", "×", "requests for each id");
        Mono<Integer> failing = Mono.delay(LATENCY).thenReturn(500);
        Run none = sick(2_000, id -> false, Mono.never());
        row(table, "none of 2,000", none, none);
        Run silent = sick(2_000, id -> id % 10 == 0, Mono.never());
        row(table, "10 % of 2,000 never answer, a time-out of 2 s", silent, none);
        goals.add(Goal.atMost(8, "seconds until the last healthy task, 10 % silent", silent.seconds()));
        Run noneOfMore = sick(3_000, id -> false, failing);
        row(table, "none of 3,000", noneOfMore, noneOfMore);
        for (int percent : new int[] {10, 30, 50}) {
            Run run = sick(3_000, id -> id * 37 % 100 < percent, failing);
            row(table, percent + " % of 3,000 always fail", run, noneOfMore);
            goals.add(Goal.atMost(
                    percent == 50 ? 1.6 : 1.3,
                    "time until the last healthy task, " + percent + " % failing to none",
                    run.seconds() / noneOfMore.seconds()));
            goals.add(Goal.atMost(1.2, "requests for each id, " + percent + " % failing", run.requestsEach()));
        }
        return table;
    }

    private static void row(MarkdownTable table, String what, Run run, Run reference) {
        table.row(
                what,
                String.format("%.2f", run.seconds()),
                String.format("%.2f", run.seconds() / reference.seconds()),
                String.format("%.2f", run.requestsEach()));
    }

    /** Answers the slower the more it has to do, and with 503 above twice as many as it can do at once. */
    private static final class Knee implements ScriptedServer.Script {

        private static final Duration WORK = Duration.ofMillis(20);

        private final AtomicInteger inService = new AtomicInteger();
        private volatile int knee = 16;

        @Override
        public Mono<Integer> stop(String taskId) {
            return Mono.defer(() -> {
                int now = inService.incrementAndGet();
                double load = Math.max(1, (double) now / knee);
                Mono<Integer> answer = load > 2
                        ? Mono.delay(Duration.ofMillis(2)).thenReturn(503)
                        : Mono.delay(Duration.ofNanos((long) (WORK.toNanos() * load)))
                                .thenReturn(200);
                return answer.doFinally(signal -> inService.decrementAndGet());
            });
        }
    }

    /** Stops a second, in the five seconds after the first five, with one knee and then with another. */
    private static double[] throughput(int concurrency, int... knees) {
        Knee script = new Knee();
        double[] rates = new double[knees.length];
        try (ScriptedServer server = new ScriptedServer(LATENCY, script)) {
            TaskClient client = client(server).concurrency(concurrency).build();
            LongAdder stopped = new LongAdder();
            AtomicLong next = new AtomicLong();
            Disposable running = client.stopAll(
                            Flux.<String>generate(sink -> sink.next(Long.toString(next.incrementAndGet()))))
                    .filter(Stopped.class::isInstance)
                    .subscribe(result -> stopped.increment());
            for (int i = 0; i < knees.length; i++) {
                script.knee = knees[i];
                Mono.delay(Duration.ofSeconds(5)).block();
                long before = stopped.sum();
                Mono.delay(Duration.ofSeconds(5)).block();
                rates[i] = (stopped.sum() - before) / 5.0;
            }
            running.dispose();
            close(client);
        }
        return rates;
    }

    private MarkdownTable overload() {
        int[] knees = {16, 6, 24};
        double[] best = new double[knees.length];
        MarkdownTable table = new MarkdownTable("in flight", "knee at 16, stops/s", "moved to 6", "moved to 24");
        for (int concurrency : new int[] {4, 6, 8, 12, 16, 24, 32}) {
            double[] rates = throughput(concurrency, knees);
            Arrays.setAll(best, i -> Math.max(best[i], rates[i]));
            row(table, "at most " + concurrency, rates);
        }
        double[] found = throughput(64, knees);
        row(table, "at most 64, found out", found);
        for (int i = 0; i < knees.length; i++) {
            goals.add(Goal.atLeast(
                    0.9, "stops/s after 5 s, knee at " + knees[i] + ", to the best fixed limit", found[i] / best[i]));
        }
        return table;
    }

    private static void row(MarkdownTable table, String what, double[] rates) {
        table.row(what, Report.whole(rates[0]), Report.whole(rates[1]), Report.whole(rates[2]));
    }

    private MarkdownTable beside() {
        MarkdownTable table = new MarkdownTable("beside", "half", "90 %", "99 %", "longest");
        try (ScriptedServer server = new ScriptedServer(LATENCY, id -> healthy())) {
            TaskClient client = client(server).build();
            Flux<?> polls = Flux.range(0, 4 * 64)
                    .flatMap(i -> client.status("poll-" + i).repeat(), 4 * 64);
            Flux<?> bulk = client.stopAll(ids(Integer.MAX_VALUE));
            urgent(table, "nothing", client, Flux.never());
            urgent(table, "256 polls", client, polls);
            urgent(table, "a bulk stop", client, bulk);
            double longest = urgent(table, "256 polls and a bulk stop", client, Flux.merge(polls, bulk));
            goals.add(Goal.atMost(
                    3,
                    "99 % of single stops beside polls and a bulk stop, in latencies",
                    longest / LATENCY.toMillis()));
            close(client);
        }
        return table;
    }

    /** Gives what 99 % of single stops took at most. */
    private static double urgent(MarkdownTable table, String what, TaskClient client, Flux<?> others) {
        Disposable running = others.subscribe();
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            long begin = System.nanoTime();
            client.stop("urgent-" + i).block(PATIENCE);
            millis.add((System.nanoTime() - begin) / 1e6);
        }
        running.dispose();
        millis.sort(null);
        table.row(
                what,
                Report.tenth(millis.get(99)),
                Report.tenth(millis.get(179)),
                Report.tenth(millis.get(197)),
                Report.tenth(millis.get(199)));
        return millis.get(197);
    }

    private MarkdownTable shutdown() {
        MarkdownTable table = new MarkdownTable("1,000 tasks", "stopped");
        double byHand = shutdown(false);
        double polled = shutdown(true);
        table.row("registered by hand", Report.whole(byHand));
        table.row("tracked with `awaitDone`", Report.whole(polled));
        goals.add(Goal.atLeast(0.95, "stopped beside polls, to those stopped without", polled / byHand));
        return table;
    }

    private static long shutdown(boolean polled) {
        try (ScriptedServer server = new ScriptedServer(LATENCY, id -> healthy())) {
            TaskClient client = client(server).requestsPerMinute(600).build();
            ids(1_000).toIterable().forEach(id -> {
                if (polled) {
                    client.activeTasks().track(id, client.awaitDone(id)).subscribe(status -> {}, failure -> {});
                } else {
                    client.activeTasks().register(id);
                }
            });
            List<StopResult> results = Objects.requireNonNull(client.activeTasks()
                    .shutdown(Duration.ofSeconds(10))
                    .collectList()
                    .block(PATIENCE));
            close(client);
            return results.stream().filter(Stopped.class::isInstance).count();
        }
    }
}
