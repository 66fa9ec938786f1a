package dev.taskstop.spring;

import dev.taskstop.ActiveTasks;
import dev.taskstop.StopResult;
import dev.taskstop.StopSummary;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Flux;

/**
 * Stops the tracked tasks when the context stops: after the web server has drained and is stopped, and before the
 * application's executors and Netty's event loops are.
 */
final class ActiveTasksLifecycle implements SmartLifecycle, DisposableBean {

    /** Boot drains its web servers at {@code DEFAULT_PHASE - 1024} and stops them at {@code DEFAULT_PHASE - 2048}. */
    static final int PHASE = DEFAULT_PHASE - 3072;

    private static final Logger log = LoggerFactory.getLogger(ActiveTasksLifecycle.class);

    /** The deadline ends the stops; this is for what comes after. */
    private static final Duration SLACK = Duration.ofMillis(500);

    private final List<ActiveTasks> tracked;
    private final Duration grace;
    private volatile boolean running;
    private volatile boolean stopping;

    /**
     * Creates the life cycle.
     *
     * @param tracked what is stopped, side by side
     * @param grace how long that may take
     */
    ActiveTasksLifecycle(Collection<ActiveTasks> tracked, ShutdownGrace grace) {
        this.tracked = List.copyOf(tracked);
        this.grace = grace.time();
    }

    @Override
    public void start() {
        tracked.forEach(ActiveTasks::reopen);
        stopping = false;
        running = true;
    }

    @Override
    public void stop(Runnable callback) {
        stopping = true;
        int tasks = tracked.stream().mapToInt(one -> one.taskIds().size()).sum();
        if (tasks > 0) {
            log.info("Stopping {} tracked tasks, for {} at the longest", tasks, grace);
        }
        Flux.fromIterable(tracked)
                .flatMapDelayError(this::shutdown, Math.max(1, tracked.size()), 1)
                .collect(StopSummary.collector())
                .doFinally(signal -> {
                    running = false;
                    callback.run();
                })
                .subscribe(
                        ActiveTasksLifecycle::report,
                        failure -> log.warn("The tracked tasks were not stopped", failure));
    }

    private Flux<StopResult> shutdown(ActiveTasks one) {
        @Nullable Flux<StopResult> results = one.shutdown(grace);
        // A mock in the place of the real one has none.
        return results == null ? Flux.empty() : results;
    }

    /** The container calls the other one. */
    @Override
    public void stop() {
        stop(() -> {});
    }

    /** A context that is refreshed destroys its beans without stopping them, and so does one whose start fails. */
    @Override
    public void destroy() throws InterruptedException {
        if (!stopping) {
            CountDownLatch stopped = new CountDownLatch(1);
            stop(stopped::countDown);
            if (!stopped.await(grace.plus(SLACK).toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("The tracked tasks are still being stopped");
            }
        }
    }

    private static void report(StopSummary summary) {
        if (summary.total() > 0) {
            log.info("Tracked tasks: {}", summary);
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** A context that is only paused between two tests goes on tracking. */
    @Override
    public boolean isPauseable() {
        return false;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    public String toString() {
        return "stops tracked tasks within " + grace;
    }
}
