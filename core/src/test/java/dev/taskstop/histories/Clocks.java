package dev.taskstop.histories;

import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/**
 * Time, which passes only when {@link #runNext} says so, on one thread. This machine has two clocks, as every machine
 * does: {@code now(NANOSECONDS)} only goes forward, {@code now(MILLISECONDS)} is the wall clock, which somebody may set.
 */
final class Clocks implements Scheduler {

    /** True time at the beginning; near the end of a second, so that cutting a date to seconds matters soon. */
    static final long BEGIN_MILLIS = 1_705_314_600_850L;

    /** The wall clock of this machine is never quite that of the server. */
    private static final long WALL_IS_AHEAD_MILLIS = 37_123;

    private static final long MONOTONIC_ORIGIN_NANOS = 987_654_321L;

    private final PriorityQueue<Due> queue = new PriorityQueue<>();
    private long nanos;
    private long wallStepMillis;
    private long scheduled;

    /** True time since the beginning. */
    long millis() {
        return nanos / 1_000_000;
    }

    /** Somebody sets the wall clock of this machine. */
    void stepWallClock(long millis) {
        wallStepMillis += millis;
    }

    /** Runs the next that is due, if it is so before a moment. */
    boolean runNext(long untilMillis) {
        Due next = queue.peek();
        if (next == null || next.at > untilMillis * 1_000_000) {
            return false;
        }
        queue.poll();
        nanos = Math.max(nanos, next.at);
        next.run();
        return true;
    }

    void after(long millis, Runnable task) {
        schedule(task, millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public long now(TimeUnit unit) {
        return unit.compareTo(TimeUnit.MILLISECONDS) < 0
                ? unit.convert(MONOTONIC_ORIGIN_NANOS + nanos, TimeUnit.NANOSECONDS)
                : unit.convert(BEGIN_MILLIS + WALL_IS_AHEAD_MILLIS + wallStepMillis + millis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public Disposable schedule(Runnable task) {
        return schedule(task, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        long wait = Math.min(Math.max(0, unit.toNanos(delay)), Long.MAX_VALUE - nanos);
        Due due = new Due(nanos + wait, scheduled++, task);
        queue.add(due);
        return due;
    }

    @Override
    public Worker createWorker() {
        Disposable.Composite tasks = Disposables.composite();
        return new Worker() {
            @Override
            public Disposable schedule(Runnable task) {
                return schedule(task, 0, TimeUnit.NANOSECONDS);
            }

            @Override
            public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
                Disposable due = Clocks.this.schedule(task, delay, unit);
                tasks.add(due);
                return due;
            }

            @Override
            public void dispose() {
                tasks.dispose();
            }
        };
    }

    private static final class Due implements Comparable<Due>, Disposable {

        private final long at;
        private final long number;
        private @Nullable Runnable task;

        Due(long at, long number, Runnable task) {
            this.at = at;
            this.number = number;
            this.task = task;
        }

        void run() {
            Runnable todo = task;
            task = null;
            if (todo != null) {
                todo.run();
            }
        }

        @Override
        public void dispose() {
            task = null;
        }

        @Override
        public boolean isDisposed() {
            return task == null;
        }

        @Override
        public int compareTo(Due other) {
            return at == other.at ? Long.compare(number, other.number) : Long.compare(at, other.at);
        }
    }
}
