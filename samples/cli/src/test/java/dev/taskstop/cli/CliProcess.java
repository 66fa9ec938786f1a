package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.server.TaskServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
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
        this(builder, server.baseUrl(), server.key());
    }

    private CliProcess(ProcessBuilder builder, URI baseUrl, String key) throws IOException {
        errors = Files.createTempFile("taskstop", ".err");
        builder.environment().put("BLACKBOX_API_KEY", key);
        builder.environment().put("BLACKBOX_BASE_URL", baseUrl.toString());
        process = builder.redirectError(errors.toFile()).start();
        output = process.inputReader(StandardCharsets.UTF_8);
    }

    static CliProcess start(TaskServer server, String... args) throws IOException {
        return new CliProcess(new ProcessBuilder(command(args)), server);
    }

    static CliProcess start(LyingServer server, String... args) throws IOException {
        return new CliProcess(new ProcessBuilder(command(args)), server.baseUrl(), "a-key");
    }

    /** As a line of a shell starts it, in which {@code "$@"} is the command. */
    static CliProcess startInShell(TaskServer server, String line, String... args) throws IOException {
        List<String> command = new ArrayList<>(Signals.DEFAULTS);
        command.addAll(List.of("sh", "-c", line, "sh"));
        command.addAll(command(args));
        return new CliProcess(new ProcessBuilder(command), server);
    }

    static Ended runInShell(TaskServer server, String line, String... args) throws IOException {
        try (CliProcess cli = startInShell(server, line, args)) {
            return cli.end();
        }
    }

    /** In a pseudo-terminal that {@code script} makes; what the terminal shows is the output. */
    static CliProcess startInTerminal(TaskServer server, String... args) throws IOException {
        return startInTerminal(Map.of(), server, args);
    }

    static CliProcess startInTerminal(Map<String, String> environment, TaskServer server, String... args)
            throws IOException {
        return new CliProcess(inTerminal(environment, "", args), server);
    }

    static CliProcess startInTerminal(Map<String, String> environment, LyingServer server, String... args)
            throws IOException {
        return new CliProcess(inTerminal(environment, "", args), server.baseUrl(), "a-key");
    }

    /** After a line of a shell has prepared the terminal. */
    static CliProcess startInPreparedTerminal(TaskServer server, String preparation, String... args)
            throws IOException {
        return new CliProcess(inTerminal(Map.of(), preparation + "; ", args), server);
    }

    private static ProcessBuilder inTerminal(Map<String, String> environment, String preparation, String... args) {
        String line = preparation + "exec " + String.join(" ", command(args));
        ProcessBuilder builder = new ProcessBuilder("script", "-qec", line, "/dev/null");
        builder.environment().put("TERM", "xterm");
        builder.environment().remove("NO_COLOR");
        builder.environment().putAll(environment);
        return builder;
    }

    static Ended run(TaskServer server, String... args) throws IOException {
        return run(Taskstop.class, server, args);
    }

    static Ended run(Class<?> program, TaskServer server, String... args) throws IOException {
        try (CliProcess cli = new CliProcess(new ProcessBuilder(java(program, args)), server)) {
            cli.process.getOutputStream().close();
            return cli.end();
        }
    }

    /** Runs several command lines in one process, and tells what is left of each. */
    static List<Ended> runEach(TaskServer server, String... lines) throws IOException {
        return each(new CliProcess(new ProcessBuilder(java(EachCommand.class, lines)), server), lines.length);
    }

    static List<Ended> runEach(LyingServer server, String... lines) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(java(EachCommand.class, lines));
        return each(new CliProcess(builder, server.baseUrl(), "a-key"), lines.length);
    }

    private static List<Ended> each(CliProcess process, int count) throws IOException {
        try (process) {
            process.process.getOutputStream().close();
            Ended all = process.end();
            String[] outputs = String.join("\n", all.output()).split("(?m)^" + EachCommand.END, -1);
            String[] errors = all.errors().split("(?m)^" + EachCommand.END, -1);
            List<Ended> each = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String exitCode = outputs[i + 1].lines().findFirst().orElseThrow();
                each.add(new Ended(
                        Integer.parseInt(exitCode),
                        part(outputs, i).toList(),
                        part(errors, i).collect(Collectors.joining("\n"))));
            }
            return each;
        }
    }

    /** All but the first begin with the exit code of the command before. */
    private static Stream<String> part(String[] parts, int index) {
        return parts[index].lines().skip(index == 0 ? 0 : 1);
    }

    private static List<String> command(String... args) {
        return java(Taskstop.class, args);
    }

    private static List<String> java(Class<?> program, String... args) {
        List<String> command = new ArrayList<>(Signals.DEFAULTS);
        command.addAll(Start.of(program));
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
        return readUntil(shown -> shown.indexOf(text) >= 0);
    }

    String readUntil(Predicate<StringBuilder> enough) throws IOException {
        StringBuilder shown = new StringBuilder();
        int c = 0;
        while (c >= 0 && !enough.test(shown)) {
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
