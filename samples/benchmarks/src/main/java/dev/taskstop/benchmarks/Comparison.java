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
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Stops the same tasks with each contender over each protocol, in turn, and writes a table and a chart. */
@Command(
        name = "comparison",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Compares Taskstop with what a user would pick instead.")
final class Comparison implements Callable<Integer> {

    private static final String[] FLAGS = {"-XX:+UseSerialGC", "-Xms256m", "-Xmx256m"};

    @Option(names = "--rounds", defaultValue = "3", description = "How often each runs (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--count", defaultValue = "300000", description = "Stops a run at the most (${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--time", defaultValue = "PT3S", description = "Time of a run at the most (${DEFAULT-VALUE}).")
    private Duration time = Duration.ZERO;

    @Option(
            names = "--warm-up-time",
            defaultValue = "PT14S",
            description = "Time, at the most, of the warm-up of as many stops before each run (${DEFAULT-VALUE}).")
    private Duration warmUpTime = Duration.ZERO;

    @Option(names = "--in-flight", defaultValue = "64", description = "Stops at once (${DEFAULT-VALUE}).")
    private int inFlight;

    @Option(names = "--contenders", split = ",", description = "Who runs, all if not said: ${COMPLETION-CANDIDATES}.")
    private Set<Contenders> contenders = EnumSet.allOf(Contenders.class);

    @Option(names = "--protocols", split = ",", description = "Over what, all if not said: ${COMPLETION-CANDIDATES}.")
    private Set<Protocol> protocols = EnumSet.allOf(Protocol.class);

    @Option(names = "--server", description = "${COMPLETION-CANDIDATES}; nginx where it is installed, if not said.")
    private ServerKind serverKind = Nginx.isInstalled() ? ServerKind.NGINX : ServerKind.TASK_SERVER;

    @Mixin
    private ResultsOption results = new ResultsOption();

    private Comparison() {}

    private enum ServerKind {
        NGINX,
        TASK_SERVER
    }

    private record Cell(Contenders contender, Protocol protocol) {}

    /**
     * Runs the comparison.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Comparison())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("taskstop-benchmarks");
        try {
            compare(Certificate.create(directory), directory);
        } finally {
            FileSystemUtils.deleteRecursively(directory);
        }
        return CommandLine.ExitCode.OK;
    }

    private void compare(Certificate certificate, Path directory) throws IOException, InterruptedException {
        try (Server server = server(certificate, directory)) {
            Results measured = measure(server, certificate);
            Report report = new Report(measured, limits(server, certificate, directory));
            results.write("comparison.md", report.markdown(conditions(server)));
            Chart.write(measured, results.file("comparison.svg"));
        }
    }

    private Server server(Certificate certificate, Path directory) throws IOException, InterruptedException {
        return switch (serverKind) {
            case NGINX -> Nginx.start(certificate, directory);
            case TASK_SERVER -> Server.taskServer(certificate, Duration.ZERO);
        };
    }

    /** Each round begins with another one, so that no one always runs after the same one. */
    private Results measure(Server server, Certificate certificate) throws IOException, InterruptedException {
        List<Cell> cells = cells();
        Results measured = new Results();
        for (int round = 0; round < rounds; round++) {
            for (Cell cell : cells) {
                Target target = target(server, cell.protocol(), certificate);
                Extent warmUp = new Extent(count, warmUpTime);
                Job job = new Job(cell.contender(), target, warmUp, target, new Extent(count, time));
                Measurement run = Client.run(job, FLAGS);
                measured.add(cell.protocol(), cell.contender(), run);
                System.out.printf(
                        "round %d of %d, %-24s %-25s %,9.0f stops/s %7.1f µs CPU %,9.0f bytes%n",
                        round + 1,
                        rounds,
                        cell.contender().title(),
                        cell.protocol().title(),
                        run.stopsPerSecond(),
                        run.cpuMicrosPerStop(),
                        run.bytesPerStop());
            }
            Collections.rotate(cells, -Math.max(1, cells.size() / rounds));
        }
        return measured;
    }

    private List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (Protocol protocol : protocols) {
            for (Contenders contender : contenders) {
                if (contender.speaks(protocol)) {
                    cells.add(new Cell(contender, protocol));
                }
            }
        }
        return cells;
    }

    private Map<Protocol, LoadTool.Rate> limits(Server server, Certificate certificate, Path directory)
            throws IOException, InterruptedException {
        Map<Protocol, LoadTool.Rate> limits = new EnumMap<>(Protocol.class);
        for (Protocol protocol : protocols) {
            LoadTool.measure(target(server, protocol, certificate), time, directory)
                    .ifPresent(rate -> limits.put(protocol, rate));
        }
        return limits;
    }

    private Target target(Server server, Protocol protocol, Certificate certificate) {
        return new Target(
                protocol, server.baseUrl(protocol), TaskServerOptions.DEFAULT_KEY, certificate.chain(), inFlight);
    }

    private String conditions(Server server) {
        return """
                %s, on %s. Server: %s, through loopback. %d in flight; %d rounds, each client in a JVM of its own \
                (`%s`), at most %,d stops or %s s, after a warm-up of at most %s s. %s
                """.formatted(
                        LocalDate.now(ZoneOffset.UTC),
                        Machine.description(),
                        server.title(),
                        inFlight,
                        rounds,
                        String.join(" ", FLAGS),
                        count,
                        time.toMillis() / 1000.0,
                        warmUpTime.toMillis() / 1000.0,
                        Child.pinning());
    }
}
