package dev.taskstop;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import reactor.core.scheduler.Scheduler;

/** The time in which nothing is sent since the server asked for it. */
final class Pause {

    private static final Logger log = LoggerFactory.getLogger(Pause.class);

    private static final Duration WARNING_EVERY = Duration.ofSeconds(10);

    private final Duration first;
    private final Duration longest;
    private final Scheduler scheduler;
    private final Runnable onEnd;

    private final Object lock = new Object();
    private volatile long until;
    private volatile int inARow;
    private long nextWarningAt;

    /**
     * Creates it, not begun.
     *
     * @param first about how long the first pause is, when the server does not say; doubled for each one after it
     * @param longest the most that a server can ask for
     * @param onEnd run when a pause is over
     */
    Pause(Duration first, Duration longest, Scheduler scheduler, Runnable onEnd) {
        this.first = first;
        this.longest = longest;
        this.scheduler = scheduler;
        this.onEnd = onEnd;
    }

    boolean isOn() {
        return until != 0;
    }

    Duration left() {
        long end = until;
        return end == 0 ? Duration.ZERO : Duration.ofMillis(Math.max(0, end - now()));
    }

    /** An answer that asks for none: the next pause is a first one again. */
    void notAsked() {
        if (inARow != 0) {
            inARow = 0;
        }
    }

    /**
     * One burst of refusals is one pause: while it lasts, only a longer wish of the server's changes it.
     *
     * @param wish how long the server wants; null when it does not say
     */
    void asked(@Nullable Duration wish) {
        synchronized (lock) {
            if (isOn() && wish == null) {
                return;
            }
            Duration pause = wish == null ? backoff(inARow++) : wish;
            if (pause.compareTo(longest) > 0) {
                pause = longest;
            }
            long end = now() + pause.toMillis();
            if (pause.isZero() || end <= until) {
                return;
            }
            warn(pause);
            until = end;
            scheduler.schedule(() -> end(end), pause.toMillis(), MILLISECONDS);
        }
    }

    /** One warning in a while is enough for a server that asks again and again. */
    private void warn(Duration pause) {
        boolean isNews = now() >= nextWarningAt;
        log.atLevel(isNews ? Level.WARN : Level.DEBUG)
                .log("The server asks to slow down: nothing is sent for {} ms", pause.toMillis());
        if (isNews) {
            nextWarningAt = now() + WARNING_EVERY.toMillis();
        }
    }

    private Duration backoff(int pausesBefore) {
        double jitter = ThreadLocalRandom.current().nextDouble(0.5, 1.0);
        return Duration.ofMillis((long) (first.toMillis() * jitter * (1L << Math.min(pausesBefore, 16))));
    }

    private void end(long end) {
        synchronized (lock) {
            if (until != end) {
                return;
            }
            until = 0;
        }
        onEnd.run();
    }

    private long now() {
        return scheduler.now(MILLISECONDS);
    }
}
