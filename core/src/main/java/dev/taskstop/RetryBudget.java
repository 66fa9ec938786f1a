package dev.taskstop;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.Disposable;

/**
 * Stops what comes on top of first attempts, never these, when a server fails too often. A retry costs {@value #COST}
 * tokens, and so does the question what became of a task. A first attempt that gets an answer brings
 * {@value #FIRST_ANSWERED}; a retry that does brings {@value #RETRY_ANSWERED}, its cost and a little more, because it
 * shows that retrying helps.
 *
 * <p>So the budget lasts while less than 32 % of the attempts fail. Once it is spent by a server that fails half of
 * them, there is one retry for ten stops, and one for each {@value #COST} that succeed when no retry does. It belongs
 * to a client, so that its calls share what is left.
 *
 * <p>A retry costs when it is sent. Until then others may earn what it will cost, although the budget is full: a retry
 * has its turn after the first attempts of others, which come to nothing for it otherwise.
 */
final class RetryBudget {

    private static final int COST = 15;
    private static final int FIRST_ANSWERED = 1;
    private static final int RETRY_ANSWERED = 20;

    private final int capacity;
    private final AtomicInteger tokens;
    private final AtomicInteger waiting = new AtomicInteger();

    RetryBudget(int retries) {
        this.capacity = retries * COST;
        this.tokens = new AtomicInteger(capacity);
    }

    /** Whether there is enough for one more, unless others are faster. */
    boolean isLeft() {
        return tokens.get() >= COST;
    }

    /** A retry waits for its turn, until what is returned is disposed of. */
    Disposable retryWaits() {
        waiting.incrementAndGet();
        AtomicBoolean waits = new AtomicBoolean(true);
        return () -> {
            if (waits.compareAndSet(true, false)) {
                waiting.decrementAndGet();
            }
        };
    }

    boolean trySpend() {
        return tokens.getAndUpdate(left -> left < COST ? left : left - COST) >= COST;
    }

    void answered(boolean afterRetry) {
        int most = capacity + waiting.get() * COST;
        if (tokens.get() < most) {
            tokens.updateAndGet(
                    left -> Math.max(left, Math.min(most, left + (afterRetry ? RETRY_ANSWERED : FIRST_ANSWERED))));
        }
    }
}
