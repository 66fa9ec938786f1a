package dev.taskstop.cli;

import java.io.IOException;
import picocli.CommandLine.Help.Ansi;

/**
 * Which of the three standard streams are terminals that one can draw on. Java tells it for all of them together only,
 * so {@code sh} is asked; where there is none, they are taken for pipes.
 */
record Terminals(boolean input, boolean output, boolean error) {

    private static final String QUESTION =
            "n=0; [ -t 0 ] && n=$((n+1)); [ -t 1 ] && n=$((n+2)); [ -t 2 ] && n=$((n+4)); exit $n";

    private static final Terminals NONE = new Terminals(false, false, false);
    private static final Terminals CURRENT = ask();

    static Terminals current() {
        return CURRENT;
    }

    Ansi colours() {
        String noColour = System.getenv("NO_COLOR");
        boolean wanted = noColour == null || noColour.isEmpty();
        return output && error && wanted ? Ansi.ON : Ansi.OFF;
    }

    private static Terminals ask() {
        try {
            int answer =
                    new ProcessBuilder("sh", "-c", QUESTION).inheritIO().start().waitFor();
            boolean draws = !"dumb".equals(System.getenv("TERM"));
            return new Terminals((answer & 1) != 0, (answer & 2) != 0 && draws, (answer & 4) != 0 && draws);
        } catch (IOException e) {
            return NONE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return NONE;
        }
    }
}
