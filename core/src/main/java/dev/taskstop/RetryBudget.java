package dev.taskstop;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stops retries, never first attempts, when a server fails too often. A retry costs {@value #COST} tokens, which come
 * back when it gets an answer; a first attempt that gets an answer brings one. It belongs to a client, so that its
 * calls share what is left.
 */
final class RetryBudget {

    private static final int COST = 5;

    private final int capacity;
    private final AtomicInteger tokens;

    RetryBudget(int retries) {
        this.capacity = retries * COST;
        this.tokens = new AtomicInteger(capacity);
    }

    boolean trySpend() {
        return tokens.getAndUpdate(left -> left < COST ? left : left - COST) >= COST;
    }

    void answered(boolean retried) {
        if (tokens.get() < capacity) {
            tokens.updateAndGet(left -> Math.min(capacity, left + (retried ? COST : 1)));
        }
    }
}
