package dev.taskstop;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import reactor.core.scheduler.Scheduler;

/** The time in which nothing is sent because the server asked for it. */
final class GatePause {

    private static final Logger log = LoggerFactory.getLogger(GatePause.class);

    private static final Duration WARNING_EVERY = Duration.ofSeconds(10);

    private final Duration first;
    private final Duration longest;
    private final Scheduler scheduler;

    private final Object lock = new Object();
    private volatile boolean on;
    private volatile long until;
    private volatile int inARow;
    private long lastWarningAt;
    private boolean warned;

    /**
     * Creates it, not begun.
     *
     * @param first about how long the first pause is, when the server does not say; doubled for each one after it
     * @param longest the most that a server can ask for
     */
    GatePause(Duration first, Duration longest, Scheduler scheduler) {
        this.first = first;
        this.longest = longest;
        this.scheduler = scheduler;
    }

    boolean isOn() {
        return on;
    }

    /** How long it still lasts, cut to milliseconds. */
    Duration left() {
        long left = until - now();
        return on && left > 0 ? Duration.ofMillis(NANOSECONDS.toMillis(left)) : Duration.ZERO;
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
     * @param onEnd run when the pause is over
     */
    void asked(@Nullable Duration wish, Runnable onEnd) {
        synchronized (lock) {
            if (on && wish == null) {
                return;
            }
            Duration pause = wish == null ? backoff(inARow++) : wish;
            if (pause.compareTo(longest) > 0) {
                pause = longest;
            }
            long now = now();
            long end = now + pause.toNanos();
            if (pause.isZero() || (on && end - until <= 0)) {
                return;
            }
            warn(pause, now);
            until = end;
            on = true;
            try {
                scheduler.schedule(() -> end(end, onEnd), pause.toNanos(), NANOSECONDS);
            } catch (RejectedExecutionException nothingTakesWork) {
                // A pause that nothing ends would be one for ever.
                on = false;
            }
        }
    }

    /** One warning in a while is enough for a server that asks again and again. */
    private void warn(Duration pause, long now) {
        boolean isNews = !warned || now - lastWarningAt >= WARNING_EVERY.toNanos();
        log.atLevel(isNews ? Level.WARN : Level.DEBUG)
                .log("The server asks to slow down: nothing is sent for {} ms", pause.toMillis());
        if (isNews) {
            warned = true;
            lastWarningAt = now;
        }
    }

    private Duration backoff(int pausesBefore) {
        double jitter = ThreadLocalRandom.current().nextDouble(0.5, 1.0);
        return Duration.ofMillis((long) (first.toMillis() * jitter * (1L << Math.min(pausesBefore, 16))));
    }

    private void end(long end, Runnable onEnd) {
        synchronized (lock) {
            if (until != end) {
                return;
            }
            on = false;
        }
        onEnd.run();
    }

    /** Does not jump with the wall clock. */
    private long now() {
        return scheduler.now(NANOSECONDS);
    }
}
