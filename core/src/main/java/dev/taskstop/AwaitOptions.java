package dev.taskstop;

/** How tasks are waited for. Immutable: each {@code with…} returns a new instance. */
public final class AwaitOptions {

    private static final AwaitOptions DEFAULTS = new AwaitOptions(1024, false);

    private final int concurrency;
    private final boolean logStream;

    private AwaitOptions(int concurrency, boolean logStream) {
        this.concurrency = concurrency;
        this.logStream = logStream;
    }

    /**
     * Returns what is used when nothing else is said: 1,024 tasks waited for at once, by asking for their status.
     *
     * @return the defaults
     */
    public static AwaitOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Sets how many tasks are waited for at once, and so how many ids are taken ahead. A task that is waited for costs
     * memory but no connection, unless it is by its log stream; what the client has in flight is bounded by
     * {@link TaskClientBuilder#concurrency}.
     *
     * @param concurrency from 1 up
     * @return a new instance
     */
    public AwaitOptions withConcurrency(int concurrency) {
        if (concurrency < 1) {
            throw new IllegalArgumentException("concurrency takes a number from 1 up, not " + concurrency);
        }
        return new AwaitOptions(concurrency, logStream);
    }

    /**
     * Sets how the end of a task is learnt: from its log stream, which says so at once and keeps a connection or an
     * HTTP/2 stream for each task, or from its status, which is asked for again and again.
     *
     * @param logStream true for the log stream; false, the default, for the status
     * @return a new instance
     */
    public AwaitOptions withLogStream(boolean logStream) {
        return new AwaitOptions(concurrency, logStream);
    }

    boolean logStream() {
        return logStream;
    }

    int concurrency() {
        return concurrency;
    }
}
