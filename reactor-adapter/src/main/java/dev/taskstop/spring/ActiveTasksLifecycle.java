package dev.taskstop.spring;

import dev.taskstop.ActiveTasks;
import dev.taskstop.StopSummary;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Stops the tracked tasks when the context stops: after the web server has drained and is stopped, and before the
 * application's executors and Netty's event loops are.
 */
final class ActiveTasksLifecycle implements SmartLifecycle {

    /** Boot drains its web servers at {@code DEFAULT_PHASE - 1024} and stops them at {@code DEFAULT_PHASE - 2048}. */
    static final int PHASE = DEFAULT_PHASE - 3072;

    private static final Logger log = LoggerFactory.getLogger(ActiveTasksLifecycle.class);

    private final ActiveTasks activeTasks;
    private final Duration grace;
    private volatile boolean running;

    ActiveTasksLifecycle(ActiveTasks activeTasks, Duration grace, Duration phaseTimeout) {
        this.activeTasks = activeTasks;
        Duration longest = phaseTimeout.multipliedBy(9).dividedBy(10);
        this.grace = grace.compareTo(longest) < 0 ? grace : longest;
    }

    @Override
    public void start() {
        activeTasks.reopen();
        running = true;
    }

    @Override
    public void stop(Runnable callback) {
        int tracked = activeTasks.taskIds().size();
        if (tracked > 0) {
            log.info("Stopping {} tracked tasks, for {} at the longest", tracked, grace);
        }
        activeTasks
                .shutdown(grace)
                .collect(StopSummary.collector())
                .doFinally(signal -> {
                    running = false;
                    callback.run();
                })
                .subscribe(
                        ActiveTasksLifecycle::report,
                        failure -> log.warn("The tracked tasks were not stopped", failure));
    }

    /** The container calls the other one. */
    @Override
    public void stop() {
        stop(() -> {});
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
