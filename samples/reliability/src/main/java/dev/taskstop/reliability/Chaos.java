package dev.taskstop.reliability;

import dev.taskstop.StopAllOptions;
import dev.taskstop.StopRetry;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import dev.taskstop.TaskQuery;
import dev.taskstop.TaskState;
import dev.taskstop.TaskSummary;
import dev.taskstop.reliability.FaultyProxy.Fault;
import dev.taskstop.reliability.Tally.Reported;
import dev.taskstop.reliability.World.Party;
import dev.taskstop.server.TaskServerOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Stops tasks of servers that lie and are killed, over connections that break, and holds each result to its claim. */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Stops tasks of servers that lie and are killed, through a proxy that breaks connections.")
final class Chaos implements Callable<Integer> {

    /** How long nothing may happen. How long all of it takes is up to the machine. */
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private static final Duration LIMIT_OF_ALL = Duration.ofMinutes(10);

    @Option(names = "--seeds", defaultValue = "200", description = "How many runs (${DEFAULT-VALUE}).")
    private int seeds;

    @Option(names = "--first-seed", defaultValue = "1", description = "The seed of the first run (${DEFAULT-VALUE}).")
    private long firstSeed;

    @Option(names = "--ids", defaultValue = "300", description = "Tasks of a run (${DEFAULT-VALUE}).")
    private int idsOfARun;

    @Option(
            names = "--kills",
            defaultValue = "0.2",
            description = "Share of the runs in which the server is killed (${DEFAULT-VALUE}).")
    private double kills;

    @Option(names = "--record", paramLabel = "FILE", description = "Write the raw record of the runs to this file.")
    private @Nullable Path record;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--at-once", defaultValue = "4", description = "Runs at the same time (${DEFAULT-VALUE}).")
    private int atOnce;

    private final Map<Fault, Integer> broken = new ConcurrentHashMap<>();
    private final Tally all = new Tally();
    private int killed;
    private long answers;

    private Chaos() {}

    /**
     * Runs it.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        return new CommandLine(new Chaos()).execute(args);
    }

    @Override
    public Integer call() throws IOException {
        Options.requireAtLeast(spec, 1, "--seeds", seeds);
        Options.requireAtLeast(spec, World.MIN_TASKS, "--ids", idsOfARun);
        Options.requireAtLeast(spec, 1, "--at-once", atOnce);
        System.out.printf("Seeds %d to %d%n", firstSeed, firstSeed + seeds - 1);
        RunRecord raw = RunRecord.begin(record, spec);
        Path directory = Files.createTempDirectory("taskstop-chaos");
        Certificate certificate = Certificate.create(directory);
        Flux.range(0, seeds)
                .map(number -> new World(firstSeed + number, idsOfARun, kills))
                .flatMapSequential(world -> running(world, directory, certificate), atOnce, 1)
                .doOnNext(run -> take(run, raw))
                .blockLast();
        raw.add(total());
        System.out.printf(
                "Servers killed: %d; connections broken: %s; answers sent: %,d%n%s%n",
                killed, new EnumMap<>(broken), answers, all);
        return all.isClean() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    /** How the run of a world went. */
    private record Run(World world, Tally tally, long answers, Duration took) {}

    private Mono<Run> running(World world, Path directory, Certificate certificate) {
        return Mono.fromCallable(() -> run(world, directory, certificate)).subscribeOn(Schedulers.boundedElastic());
    }

    private void take(Run run, RunRecord raw) {
        raw.add(line(run));
        if (!run.tally().isClean()) {
            System.out.println(run.world() + "\n" + run.tally());
        }
        all.add(run.tally());
        answers += run.answers();
        killed += run.world().kills ? 1 : 0;
    }

    private Run run(World world, Path directory, Certificate certificate) throws IOException {
        long begin = System.nanoTime();
        Path journal = directory.resolve(world.seed + ".journal");
        Path accessLog = directory.resolve(world.seed + ".log");
        List<String> options = new ArrayList<>(world.lies);
        options.addAll(List.of("--journal=" + journal, "--access-log=" + accessLog, "--quiet"));
        if (world.way.isTls()) {
            options.addAll(List.of("--tls-certificate=" + certificate.chain(), "--tls-key=" + certificate.key()));
        }
        Tally tally = new Tally();
        List<TaskSummary> tasks = List.of();
        Map<Party, Reported> reported = new EnumMap<>(Party.class);
        try (Server server = Server.start(world.kills, options)) {
            tasks = list(world, server, certificate);
            stop(world, server, certificate, tasks, reported);
        } catch (RuntimeException e) {
            tally.addFalse("It did not end well: " + e, List.of());
        }
        Evidence evidence = new Evidence(journal, accessLog);
        Oracle oracle = new Oracle(world, evidence, ids(tasks, task -> true), ids(tasks, Chaos::isStopped));
        reported.forEach((party, it) -> tally.add(oracle, evidence, party, it));
        for (TaskSummary task : tasks) {
            String problem = oracle.judgeTask(task.taskId());
            if (problem != null) {
                tally.addFalse(task.taskId() + " " + problem, evidence.lines(task.taskId()));
            }
        }
        Files.deleteIfExists(journal);
        Files.deleteIfExists(accessLog);
        return new Run(world, tally, evidence.answers(), Duration.ofNanos(System.nanoTime() - begin));
    }

    private static Set<String> ids(List<TaskSummary> tasks, Predicate<TaskSummary> which) {
        return tasks.stream().filter(which).map(TaskSummary::taskId).collect(Collectors.toSet());
    }

    private static boolean isStopped(TaskSummary task) {
        return task.state().kind() == TaskState.Kind.STOPPED;
    }

    private static List<TaskSummary> list(World world, Server server, Certificate certificate) {
        TaskClient client = world.way
                .client(server.baseUrl(), certificate)
                .dialect(world.dialect())
                .apiKey(TaskServerOptions.DEFAULT_KEY)
                .build();
        List<TaskSummary> tasks = client.list(TaskQuery.all().withPageSize(World.PAGE))
                .collectList()
                .block(LIMIT);
        client.closeAsync().block(LIMIT);
        return Objects.requireNonNull(tasks);
    }

    private void stop(
            World world,
            Server server,
            Certificate certificate,
            List<TaskSummary> tasks,
            Map<Party, Reported> reported) {
        Random chances = new Random(world.seed);
        List<String> ids = tasks.stream().map(TaskSummary::taskId).collect(Collectors.toCollection(ArrayList::new));
        for (int i = 0; i < world.inventedIds; i++) {
            ids.add("invented-" + i);
        }
        Collections.shuffle(ids, chances);
        List<String> othersIds = ids.stream()
                .filter(id -> chances.nextDouble() < world.shareOfOthers)
                .toList();
        InetSocketAddress address = new InetSocketAddress(
                server.baseUrl().getHost(), server.baseUrl().getPort());
        try (FaultyProxy proxy = new FaultyProxy(
                address, world.seed, world.faults, world.shareThatBreaks, world.way.span(), this::count)) {
            URI through = URI.create(server.baseUrl().getScheme() + "://127.0.0.1:" + proxy.port());
            TaskClient us = client(world, through, certificate, Party.US);
            TaskClient others = client(world, server.baseUrl(), certificate, Party.OTHERS);
            Mono<Void> restart = world.kills ? restart(world, server) : Mono.empty();
            Mono<Reported> ours = reported(ids, us, world.options);
            Mono<Reported> theirs =
                    Mono.delay(world.othersAfter).then(reported(othersIds, others, StopAllOptions.defaults()));
            var results = Objects.requireNonNull(
                    Mono.zip(ours, theirs, restart.thenReturn(true)).block(LIMIT_OF_ALL));
            Mono.when(us.closeAsync(), others.closeAsync()).block(LIMIT);
            reported.put(Party.US, results.getT1());
            reported.put(Party.OTHERS, results.getT2());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Mono<Reported> reported(List<String> ids, TaskClient client, StopAllOptions options) {
        return Mono.defer(() -> {
            // From before the subscription on: the bulk stop's own deadline begins with it.
            long begin = System.nanoTime();
            return client.stopAll(Flux.fromIterable(ids), options)
                    .timeout(LIMIT)
                    .collectList()
                    .map(results -> new Reported(ids, results, Duration.ofNanos(System.nanoTime() - begin)));
        });
    }

    private static TaskClient client(World world, URI url, Certificate certificate, Party party) {
        TaskClientBuilder builder = world.way
                .client(url, certificate)
                .dialect(world.dialect())
                .apiKey(party.key())
                .userAgent(party.agent())
                .requestTimeout(Duration.ofMillis(700))
                .pollInterval(Duration.ofMillis(50))
                .retry(StopRetry.defaults()
                        .withMaxAttempts(20)
                        .withBackoff(Duration.ofMillis(10), Duration.ofMillis(500))
                        .withDeadline(Duration.ofSeconds(20))
                        .withBudget(10_000));
        return builder.build();
    }

    private static Mono<Void> restart(World world, Server server) {
        return Mono.delay(world.killAfter, Schedulers.boundedElastic())
                .doOnNext(tick -> server.kill())
                .delayElement(world.downFor, Schedulers.boundedElastic())
                .doOnNext(tick -> server.restart())
                .then();
    }

    private void count(Fault fault) {
        broken.merge(fault, 1, Integer::sum);
    }

    private static Map<String, Object> line(Run run) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("seed", run.world().seed);
        line.put("world", run.world().toString());
        line.put("millis", run.took().toMillis());
        line.putAll(results(run.tally()));
        return line;
    }

    private Map<String, Object> total() {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("seeds", firstSeed + " to " + (firstSeed + seeds - 1));
        line.put("killed", killed);
        line.put("broken", new EnumMap<>(broken));
        line.put("answers", answers);
        line.putAll(results(all));
        return line;
    }

    private static Map<String, Object> results(Tally tally) {
        Map<String, Object> results = new LinkedHashMap<>();
        results.put("asked", tally.asked());
        results.put("results", tally.kinds());
        results.put("lost", tally.lost());
        results.put("repeated", tally.repeated());
        results.put("false", tally.falseResults());
        return results;
    }
}
