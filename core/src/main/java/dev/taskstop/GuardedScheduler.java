package dev.taskstop;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A scheduler that was given to the builder. What it takes no more, because it has been disposed of, is timed by
 * Reactor's own: a stop that is under way comes to its end, and whoever waits gets a turn.
 */
final class GuardedScheduler implements Scheduler {

    private final Scheduler scheduler;

    GuardedScheduler(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public Disposable schedule(Runnable task) {
        if (scheduler.isDisposed()) { // else the text of the refusal waits for a lock of the executor's
            return Schedulers.parallel().schedule(task);
        }
        try {
            return scheduler.schedule(task);
        } catch (RejectedExecutionException e) {
            return Schedulers.parallel().schedule(task);
        }
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        if (scheduler.isDisposed()) {
            return Schedulers.parallel().schedule(task, delay, unit);
        }
        try {
            return scheduler.schedule(task, delay, unit);
        } catch (RejectedExecutionException e) {
            return Schedulers.parallel().schedule(task, delay, unit);
        }
    }

    @Override
    public Worker createWorker() {
        return scheduler.createWorker();
    }

    @Override
    public long now(TimeUnit unit) {
        return scheduler.now(unit);
    }

    @Override
    public void dispose() {
        scheduler.dispose();
    }

    @Override
    public boolean isDisposed() {
        return scheduler.isDisposed();
    }
}
