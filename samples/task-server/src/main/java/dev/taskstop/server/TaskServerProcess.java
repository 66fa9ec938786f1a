package dev.taskstop.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A task server in a process of its own, on the class path of this one, which needs picocli on it: the program takes its
 * options with it. All methods block.
 */
public final class TaskServerProcess implements AutoCloseable {

    private static final Pattern GC = Pattern.compile("-XX:\\+Use\\w+GC");
    private static final int SECONDS_TO_END = 30;

    private final List<String> java;
    private final List<String> options;
    private final Path ledger;
    private Process process;
    private URI baseUrl;

    /**
     * What the server saw until its end.
     *
     * @param tasks what happened to each task, by its id
     * @param totals what it saw in all
     */
    public record Report(Map<String, LedgerEntry> tasks, LedgerTotals totals) {}

    private record LastLine(@Nullable LedgerTotals totals) {}

    private TaskServerProcess(List<String> java, List<String> options) {
        this.java = java;
        this.options = options;
        try {
            this.ledger = Files.createTempFile("ledger", ".jsonl");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.process = launch(0);
        this.baseUrl = awaitGreeting(process);
    }

    /**
     * Starts a server on a free port and waits until it listens. Its Java has the compiler and the garbage collector of
     * this program's.
     *
     * @param options the options of {@link TaskServerMain}, but for its port and its ledger
     * @return the server; close it
     */
    public static TaskServerProcess start(String... options) {
        return start(sameJava(), options);
    }

    /**
     * Starts a server on a free port and waits until it listens.
     *
     * @param java how Java is started: its command, with whatever comes before and flags behind
     * @param options the options of {@link TaskServerMain}, but for its port and its ledger
     * @return the server; close it
     */
    public static TaskServerProcess start(List<String> java, String... options) {
        return new TaskServerProcess(List.copyOf(java), List.of(options));
    }

    /**
     * The command of the Java that runs this program.
     *
     * @return an absolute path
     */
    public static String javaCommand() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /**
     * The command of the Java that runs this program, with the compiler and the garbage collector that it was told to
     * use: what suits this program suits a process beside it, a short test as well as a long run.
     *
     * @return the command and its flags
     */
    public static List<String> sameJava() {
        return Stream.concat(
                        Stream.of(javaCommand()),
                        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                                .filter(flag -> flag.startsWith("-XX:TieredStopAtLevel=")
                                        || GC.matcher(flag).matches()))
                .toList();
    }

    /**
     * Where it listens; the same after a restart.
     *
     * @return for example {@code http://127.0.0.1:8787}
     */
    public synchronized URI baseUrl() {
        return baseUrl;
    }

    /** Ends it without a warning, as {@code kill -9} does. What it knew is gone, but for its journal. */
    public synchronized void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Starts it again where it was, after {@link #kill}, and waits until it listens. */
    public synchronized void restart() {
        process = launch(baseUrl.getPort());
        baseUrl = awaitGreeting(process);
    }

    /**
     * Ends it and reads its ledger.
     *
     * @return what it saw since its last start
     */
    public synchronized Report end() {
        process.destroy();
        awaitEnd();
        try {
            List<String> lines = Files.readAllLines(ledger);
            Map<String, LedgerEntry> tasks = new LinkedHashMap<>();
            for (String line : lines.subList(0, lines.size() - 1)) {
                LedgerEntry entry = JsonBodies.read(line, LedgerEntry.class);
                tasks.put(entry.taskId(), entry);
            }
            LedgerTotals totals =
                    JsonBodies.read(lines.get(lines.size() - 1), LastLine.class).totals();
            return new Report(tasks, Objects.requireNonNull(totals));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it. */
    @Override
    public synchronized void close() {
        process.destroy();
        awaitEnd();
        try {
            Files.deleteIfExists(ledger);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process launch(int port) {
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), TaskServerMain.class.getName()));
        command.addAll(options);
        command.add("--port=" + port);
        command.add("--ledger=" + ledger);
        try {
            Process launched = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(launched::destroyForcibly));
            return launched;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static URI awaitGreeting(Process process) {
        try {
            BufferedReader out = process.inputReader();
            String line = out.readLine();
            while (line != null && !line.startsWith(TaskServerMain.GREETING)) {
                // A logger may have something to say before.
                System.out.println(line);
                line = out.readLine();
            }
            if (line == null) {
                process.destroy();
                throw new IllegalStateException("The task server did not start");
            }
            Thread reader = new Thread(() -> passOn(out), "task-server-output");
            reader.setDaemon(true);
            reader.start();
            int url = TaskServerMain.GREETING.length();
            return URI.create(line.substring(url, line.indexOf(' ', url)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it logs has to be read: it would wait for that once there is too much of it. */
    private static void passOn(BufferedReader out) {
        try (out) {
            out.lines().forEach(System.out::println);
        } catch (IOException | UncheckedIOException e) {
            // It has ended.
        }
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("The task server did not end within " + SECONDS_TO_END + " s");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
