package dev.taskstop;

/** How tasks are waited for. Immutable: each {@code with…} returns a new instance. */
public final class AwaitOptions {

    private static final AwaitOptions DEFAULTS = new AwaitOptions(1024);

    private final int concurrency;

    private AwaitOptions(int concurrency) {
        this.concurrency = concurrency;
    }

    /**
     * Returns what is used when nothing else is said: 1,024 tasks waited for at once.
     *
     * @return the defaults
     */
    public static AwaitOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Sets how many tasks are waited for at once, and so how many ids are taken ahead. A task that is waited for costs
     * memory but no connection; what the client has in flight stays below {@link TaskClientBuilder#concurrency}.
     *
     * @param concurrency from 1 up
     * @return a new instance
     */
    public AwaitOptions withConcurrency(int concurrency) {
        if (concurrency < 1) {
            throw new IllegalArgumentException("concurrency takes a number from 1 up, not " + concurrency);
        }
        return new AwaitOptions(concurrency);
    }

    int concurrency() {
        return concurrency;
    }
}
