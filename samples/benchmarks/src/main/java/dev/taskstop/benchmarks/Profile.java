package dev.taskstop.benchmarks;

import dev.taskstop.server.TaskServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tells where the time of a stop goes, by the samples of a flight recording. */
@Command(
        name = "profile",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Tells where the CPU time of a stop goes, for two clients side by side.")
final class Profile implements Callable<Integer> {

    private static final Set<Contenders> BOTH = Set.of(Contenders.TASKSTOP, Contenders.APACHE);

    @Option(names = "--time", defaultValue = "PT20S", description = "Time that is looked at (${DEFAULT-VALUE}).")
    private Duration time = Duration.ZERO;

    @Option(names = "--warm-up-time", defaultValue = "PT14S", description = "Time before it (${DEFAULT-VALUE}).")
    private Duration warmUpTime = Duration.ZERO;

    @Option(names = "--in-flight", defaultValue = "64", description = "Stops at once (${DEFAULT-VALUE}).")
    private int inFlight;

    @Option(names = "--contenders", split = ",", description = "Who runs: ${COMPLETION-CANDIDATES}.")
    private Set<Contenders> contenders = BOTH;

    @Mixin
    private ResultsOption results = new ResultsOption();

    private Profile() {}

    /** Whose code runs, by the innermost frame that is not the JDK's, but for its TLS; the order is the report's. */
    private enum Part {
        SOCKETS("sockets: calls into the kernel"),
        TLS("TLS"),
        HTTP("HTTP codec"),
        CHANNEL("Netty's channels, pipelines, promises, buffers"),
        REACTOR_NETTY("Reactor Netty"),
        REACTOR("Reactor"),
        APACHE("Apache HttpClient and HttpCore"),
        JSON("Jackson"),
        TASKSTOP("Taskstop"),
        OTHER("the rest");

        private static final List<String> TLS_OF_JDK =
                List.of("sun.security.", "com.sun.crypto.", "javax.crypto.", "javax.net.ssl.");

        private final String title;

        Part(String title) {
            this.title = title;
        }

        static Part of(RecordedEvent sample) {
            List<RecordedFrame> frames = sample.getStackTrace().getFrames();
            String innermost = frames.get(0).getMethod().getName();
            if (sample.getEventType().getName().equals("jdk.NativeMethodSample")
                    || innermost.endsWith("Address")
                    || innermost.endsWith("Addresses")) {
                return SOCKETS;
            }
            return frames.stream()
                    .map(frame -> frame.getMethod().getType().getName())
                    .filter(type -> isTls(type)
                            || !(type.startsWith("java.") || type.startsWith("jdk.") || type.startsWith("sun.")))
                    .findFirst()
                    .map(Part::of)
                    .orElse(OTHER);
        }

        private static boolean isTls(String type) {
            return type.startsWith("io.netty.handler.ssl.")
                    || TLS_OF_JDK.stream().anyMatch(type::startsWith);
        }

        private static Part of(String type) {
            if (isTls(type)) {
                return TLS;
            }
            if (type.startsWith("io.netty.handler.codec")) {
                return HTTP;
            }
            if (type.startsWith("io.netty.")) {
                return CHANNEL;
            }
            if (type.startsWith("reactor.netty.")) {
                return REACTOR_NETTY;
            }
            if (type.startsWith("reactor.")) {
                return REACTOR;
            }
            if (type.startsWith("org.apache.hc.")) {
                return APACHE;
            }
            if (type.startsWith("tools.jackson.")) {
                return JSON;
            }
            return type.startsWith("dev.taskstop.") ? TASKSTOP : OTHER;
        }
    }

    /**
     * Runs it.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Profile())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("taskstop-benchmarks");
        Certificate certificate = Certificate.create(directory);
        try (Server server = Nginx.isInstalled()
                ? Nginx.start(certificate, directory)
                : Server.taskServer(certificate, Duration.ZERO)) {
            StringBuilder text = new StringBuilder("# Where the time of a stop goes\n\n%s, on %s. Server: %s.\n"
                    .formatted(LocalDate.now(ZoneOffset.UTC), Machine.description(), server.title()));
            for (Protocol protocol : Protocol.values()) {
                text.append("\n## ").append(protocol.title()).append("\n");
                for (Contenders contender : contenders) {
                    Target target = new Target(
                            protocol,
                            server.baseUrl(protocol),
                            TaskServerOptions.DEFAULT_KEY,
                            certificate.chain(),
                            inFlight);
                    text.append("\n").append(profile(contender, target, directory.resolve("recording.jfr")));
                }
            }
            results.write("profile.md", text.toString());
        } finally {
            FileSystemUtils.deleteRecursively(directory);
        }
        return CommandLine.ExitCode.OK;
    }

    private MarkdownTable profile(Contenders contender, Target target, Path recording)
            throws IOException, InterruptedException {
        Job job = new Job(
                contender,
                target,
                new Extent(Integer.MAX_VALUE, warmUpTime),
                target,
                new Extent(Integer.MAX_VALUE, time));
        Measurement run = Client.run(
                job,
                "-XX:+UseSerialGC",
                "-Xms256m",
                "-Xmx256m",
                "-Xlog:jfr*=off",
                "-XX:FlightRecorderOptions=stackdepth=256",
                "-XX:StartFlightRecording=settings=profile,jdk.NativeMethodSample#period=10ms,filename=" + recording);
        Map<Part, Long> samples = samples(recording, run);
        long all = samples.values().stream().mapToLong(Long::longValue).sum();
        MarkdownTable table = new MarkdownTable(contender.title(), "µs CPU a stop", "share of samples");
        samples.forEach((part, count) -> table.row(
                part.title,
                Report.tenth(run.cpuMicrosPerStop() * count / all),
                Report.whole(100.0 * count / all) + " %"));
        table.row("in all, of " + all + " samples", Report.tenth(run.cpuMicrosPerStop()), "100 %");
        return table;
    }

    /** Of the time that was measured; what waits for the network, or for a task, does not run. */
    private static Map<Part, Long> samples(Path recording, Measurement run) throws IOException {
        List<RecordedEvent> events = RecordingFile.readAllEvents(recording).stream()
                .filter(event -> event.getEventType().getName().equals("jdk.ExecutionSample")
                        || event.getEventType().getName().equals("jdk.NativeMethodSample"))
                .filter(event -> event.getStackTrace() != null && !isWaiting(event))
                .toList();
        Instant from = events.stream()
                .map(RecordedEvent::getStartTime)
                .max(Instant::compareTo)
                .orElseThrow()
                .minusMillis((long) (run.seconds() * 1000));
        Map<Part, Long> samples = new EnumMap<>(Part.class);
        for (RecordedEvent event : events) {
            if (event.getStartTime().isAfter(from)) {
                samples.merge(Part.of(event), 1L, Long::sum);
            }
        }
        return samples;
    }

    private static boolean isWaiting(RecordedEvent event) {
        String method = event.getStackTrace().getFrames().get(0).getMethod().getName();
        return event.getEventType().getName().equals("jdk.NativeMethodSample")
                && (method.toLowerCase(Locale.ROOT).contains("wait") || method.contains("accept"));
    }
}
