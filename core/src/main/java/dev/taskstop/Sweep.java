package dev.taskstop;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One round of a {@linkplain TaskClient#sweep sweep}: what matched was stopped, as far as it could be.
 *
 * @param number which round of its sweep it is, from 1
 * @param startedAt when it began, by this machine's clock
 * @param summary what became of its tasks; where the round failed, of those before that
 * @param error why the round failed, because the list could not be read; null when it did not. That single stops failed is
 *     in the summary
 */
public record Sweep(
        long number,
        Instant startedAt,
        StopSummary summary,
        @Nullable TaskException error) {

    /**
     * Tells whether the round failed.
     *
     * @return true when there is an {@link #error}
     */
    public boolean isFailed() {
        return error != null;
    }
}
