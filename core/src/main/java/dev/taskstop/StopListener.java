package dev.taskstop;

import org.jspecify.annotations.Nullable;

/**
 * Hears what becomes of every stop of a client, for an audit trail or a health check: see
 * {@link TaskClientBuilder#stopListener}.
 *
 * <p>It is called before the result goes on to its subscriber, on the same thread, which is mostly one of the HTTP
 * client's, and for several stops at once; so it must neither block nor mind threads. What it throws is logged and
 * changes no result.
 */
public interface StopListener {

    /**
     * Called with the result of each stop: alone, in a bulk stop, at the end of a race or at a shutdown. What is
     * skipped before its stop begins is not heard of: a duplicate, what is beyond the maximum, the rest of a batch that
     * is over; nor is a dry run, or a stop that is cancelled.
     *
     * @param result what became of the task
     */
    default void onResult(StopResult result) {}

    /**
     * Called with the result of each stop, and why it was asked for. This is what is called; unless it is overridden, it
     * calls {@link #onResult(StopResult)}.
     *
     * @param result what became of the task
     * @param reason as {@link StopAllOptions#withReason} was given it, which may have line breaks; null when it was not
     */
    default void onResult(StopResult result, @Nullable String reason) {
        onResult(result);
    }

    /**
     * Called when a bulk stop has ended, been cancelled, or failed as its source did.
     *
     * @param summary what became of its ids until then
     */
    default void onBulkStopEnd(StopSummary summary) {}
}
