package dev.taskstop.reliability;

import dev.taskstop.StopAllOptions;
import dev.taskstop.StopResult;
import dev.taskstop.StopRetry;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import dev.taskstop.TaskQuery;
import dev.taskstop.TaskSummary;
import dev.taskstop.reliability.FaultyProxy.Fault;
import dev.taskstop.server.TaskServerOptions;
import dev.taskstop.server.TaskServerProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Stops tasks while servers are killed and connections break, and compares what is reported with what happened. */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Stops tasks of a server that is killed now and then, through a proxy that breaks connections.")
final class Chaos implements Callable<Integer> {

    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int MAX_MILLIS_TO_KILL = 300;
    private static final int MAX_MILLIS_DOWN = 300;

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

    private final Map<Fault, Integer> injected = new ConcurrentHashMap<>();
    private int killed;

    private Chaos() {}

    /** How a run reaches the server; where its connections may break. */
    private enum Way {
        HTTP_1(false, 3_000),
        HTTP_2(false, 20_000),
        HTTP_2_TLS(true, 20_000);

        private final boolean tls;
        private final int span;

        Way(boolean tls, int span) {
            this.tls = tls;
            this.span = span;
        }

        List<Fault> faults() {
            return Stream.of(Fault.values())
                    .filter(fault -> tls || !FaultyProxy.ONLY_OVER_TLS.contains(fault))
                    .toList();
        }
    }

    /** A server, the tasks that are left for further runs, and what was reported of the others. */
    private record Side(TaskServerProcess server, Path journal, Iterator<String> ids, Tally tally) {}

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
        Path directory = Files.createTempDirectory("taskstop-chaos");
        Certificate certificate = Certificate.create(directory);
        int tasks = seeds * idsOfARun;
        Path plainJournal = directory.resolve("plain");
        Path secureJournal = directory.resolve("secure");
        try (TaskServerProcess plain = TaskServerProcess.start(options(tasks, plainJournal));
                TaskServerProcess secure = TaskServerProcess.start(options(
                        tasks,
                        secureJournal,
                        "--tls-certificate=" + certificate.chain(),
                        "--tls-key=" + certificate.key()))) {
            Map<Boolean, Side> sides = Map.of(
                    false, side(plain, plainJournal, client(plain.baseUrl(), Way.HTTP_2, certificate)),
                    true, side(secure, secureJournal, client(secure.baseUrl(), Way.HTTP_2_TLS, certificate)));
            for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
                SplittableRandom random = new SplittableRandom(seed);
                Way way = Way.values()[random.nextInt(Way.values().length)];
                run(seed, random, way, Objects.requireNonNull(sides.get(way.tls)), certificate);
            }
            return report(sides);
        }
    }

    private static String[] options(int tasks, Path journal, String... more) {
        List<String> options =
                new ArrayList<>(List.of("--tasks=processing=" + tasks, "--journal=" + journal, "--quiet"));
        options.addAll(List.of(more));
        return options.toArray(String[]::new);
    }

    private static Side side(TaskServerProcess server, Path journal, TaskClientBuilder direct) {
        TaskClient client = direct.build();
        List<String> ids = Objects.requireNonNull(client.list(TaskQuery.all().withPageSize(100))
                .map(TaskSummary::taskId)
                .collectList()
                .block(LIMIT));
        client.closeAsync().block(LIMIT);
        return new Side(server, journal, ids.iterator(), new Tally());
    }

    private void run(long seed, SplittableRandom random, Way way, Side side, Certificate certificate)
            throws IOException {
        List<String> ids = new ArrayList<>();
        while (ids.size() < idsOfARun) {
            ids.add(side.ids().next());
        }
        double share = 0.3 + 0.6 * random.nextDouble();
        boolean ordered = random.nextBoolean();
        boolean kill = random.nextDouble() < kills;
        int killAfter = random.nextInt(MAX_MILLIS_TO_KILL);
        int downFor = random.nextInt(MAX_MILLIS_DOWN);
        URI server = side.server().baseUrl();
        InetSocketAddress address = new InetSocketAddress(server.getHost(), server.getPort());
        try (FaultyProxy proxy = new FaultyProxy(address, seed, way.faults(), share, way.span, this::count)) {
            URI through = URI.create(server.getScheme() + "://127.0.0.1:" + proxy.port());
            TaskClient client = client(through, way, certificate)
                    .requestTimeout(Duration.ofMillis(700))
                    .retry(StopRetry.defaults()
                            .withMaxAttempts(12)
                            .withBackoff(Duration.ofMillis(10), Duration.ofMillis(500))
                            .withDeadline(Duration.ofSeconds(30))
                            .withBudget(10_000))
                    .build();
            Mono<Void> restart = kill ? restart(side.server(), killAfter, downFor) : Mono.empty();
            Flux<StopResult> results = client.stopAll(
                    Flux.fromIterable(ids),
                    ordered ? StopAllOptions.defaults().withOrdered(true) : StopAllOptions.defaults());
            List<StopResult> reported = Objects.requireNonNull(Mono.zip(results.collectList(), restart.thenReturn(true))
                            .block(LIMIT))
                    .getT1();
            client.closeAsync().block(LIMIT);
            side.tally().add(ids, reported);
        } catch (RuntimeException e) {
            throw new IllegalStateException("Seed " + seed + ", " + way + ", did not end well", e);
        }
    }

    private Mono<Void> restart(TaskServerProcess server, int killAfter, int downFor) {
        killed++;
        return Mono.delay(Duration.ofMillis(killAfter), Schedulers.boundedElastic())
                .doOnNext(tick -> server.kill())
                .delayElement(Duration.ofMillis(downFor), Schedulers.boundedElastic())
                .doOnNext(tick -> server.restart())
                .then();
    }

    private static TaskClientBuilder client(URI url, Way way, Certificate certificate) {
        TaskClientBuilder builder = TaskClient.builder().baseUrl(url).apiKey(TaskServerOptions.DEFAULT_KEY);
        return switch (way) {
            case HTTP_1 -> builder;
            case HTTP_2 -> builder.http2PriorKnowledge();
            case HTTP_2_TLS -> builder.httpClient(certificate::trustedBy);
        };
    }

    private void count(Fault fault) {
        injected.merge(fault, 1, Integer::sum);
    }

    private int report(Map<Boolean, Side> sides) throws IOException {
        System.out.printf(
                "Seeds %d to %d; server killed %d times; connections broken: %s%n",
                firstSeed, firstSeed + seeds - 1, killed, new EnumMap<>(injected));
        boolean clean = true;
        for (Side side : List.of(sides.get(false), sides.get(true))) {
            side.tally().compare(side.journal());
            System.out.println(
                    (side.server().baseUrl().getScheme().equals("https") ? "TLS: " : "Plain: ") + side.tally());
            clean &= side.tally().isClean();
        }
        return clean ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }
}
