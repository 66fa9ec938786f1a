package dev.taskstop;

import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Virtual time as a machine has it: what passes is measured by one clock, and the other one is set by somebody. */
final class WallClockThatJumps implements Scheduler {

    private final VirtualTimeScheduler time;
    private long stepMillis;

    WallClockThatJumps(VirtualTimeScheduler time) {
        this.time = time;
    }

    void jump(long millis) {
        stepMillis += millis;
    }

    @Override
    public long now(TimeUnit unit) {
        return unit.compareTo(TimeUnit.MILLISECONDS) < 0
                ? time.now(unit)
                : unit.convert(time.now(TimeUnit.MILLISECONDS) + stepMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public Disposable schedule(Runnable task) {
        return time.schedule(task);
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        return time.schedule(task, delay, unit);
    }

    @Override
    public Worker createWorker() {
        return time.createWorker();
    }
}
