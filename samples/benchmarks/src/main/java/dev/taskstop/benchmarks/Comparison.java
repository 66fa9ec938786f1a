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

    @Option(names = "--rounds", defaultValue = "20", description = "How many turns each has (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--count", defaultValue = "300000", description = "Stops a turn at the most (${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--time", defaultValue = "PT1S", description = "Time of a turn at the most (${DEFAULT-VALUE}).")
    private Duration time = Duration.ZERO;

    @Option(
            names = "--warm-up-time",
            defaultValue = "PT14S",
            description =
                    "Time, at the most, of the warm-up of as many stops before the first turn (${DEFAULT-VALUE}).")
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

    private Results measure(Server server, Certificate certificate) throws IOException {
        Results measured = new Results();
        for (Protocol protocol : protocols) {
            Target target = target(server, protocol, certificate);
            List<Client> clients = new ArrayList<>();
            try {
                for (Contenders contender : contenders) {
                    if (contender.speaks(protocol)) {
                        clients.add(warm(contender, target));
                    }
                }
                measure(protocol, clients, measured);
            } finally {
                for (Client client : clients) {
                    client.close();
                }
            }
        }
        return measured;
    }

    private Client warm(Contenders contender, Target target) throws IOException {
        Job job = new Job(contender, target, new Extent(count, warmUpTime), target, new Extent(count, time));
        Client client = Client.start(job, FLAGS);
        client.turn();
        return client;
    }

    /** Each round begins with another one. The first does not count: connections may have ended since the warm-up. */
    private void measure(Protocol protocol, List<Client> clients, Results measured) throws IOException {
        for (int round = 0; round <= rounds; round++) {
            for (Client client : clients) {
                Measurement turn = client.turn();
                if (round > 0) {
                    measured.add(protocol, client.contender(), turn);
                    System.out.printf(
                            "%s, round %d of %d, %-24s %,9.0f stops/s %7.1f µs CPU %,9.0f bytes%n",
                            protocol.title(),
                            round,
                            rounds,
                            client.contender().title(),
                            turn.stopsPerSecond(),
                            turn.cpuMicrosPerStop(),
                            turn.bytesPerStop());
                }
            }
            Collections.rotate(clients, -1);
        }
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
                (`%s`), turns of at most %,d stops or %s s, after a warm-up of at most %s s. %s
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
