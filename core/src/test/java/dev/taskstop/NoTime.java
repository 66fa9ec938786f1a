package dev.taskstop;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/** A scheduler for model checking, where no time passes: what is scheduled runs when it is told to. */
final class NoTime implements Scheduler {

    private final Queue<Runnable> scheduled = new ConcurrentLinkedQueue<>();

    int pending() {
        return scheduled.size();
    }

    /** Returns whether there was anything to run. */
    boolean runNext() {
        Runnable task = scheduled.poll();
        if (task != null) {
            task.run();
        }
        return task != null;
    }

    @Override
    public long now(TimeUnit unit) {
        return 0;
    }

    @Override
    public Disposable schedule(Runnable task) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        scheduled.add(task);
        return Disposables.disposed();
    }

    @Override
    public Worker createWorker() {
        throw new UnsupportedOperationException();
    }
}
