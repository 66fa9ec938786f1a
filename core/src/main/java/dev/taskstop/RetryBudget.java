package dev.taskstop;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stops what comes on top of first attempts, never these, when a server fails too often. A retry costs {@value #COST}
 * tokens, and so does the question what became of a task. A first attempt that gets an answer brings
 * {@value #FIRST_ANSWERED}; a retry that does brings {@value #RETRY_ANSWERED}, its cost and a little more, since it
 * shows that retrying helps.
 *
 * <p>So the budget lasts while less than 32 % of the attempts fail. Once it is spent by a server that fails half of
 * them, there is one retry for ten stops, and one for each {@value #COST} that succeed when no retry does. It belongs
 * to a client, so that its calls share what is left.
 */
final class RetryBudget {

    private static final int COST = 15;
    private static final int FIRST_ANSWERED = 1;
    private static final int RETRY_ANSWERED = 20;

    private final int capacity;
    private final AtomicInteger tokens;

    RetryBudget(int retries) {
        this.capacity = retries * COST;
        this.tokens = new AtomicInteger(capacity);
    }

    /** Whether there is enough for one more, unless others are faster. */
    boolean isLeft() {
        return tokens.get() >= COST;
    }

    boolean trySpend() {
        return tokens.getAndUpdate(left -> left < COST ? left : left - COST) >= COST;
    }

    void answered(boolean afterRetry) {
        if (tokens.get() < capacity) {
            tokens.updateAndGet(left -> Math.min(capacity, left + (afterRetry ? RETRY_ANSWERED : FIRST_ANSWERED)));
        }
    }
}
