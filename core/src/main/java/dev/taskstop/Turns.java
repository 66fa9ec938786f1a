package dev.taskstop;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.util.concurrent.Queues;

/** Those who wait at the gate, first come, first served. */
final class Turns {

    private final BooleanSupplier tryEnter;
    private final Runnable leave;
    private final Scheduler scheduler;

    private final AtomicInteger waiting = new AtomicInteger();
    private final Queue<Turn> queue = Queues.<Turn>unboundedMultiproducer().get();
    private final AtomicInteger rounds = new AtomicInteger();
    private volatile @Nullable String refusal;

    /**
     * Creates it, with nobody waiting.
     *
     * @param tryEnter takes a place inside, if there is one; never called by two threads at once
     * @param leave gives back a place that was taken for somebody who went away
     */
    Turns(BooleanSupplier tryEnter, Runnable leave, Scheduler scheduler) {
        this.tryEnter = tryEnter;
        this.leave = leave;
        this.scheduler = scheduler;
    }

    int waiting() {
        return waiting.get();
    }

    /** Subscribes to the call when its turn has come; whoever does so has a place and leaves it. */
    <T> Mono<T> await(Mono<T> call, Supplier<Duration> patience) {
        Turn turn = new Turn(patience);
        return Mono.<Void>create(turn::join).then(Mono.defer(() -> turn.use(call)));
    }

    /** Turns away all who wait, and all who come later. */
    void refuse(String reason) {
        refusal = reason;
        admit();
    }

    /** Lets in whom there is a place for, in order. Who finds it at work leaves it the rest, so that none nests. */
    void admit() {
        if (rounds.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            admitInOrder();
            missed = rounds.addAndGet(-missed);
        } while (missed != 0);
    }

    private void admitInOrder() {
        for (Turn next = queue.peek(); next != null; next = queue.peek()) {
            String reason = refusal;
            if (reason != null) {
                queue.poll();
                next.refuse(reason);
            } else if (next.isOver()) {
                queue.poll();
            } else if (tryEnter.getAsBoolean()) {
                queue.poll();
                if (!next.enter()) {
                    leave.run();
                }
            } else {
                return;
            }
        }
    }

    /**
     * A place in the queue, and then one inside. Whoever ends it leaves: the call that used it, or, when its subscriber
     * went away just as its turn came, who notices first.
     */
    private final class Turn {

        private enum State {
            WAITING,
            ENTERED,
            USED,
            OVER
        }

        private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
        private final Disposable.Swap expiry = Disposables.swap();
        private final Supplier<Duration> patience;
        private @Nullable MonoSink<Void> sink;

        Turn(Supplier<Duration> patience) {
            this.patience = patience;
        }

        void join(MonoSink<Void> sink) {
            this.sink = sink;
            waiting.incrementAndGet();
            sink.onCancel(this::giveUp);
            long millis = patience.get().toMillis();
            expiry.update(scheduler.schedule(
                    () -> refuse("Nothing was sent: the turn did not come within " + millis + " ms"),
                    millis,
                    MILLISECONDS));
            queue.add(this);
            admit();
        }

        boolean isOver() {
            return state.get() == State.OVER;
        }

        /** Lets the subscriber in, who begins its call before this returns, unless it went away. */
        boolean enter() {
            if (!leaveQueue(State.ENTERED)) {
                return false;
            }
            requireNonNull(sink).success();
            giveUp();
            return true;
        }

        /** The call, or nothing when the place was given up. */
        <T> Mono<T> use(Mono<T> call) {
            return state.compareAndSet(State.ENTERED, State.USED) ? call : Mono.empty();
        }

        void refuse(String reason) {
            if (leaveQueue(State.OVER)) {
                requireNonNull(sink).error(TaskRequestException.refused(reason));
            }
        }

        private void giveUp() {
            if (!leaveQueue(State.OVER) && state.compareAndSet(State.ENTERED, State.OVER)) {
                leave.run();
            }
        }

        private boolean leaveQueue(State next) {
            if (!state.compareAndSet(State.WAITING, next)) {
                return false;
            }
            waiting.decrementAndGet();
            expiry.dispose();
            return true;
        }
    }
}
