package dev.taskstop;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.taskstop.TaskResponseException.Reason;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.util.concurrent.Queues;

/**
 * Lets calls through, first come, first served: so many at once, and none while the server wants a pause. There is one
 * for each client, so that all that a client does adds up to no more than the server can take.
 */
final class Gate {

    private static final Logger log = LoggerFactory.getLogger(Gate.class);

    private static final Duration WARNING_EVERY = Duration.ofSeconds(10);

    private final int limit;
    private final Duration firstPause;
    private final Duration maxPause;
    private final Scheduler scheduler;

    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger peakInFlight = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Queue<Turn> turns = Queues.<Turn>unboundedMultiproducer().get();
    private final AtomicInteger drains = new AtomicInteger();

    private final Object pauseLock = new Object();
    private volatile long pausedUntil;
    private volatile int pausesInARow;
    private long nextWarningAt;

    private final Sinks.Empty<Void> idle = Sinks.empty();
    private volatile boolean closed;

    Gate(int limit, Duration firstPause, Duration maxPause, Scheduler scheduler) {
        this.limit = limit;
        this.firstPause = firstPause;
        this.maxPause = maxPause;
        this.scheduler = scheduler;
    }

    /**
     * Subscribes to the call when its turn has come. A call whose turn does not come in time, or that the gate's
     * closing overtakes, fails as not sent.
     *
     * @param call gives what to subscribe to; asked when the turn has come
     * @param patience gives how long the call may wait for its turn; asked when it has to wait
     */
    <T> Mono<T> pass(Supplier<Mono<T>> call, Supplier<Duration> patience) {
        Mono<T> admitted = admitted(call);
        return Mono.defer(() -> {
            if (!closed && waiting.get() == 0 && !isPaused() && tryEnter()) {
                return admitted;
            }
            Turn turn = new Turn(patience);
            return Mono.<Void>create(turn::join).then(Mono.defer(() -> turn.use(admitted)));
        });
    }

    GateState state() {
        long pause = isPaused() ? Math.max(0, pausedUntil - now()) : 0;
        return new GateState(inFlight.get(), peakInFlight.get(), limit, waiting.get(), Duration.ofMillis(pause));
    }

    /** Turns away whatever waits or comes later, and completes when the last call in flight has ended. */
    Mono<Void> closeAsync() {
        return Mono.defer(() -> {
            closed = true;
            drain();
            completeWhenIdle();
            return idle.asMono();
        });
    }

    private <T> Mono<T> admitted(Supplier<Mono<T>> call) {
        return Mono.defer(() -> {
            Place place = new Place();
            return Mono.defer(call)
                    .doOnError(TaskResponseException.class, this::pauseIfAsked)
                    .doOnSuccess(answer -> pausesInARow = 0)
                    .doOnTerminate(place::leave)
                    .doOnCancel(place::leave);
        });
    }

    private boolean tryEnter() {
        int before = inFlight.getAndUpdate(n -> n < limit ? n + 1 : n);
        if (before == limit) {
            return false;
        }
        if (before >= peakInFlight.get()) {
            peakInFlight.accumulateAndGet(before + 1, Math::max);
        }
        return true;
    }

    private void leave() {
        inFlight.decrementAndGet();
        if (waiting.get() > 0) {
            drain();
        }
        completeWhenIdle();
    }

    private void completeWhenIdle() {
        if (closed && inFlight.get() == 0) {
            idle.tryEmitEmpty();
        }
    }

    /** Hands out free places in order. Who finds a drain at work leaves it the rest, so that none nests in another. */
    private void drain() {
        if (drains.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            admitWaiting();
            missed = drains.addAndGet(-missed);
        } while (missed != 0);
    }

    private void admitWaiting() {
        for (Turn next = turns.peek(); next != null; next = turns.peek()) {
            if (closed) {
                turns.poll();
                next.refuse("The client is closed; nothing was sent");
            } else if (next.isOver()) {
                turns.poll();
            } else if (!isPaused() && tryEnter()) {
                turns.poll();
                if (!next.enter()) {
                    inFlight.decrementAndGet();
                    completeWhenIdle();
                }
            } else {
                return;
            }
        }
    }

    private boolean isPaused() {
        return pausedUntil != 0;
    }

    private void pauseIfAsked(TaskResponseException answer) {
        Duration retryAfter = answer.retryAfter();
        if (answer.reason() == Reason.RATE_LIMITED || (answer.status() == 503 && retryAfter != null)) {
            pause(retryAfter);
        }
    }

    /** One burst of refusals is one pause: while it lasts, only a longer wish of the server's changes it. */
    private void pause(@Nullable Duration wish) {
        synchronized (pauseLock) {
            if (isPaused() && wish == null) {
                return;
            }
            Duration pause = wish == null ? backoff(pausesInARow++) : wish;
            if (pause.compareTo(maxPause) > 0) {
                pause = maxPause;
            }
            long until = now() + pause.toMillis();
            if (pause.isZero() || until <= pausedUntil) {
                return;
            }
            logPause(pause);
            pausedUntil = until;
            scheduler.schedule(() -> endPause(until), pause.toMillis(), MILLISECONDS);
        }
    }

    /** One warning in a while is enough for a server that asks again and again. */
    private void logPause(Duration pause) {
        boolean isNews = now() >= nextWarningAt;
        log.atLevel(isNews ? Level.WARN : Level.DEBUG)
                .log("The server asks to slow down: nothing is sent for {} ms", pause.toMillis());
        if (isNews) {
            nextWarningAt = now() + WARNING_EVERY.toMillis();
        }
    }

    private Duration backoff(int pausesBefore) {
        double jitter = ThreadLocalRandom.current().nextDouble(0.5, 1.0);
        return Duration.ofMillis((long) (firstPause.toMillis() * jitter * (1L << Math.min(pausesBefore, 16))));
    }

    private void endPause(long until) {
        synchronized (pauseLock) {
            if (pausedUntil != until) {
                return;
            }
            pausedUntil = 0;
        }
        drain();
    }

    private long now() {
        return scheduler.now(MILLISECONDS);
    }

    /** A place inside. It is left once, though a subscriber may cancel after it got its value. */
    private final class Place {

        private final AtomicBoolean left = new AtomicBoolean();

        void leave() {
            if (left.compareAndSet(false, true)) {
                Gate.this.leave();
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
            turns.add(this);
            drain();
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
                leave();
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
