package dev.taskstop;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.taskstop.Gate.Priority;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.util.concurrent.Queues;

/**
 * Those who wait at the gate: a line for each priority, first come, first served within a line, and the lines in the
 * order of {@link Priority}. Who is always passed over is let in between, so that no line waits for ever.
 *
 * @param <P> what is given to whoever is let in
 */
final class GateQueue<P> {

    private enum State {
        NEW,
        WAITING,
        OVER
    }

    private final Scheduler scheduler;
    private final Map<Priority, Line> lines = new EnumMap<>(Priority.class);
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger rounds = new AtomicInteger();
    private volatile @Nullable String refusal;

    /** Used only by whoever lets in. */
    private @Nullable Line lastServed;

    GateQueue(Scheduler scheduler) {
        this.scheduler = scheduler;
        for (Priority priority : Priority.values()) {
            lines.put(priority, new Line(priority));
        }
    }

    int waiting() {
        return waiting.get();
    }

    /**
     * Waits for a turn. Whoever is given a permit has to give it back. It may be given while its subscriber cancels, so
     * what follows has to take it even then, as {@code flatMapMany} does.
     *
     * @param patience how long to wait, from the subscription; {@link Gate#NO_HURRY} for as long as it takes
     * @param onArrival run when somebody has joined, to let in whom there is room for
     */
    Mono<P> turn(Priority priority, Duration patience, Runnable onArrival) {
        return new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super P> actual) {
                actual.onSubscribe(new Waiter(requireNonNull(lines.get(priority)), patience, onArrival, actual));
            }
        };
    }

    /** Turns away all who come later, and with the next {@link #admit} all who wait. */
    void refuse(String reason) {
        refusal = reason;
    }

    /**
     * Lets in whom there is a place for. Who finds it at work leaves it the rest, so that none nests and {@code tryEnter}
     * is never called by two threads at once.
     *
     * @param tryEnter gives a permit; null when there is none now
     * @param giveBack takes back a permit whose taker went away
     */
    void admit(Supplier<@Nullable P> tryEnter, Consumer<P> giveBack) {
        if (rounds.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            admitInOrder(tryEnter, giveBack);
            missed = rounds.addAndGet(-missed);
        } while (missed != 0);
    }

    private void admitInOrder(Supplier<@Nullable P> tryEnter, Consumer<P> giveBack) {
        for (Line next = next(); next != null; next = next()) {
            String reason = refusal;
            if (reason != null) {
                next.take().refuse(TaskRequestException.refused(reason));
                continue;
            }
            P permit = tryEnter.get();
            if (permit == null) {
                return;
            }
            if (next.take().enter(permit)) {
                served(next);
            } else {
                giveBack.accept(permit);
            }
        }
    }

    /**
     * The first line that is not empty, at once when the last turn was that of a line behind it: so a stop has the next
     * turn however long others have waited. Else it may be another that is due; where the first one has only just become
     * that, one that was due before. Of several it is the last one: its share is the smallest, so it cannot keep the
     * others from theirs, as they could keep it from its own.
     */
    private @Nullable Line next() {
        Line first = null;
        Line due = null;
        int grace = 0;
        for (Line line : lines.values()) {
            if (line.isEmpty()) {
                continue;
            }
            if (first == null) {
                first = line;
                if (lastServed == null || first.isBefore(lastServed)) {
                    return first;
                }
                grace = first == lastServed ? 0 : 1;
            } else if (line.isDue(grace)) {
                due = line;
            }
        }
        return due == null ? first : due;
    }

    private void served(Line served) {
        lastServed = served;
        served.passedOver = 0;
        for (Line line : lines.values()) {
            if (served.isBefore(line)) {
                line.passedOver++;
            }
        }
    }

    /** Those of one priority. But for joining, it is used only by whoever lets in. */
    private final class Line {

        private final Priority priority;
        private final Queue<Waiter> queue =
                Queues.<Waiter>unboundedMultiproducer().get();

        /** How many turns others had since its last one, while somebody waited in it. */
        private int passedOver;

        Line(Priority priority) {
            this.priority = priority;
        }

        /** Those who went away are passed over here. */
        boolean isEmpty() {
            for (Waiter head = queue.peek(); head != null; head = queue.peek()) {
                if (!head.isOver()) {
                    return false;
                }
                queue.poll();
            }
            passedOver = 0;
            return true;
        }

        Waiter take() {
            return queue.remove();
        }

        boolean isBefore(Line other) {
            return priority.compareTo(other.priority) < 0;
        }

        boolean isDue(int grace) {
            return passedOver >= priority.turnsOfOthers + grace
                    && (!priority.agesFirst || queue.element().isUrgent());
        }
    }

    /** One who waits, from the demand to the permit. */
    private final class Waiter extends AtomicReference<State> implements Subscription {

        private static final long serialVersionUID = 1L;

        private final transient Line line;
        private final transient Duration patience;
        private final transient Runnable onArrival;
        private final transient CoreSubscriber<? super P> actual;
        private final transient Disposable.Swap expiry = Disposables.swap();
        private long urgentAt;

        Waiter(Line line, Duration patience, Runnable onArrival, CoreSubscriber<? super P> actual) {
            super(State.NEW);
            this.line = line;
            this.patience = patience;
            this.onArrival = onArrival;
            this.actual = actual;
        }

        @Override
        public void request(long n) {
            if (!Operators.validate(n) || !compareAndSet(State.NEW, State.WAITING)) {
                return;
            }
            waiting.incrementAndGet();
            urgentAt = scheduler.now(NANOSECONDS);
            if (patience.compareTo(Gate.NO_HURRY) < 0) {
                urgentAt += patience.toNanos() / 2;
                try {
                    expiry.update(scheduler.schedule(this::expire, patience.toMillis(), MILLISECONDS));
                } catch (RejectedExecutionException nothingTakesWork) {
                    refuse(nothingTakesWork);
                    return;
                }
            }
            line.queue.add(this);
            onArrival.run();
        }

        boolean isOver() {
            return get() == State.OVER;
        }

        boolean isUrgent() {
            return scheduler.now(NANOSECONDS) - urgentAt >= 0;
        }

        /** Gives the permit, unless the subscriber has gone away. */
        boolean enter(P permit) {
            if (!leave()) {
                return false;
            }
            Guard.tell(() -> {
                actual.onNext(permit);
                actual.onComplete();
            });
            return true;
        }

        private void expire() {
            refuse(TaskRequestException.noTurn("The turn did not come within " + patience.toMillis() + " ms"));
        }

        void refuse(RuntimeException failure) {
            if (leave()) {
                Guard.tell(() -> actual.onError(failure));
            }
        }

        @Override
        public void cancel() {
            if (!compareAndSet(State.NEW, State.OVER)) {
                leave();
            }
        }

        private boolean leave() {
            if (!compareAndSet(State.WAITING, State.OVER)) {
                return false;
            }
            waiting.decrementAndGet();
            expiry.dispose();
            return true;
        }
    }
}
