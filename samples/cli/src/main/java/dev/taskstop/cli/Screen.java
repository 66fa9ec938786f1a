package dev.taskstop.cli;

import java.time.Duration;
import java.util.Iterator;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;
import reactor.core.publisher.Flux;

/**
 * Results go to standard output, messages to standard error, and so does a progress bar where that is a terminal. This is
 * the one place that a command prints at: what other people wrote is made harmless here, and what cannot be written is
 * noticed.
 */
final class Screen implements AutoCloseable {

    private static final int MAX_WIDTH = 79;

    /** Below this a speed leaves no room for the bar. */
    private static final int WIDTH_FOR_SPEED = 64;

    private static final String CLEAR_LINE = "\r\u001b[K";
    private static final String RED = "\u001b[1;31m";
    private static final String PLAIN = "\u001b[0m";

    private final Output out = Output.standard();
    private final Output err = Output.error();
    private final Ansi ansi = Terminals.current().colours();
    private @Nullable ProgressBar bar;
    private volatile int width = MAX_WIDTH;
    private String drawn = "";

    /**
     * Begins to show progress.
     *
     * @param max how many steps there are, or -1
     */
    synchronized void showProgress(String what, long done, long max) {
        measure();
        Signals.register("WINCH", this::measure);
        ProgressBarBuilder builder = new ProgressBarBuilder()
                .setTaskName(what)
                .setInitialMax(max)
                .startsFrom(done, Duration.ZERO)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .setConsumer(new DelegatingProgressBarConsumer(this::draw, MAX_WIDTH) {
                    @Override
                    public int getMaxRenderedLength() {
                        return width;
                    }
                });
        bar = (width < WIDTH_FOR_SPEED ? builder : builder.showSpeed()).build();
    }

    void step() {
        if (bar != null) {
            bar.step();
        }
    }

    boolean showsProgress() {
        return bar != null;
    }

    /** A line of standard output. */
    synchronized void result(String line) {
        above(out, Printable.lineWithTabs(line));
    }

    /** A line of standard error. */
    synchronized void message(String format, Object... args) {
        above(err, Printable.line(String.format(Locale.ROOT, format, args)));
    }

    /** The same for what somebody has to do something about. */
    synchronized void alarm(String format, Object... args) {
        String line = Printable.line(String.format(Locale.ROOT, format, args));
        above(err, ansi == Ansi.ON ? red(line) : line);
    }

    static String red(String line) {
        return RED + line + PLAIN;
    }

    /** Asks at the terminal; the answer comes on the same line. */
    synchronized void ask(String format, Object... args) {
        err.print(Printable.line(String.format(Locale.ROOT, format, args)) + " ");
    }

    /** Takes what comes one by one, on this thread, which may wait for whoever reads the output; until nobody does. */
    <T> void each(Flux<T> all, Consumer<T> show) {
        try (Stream<T> stream = all.toStream(1)) {
            for (Iterator<T> rest = stream.iterator(); !isBroken() && rest.hasNext(); ) {
                show.accept(rest.next());
            }
        }
    }

    /** Tells whether results cannot be written any more. */
    boolean isBroken() {
        return out.failure() != null;
    }

    /** Ends the progress bar; what comes after it is below it. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
            err.line("");
        }
    }

    private void measure() {
        width = Math.min(Terminals.columns() - 1, MAX_WIDTH);
    }

    private void above(Output stream, String line) {
        if (bar == null) {
            stream.line(line);
            return;
        }
        err.print(CLEAR_LINE);
        stream.line(line);
        err.print(fitting(drawn));
    }

    private synchronized void draw(String rendered) {
        drawn = rendered;
        err.print(CLEAR_LINE + fitting(rendered));
    }

    /** A line that does not fit goes on in the next one, which is then never cleared. */
    private String fitting(String rendered) {
        return rendered.substring(0, Math.max(0, Math.min(rendered.length(), width)));
    }
}
