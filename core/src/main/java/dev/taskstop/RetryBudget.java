package dev.taskstop;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stops retries, never first attempts, when a server fails too often. A retry costs {@value #COST} tokens, which come
 * back when it gets an answer; a first attempt that gets an answer brings {@value #REWARD}. So the budget lasts while
 * less than about 38 % of the attempts fail, and is spent when more do. It belongs to a client, so that its calls share
 * what is left.
 */
final class RetryBudget {

    private static final int COST = 5;
    private static final int REWARD = 2;

    private final int capacity;
    private final AtomicInteger tokens;

    RetryBudget(int retries) {
        this.capacity = retries * COST;
        this.tokens = new AtomicInteger(capacity);
    }

    boolean trySpend() {
        return tokens.getAndUpdate(left -> left < COST ? left : left - COST) >= COST;
    }

    void answered(boolean afterRetry) {
        if (tokens.get() < capacity) {
            tokens.updateAndGet(left -> Math.min(capacity, left + (afterRetry ? COST : REWARD)));
        }
    }
}
