package dev.taskstop.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Lets a child die of signals that its parent ignores. What a shell starts with {@code &} or {@code nohup}, as many
 * build servers do, ignores SIGINT or SIGHUP, and so does all that is started by it.
 */
final class Signals {

    static final int KILLED_BY = 128;
    static final Map<String, Integer> NUMBERS = Map.of("HUP", 1, "INT", 2, "TERM", 15);

    private static final List<String> RESTORED = List.of("env", "--default-signal=HUP,INT,TERM");

    /** What goes before a command: of coreutils 8.31 and newer; else nothing. */
    static final List<String> DEFAULTS = exitCode(RESTORED, "exit 0") == 0 ? RESTORED : List.of();

    private Signals() {}

    /** Skips a test where a child would not notice. */
    static void assumeArrives(String signal) {
        if (NUMBERS.containsKey(signal)) {
            assumeTrue(
                    exitCode(DEFAULTS, "kill -" + signal + " $$") == KILLED_BY + NUMBERS.get(signal),
                    () -> "this run ignores SIG" + signal + ", and no env --default-signal restores it for a child");
        }
    }

    /** Runs a line of a shell. */
    static int exitCode(List<String> before, String line) {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of("sh", "-c", line));
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
