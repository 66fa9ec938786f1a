package dev.taskstop.cli;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Help.Ansi;

/**
 * Which of the standard streams are terminals. Java tells it for all of them together only, so the launcher says it, or
 * else {@code sh} is asked; where there is none, they are taken for pipes.
 *
 * @param asks whether a question is seen at one, and its answer comes from one
 * @param output whether standard output is one
 * @param error whether standard error is one
 * @param draws whether one can be drawn on, which those cannot that call themselves dumb
 */
record Terminals(boolean asks, boolean output, boolean error, boolean draws) {

    /** The launcher's answers, each as the numbers of some streams. */
    private static final String TERMINALS = "taskstop.terminals";

    private static final String CLOSED = "taskstop.closed";
    private static final String CHARSET = "taskstop.charset";

    private static final String QUESTION =
            "n=0; [ -t 0 ] && n=$((n+1)); [ -t 1 ] && n=$((n+2)); [ -t 2 ] && n=$((n+4)); exit $n";

    /** As wide as terminals were before windows. */
    private static final int USUAL_COLUMNS = 80;

    private static final Pattern SIZE = Pattern.compile("\\d+ (\\d{1,5})\\s*");

    private static final Terminals CURRENT = ask();

    static Terminals current() {
        return CURRENT;
    }

    Ansi colours() {
        String noColour = System.getenv("NO_COLOR");
        boolean wanted = noColour == null || noColour.isEmpty();
        return draws && output && error && wanted ? Ansi.ON : Ansi.OFF;
    }

    /** What the terminal's locale can show. */
    static Charset charset() {
        String name = System.getProperty(CHARSET, System.getProperty("native.encoding", ""));
        try {
            return Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            return StandardCharsets.US_ASCII;
        }
    }

    /** How wide the terminal of standard error is now. */
    static int columns() {
        ProcessBuilder stty = new ProcessBuilder("sh", "-c", "exec stty size <&2");
        try {
            Process process =
                    stty.redirectError(ProcessBuilder.Redirect.INHERIT).start();
            try (InputStream answer = process.getInputStream()) {
                Matcher size = SIZE.matcher(new String(answer.readAllBytes(), StandardCharsets.US_ASCII));
                int columns = size.matches() ? Integer.parseInt(size.group(1)) : 0;
                return columns > 0 ? columns : USUAL_COLUMNS;
            }
        } catch (IOException e) {
            return USUAL_COLUMNS;
        }
    }

    /**
     * Tells whether whoever started the program gave it no standard input. Its number then goes to a file that Java
     * opens for itself, whose bytes are no ids.
     */
    static boolean isInputClosed() {
        return isClosed('0', "/dev/stdin");
    }

    /** The same for standard output, in which Java's own file must not be written to. */
    static boolean isOutputClosed() {
        return isClosed('1', "/dev/stdout");
    }

    private static boolean isClosed(char stream, String device) {
        String closed = System.getProperty(CLOSED);
        return closed == null ? isOfJava(device) : closed.indexOf(stream) >= 0;
    }

    private static boolean isOfJava(String device) {
        try {
            Path file = Path.of(device).toRealPath();
            if (file.startsWith(Path.of(System.getProperty("java.home")).toRealPath())) {
                return true;
            }
            for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator, -1)) {
                if (!entry.isEmpty()
                        && file.equals(Path.of(entry).toAbsolutePath().normalize())) {
                    return true;
                }
            }
            String name = file.toString().toLowerCase(Locale.ROOT);
            return name.endsWith(".jsa") || name.endsWith(".jar");
        } catch (IOException e) {
            // It is a pipe, which has no path, or this system has no such devices.
            return false;
        }
    }

    private static Terminals ask() {
        String told = System.getProperty(TERMINALS);
        if (told != null) {
            return of(told.contains("0"), told.contains("1"), told.contains("2"));
        }
        try {
            int answer =
                    new ProcessBuilder("sh", "-c", QUESTION).inheritIO().start().waitFor();
            return of((answer & 1) != 0, (answer & 2) != 0, (answer & 4) != 0);
        } catch (IOException e) {
            return of(false, false, false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return of(false, false, false);
        }
    }

    private static Terminals of(boolean input, boolean output, boolean error) {
        boolean draws = !"dumb".equals(System.getenv("TERM"));
        return new Terminals(input && error, output, error, draws);
    }
}
