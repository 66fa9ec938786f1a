package dev.taskstop.benchmarks;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Programs in processes of their own; where the machine can, those of one role have a CPU for themselves. */
final class Child {

    /** Who needs a CPU; what is measured has the one where the kernel does less of its housekeeping. */
    enum Role {
        CLIENT("1"),
        SERVER("0");

        private final String cpu;

        Role(String cpu) {
            this.cpu = cpu;
        }
    }

    private static final Duration ENDING = Duration.ofSeconds(10);
    private static final boolean PINNED = canPin(Role.CLIENT) && canPin(Role.SERVER);

    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroy)));
    }

    private Child() {}

    /** Who runs where, as a sentence for a report. */
    static String pinning() {
        return PINNED
                ? "Clients pinned to CPU %s, the server to CPU %s.".formatted(Role.CLIENT.cpu, Role.SERVER.cpu)
                : "Nothing pinned to a CPU.";
    }

    /** The command that starts a program on the CPU of its role. */
    static List<String> command(Role role, List<String> command) {
        return PINNED ? pinned(role, command) : command;
    }

    /** Starts a program; its errors go where this program's go. */
    static Process start(Role role, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command(role, command))
                .redirectError(Redirect.INHERIT)
                .start();
        RUNNING.removeIf(it -> !it.isAlive());
        RUNNING.add(process);
        return process;
    }

    /** Starts a program of this class path. */
    static Process startJava(Role role, List<String> flags, Class<?> main, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return start(role, command);
    }

    /**
     * Waits for a program to end.
     *
     * @return what it printed
     * @throws IOException when it fails, or has not ended in time
     */
    static String await(Process process, Duration patience) throws IOException, InterruptedException {
        Future<?> tooLate = killAfter(patience, process);
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IOException("Exit code " + exit + ", after at most " + patience + ": " + output);
            }
            return output;
        } finally {
            tooLate.cancel(false);
            end(process);
        }
    }

    /** Ends a program by force, unless what is returned is cancelled before. */
    static Future<?> killAfter(Duration patience, Process process) {
        return CompletableFuture.runAsync(
                process::destroyForcibly,
                CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS));
    }

    static void end(Process process) {
        process.destroy();
        awaitEnd(process);
    }

    /** Waits for the end of a program that is about to end by itself. */
    static void awaitEnd(Process process) {
        try {
            if (!process.waitFor(ENDING.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static boolean canPin(Role role) {
        if (Machine.find("taskset").isEmpty()) {
            return false;
        }
        try {
            Process trial = new ProcessBuilder(pinned(role, List.of("true")))
                    .redirectError(Redirect.DISCARD)
                    .start();
            return trial.waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static List<String> pinned(Role role, List<String> command) {
        List<String> pinned = new ArrayList<>(List.of("taskset", "-c", role.cpu));
        pinned.addAll(command);
        return pinned;
    }
}
