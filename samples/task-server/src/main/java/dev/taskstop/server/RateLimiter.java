package dev.taskstop.server;

/** A token bucket that holds the requests of one second. */
final class RateLimiter {

    private final int requestsPerSecond;
    private double tokens;
    private long filledAt;

    /** @param requestsPerSecond 0 for no limit */
    RateLimiter(int requestsPerSecond, long now) {
        this.requestsPerSecond = requestsPerSecond;
        this.tokens = requestsPerSecond;
        this.filledAt = now;
    }

    /** Takes a token; returns 0, or in how many milliseconds there will be one. */
    synchronized long acquire(long now) {
        if (requestsPerSecond == 0) {
            return 0;
        }
        double gained = Math.max(0, now - filledAt) * requestsPerSecond / 1000.0;
        tokens = Math.min(requestsPerSecond, tokens + gained);
        filledAt = now;
        if (tokens >= 1) {
            tokens--;
            return 0;
        }
        return (long) Math.ceil((1 - tokens) * 1000 / requestsPerSecond);
    }
}
