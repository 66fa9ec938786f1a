package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.server.TaskServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;

/** The program as a process of its own, with pipes. */
final class CliProcess implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Process process;
    private final Path errors;
    private final BufferedReader output;

    /** What is left of a process. */
    record Ended(int exitCode, List<String> output, String errors) {}

    private CliProcess(ProcessBuilder builder, TaskServer server) throws IOException {
        errors = Files.createTempFile("taskstop", ".err");
        builder.environment().put("BLACKBOX_API_KEY", server.key());
        builder.environment().put("BLACKBOX_BASE_URL", server.baseUrl().toString());
        process = builder.redirectError(errors.toFile()).start();
        output = process.inputReader(StandardCharsets.UTF_8);
    }

    static CliProcess start(TaskServer server, String... args) throws IOException {
        return new CliProcess(new ProcessBuilder(command(args)), server);
    }

    /** In a pseudo-terminal that {@code script} makes; what the terminal shows is the output. */
    static CliProcess startInTerminal(TaskServer server, String... args) throws IOException {
        return startInTerminal(Map.of(), server, args);
    }

    static CliProcess startInTerminal(Map<String, String> environment, TaskServer server, String... args)
            throws IOException {
        String line = "exec " + String.join(" ", command(args));
        ProcessBuilder builder = new ProcessBuilder("script", "-qec", line, "/dev/null");
        builder.environment().put("TERM", "xterm");
        builder.environment().remove("NO_COLOR");
        builder.environment().putAll(environment);
        return new CliProcess(builder, server);
    }

    static Ended run(TaskServer server, String... args) throws IOException {
        try (CliProcess cli = start(server, args)) {
            cli.process.getOutputStream().close();
            return cli.end();
        }
    }

    private static List<String> command(String... args) {
        List<String> command = new ArrayList<>(Signals.DEFAULTS);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Taskstop.class.getName()));
        command.addAll(List.of(args));
        return command;
    }

    /** Writes as fast as the process reads, and does not mind when it dies. */
    CliProcess feed(List<String> ids, boolean andClose) {
        Thread writer = new Thread(() -> {
            try {
                Writer input = process.outputWriter(StandardCharsets.UTF_8);
                for (String id : ids) {
                    input.write(id + "\n");
                }
                input.flush();
                if (andClose) {
                    input.close();
                }
            } catch (IOException e) {
                assertThat(process.onExit()).succeedsWithin(PATIENCE);
            }
        });
        writer.setDaemon(true);
        writer.start();
        return this;
    }

    List<String> readLines(int count) throws IOException {
        List<String> lines = new ArrayList<>();
        String line = "";
        while (lines.size() < count && line != null) {
            line = output.readLine();
            if (line != null) {
                lines.add(line);
            }
        }
        return lines;
    }

    String readUntil(String text) throws IOException {
        StringBuilder shown = new StringBuilder();
        int c = 0;
        while (c >= 0 && shown.indexOf(text) < 0) {
            c = output.read();
            shown.append((char) c);
        }
        return shown.toString();
    }

    void type(String keys) throws IOException {
        process.getOutputStream().write(keys.getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
    }

    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Reads what is left and waits for the end. */
    Ended end() throws IOException {
        List<String> rest;
        try (Stream<String> lines = output.lines()) {
            rest = lines.toList();
        } catch (UncheckedIOException e) {
            rest = List.of();
        }
        assertThat(process.onExit()).succeedsWithin(PATIENCE);
        return new Ended(process.exitValue(), rest, Files.readString(errors));
    }

    /** As somebody does who has seen enough. */
    Ended endUnread() throws IOException {
        output.close();
        assertThat(process.onExit()).succeedsWithin(PATIENCE);
        return new Ended(process.exitValue(), List.of(), Files.readString(errors));
    }

    static void await(BooleanSupplier condition) {
        Flux.interval(Duration.ofMillis(10))
                .filter(tick -> condition.getAsBoolean())
                .blockFirst(PATIENCE);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Files.deleteIfExists(errors);
    }
}
