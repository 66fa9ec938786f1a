package dev.taskstop;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what a listener throws away from the stop that it hears of, and from the listeners after it. */
final class GuardedListener implements StopListener {

    /** Hears nothing. */
    static final StopListener NONE = new StopListener() {};

    private static final Logger log = LoggerFactory.getLogger(GuardedListener.class);

    private final StopListener before;
    private final StopListener listener;
    private final Guard guard = new Guard(log, "A stop listener");

    GuardedListener(StopListener before, StopListener listener) {
        this.before = before;
        this.listener = listener;
    }

    @Override
    public void onResult(StopResult result, @Nullable String reason) {
        before.onResult(result, reason);
        guard.run(() -> listener.onResult(result, reason));
    }

    @Override
    public void onBulkStopEnd(StopSummary summary) {
        before.onBulkStopEnd(summary);
        guard.run(() -> listener.onBulkStopEnd(summary));
    }
}
