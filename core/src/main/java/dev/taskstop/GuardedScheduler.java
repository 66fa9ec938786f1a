package dev.taskstop;

import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * What the builder got for a scheduler. What it does not take, because it has been disposed of or whatever it throws, is
 * timed by the one that Reactor has then: a stop comes to its end, and whoever waits gets a turn. What it has taken and
 * does not do when it is disposed of is lost.
 */
final class GuardedScheduler implements Scheduler {

    private final Scheduler scheduler;

    GuardedScheduler(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public Disposable schedule(Runnable task) {
        return scheduled(to -> to.schedule(task));
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        return scheduled(to -> to.schedule(task, delay, unit));
    }

    /** It is asked first, because the text of a refusal waits for a lock of the executor's. */
    private Disposable scheduled(Function<Scheduler, Disposable> task) {
        if (!scheduler.isDisposed()) {
            try {
                return task.apply(scheduler);
            } catch (Throwable failure) {
                // It has been disposed of meanwhile, or fails.
                Guard.throwIfVirtualMachineIsBroken(failure);
            }
        }
        return task.apply(Schedulers.parallel());
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
