package dev.taskstop.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/** Results go to standard output, messages to standard error, and so does a progress bar where that is a terminal. */
final class Screen implements AutoCloseable {

    private static final int WIDTH = 79;
    private static final String CLEAR_LINE = "\r\u001b[K";

    /** What other people wrote must not move the cursor, or do worse. */
    private static final Pattern CONTROL =
            Pattern.compile("\u001b\\[[0-?]*[ -/]*[@-~]|[\\p{Cntrl}\u0080-\u009f&&[^\t\n]]");

    private final PrintStream out = stream(FileDescriptor.out);
    private final PrintStream err = stream(FileDescriptor.err);
    private final Ansi ansi = Terminals.current().colours();
    private @Nullable ProgressBar bar;
    private String drawn = "";

    /**
     * Begins to show progress.
     *
     * @param max how many steps there are, or -1
     */
    synchronized void showProgress(long done, long max) {
        bar = new ProgressBarBuilder()
                .setTaskName("Stopping")
                .setInitialMax(max)
                .startsFrom(done, Duration.ZERO)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .showSpeed()
                .setConsumer(new DelegatingProgressBarConsumer(this::draw, WIDTH))
                .build();
    }

    void step() {
        if (bar != null) {
            bar.step();
        }
    }

    boolean showsProgress() {
        return bar != null;
    }

    synchronized void result(String line) {
        above(out, line);
    }

    synchronized void message(String format, Object... args) {
        above(err, String.format(Locale.ROOT, format, args));
    }

    String red(String text) {
        return ansi == Ansi.ON ? ansi.string("@|bold,red " + text + "|@") : text;
    }

    /** Tells whether nobody reads the results any more. */
    boolean isBroken() {
        return out.checkError();
    }

    static String printable(String text) {
        return CONTROL.matcher(text).replaceAll("");
    }

    /** Ends the progress bar; what comes after it is below it. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
            err.println();
        }
    }

    private void above(PrintStream stream, String line) {
        if (bar == null) {
            stream.println(line);
            return;
        }
        err.print(CLEAR_LINE);
        err.flush();
        stream.println(line);
        err.print(drawn);
        err.flush();
    }

    private synchronized void draw(String rendered) {
        drawn = rendered;
        err.print(CLEAR_LINE + rendered);
        err.flush();
    }

    private static PrintStream stream(FileDescriptor file) {
        return new PrintStream(new BufferedOutputStream(new FileOutputStream(file)), true, StandardCharsets.UTF_8);
    }
}
