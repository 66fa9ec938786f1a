package dev.taskstop;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.taskstop.AdaptiveLimit.Answer;
import dev.taskstop.TaskResponseException.Reason;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.observability.DefaultSignalListener;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Lets calls through, first come, first served: so many at once as the server takes well, no faster than a rate where
 * there is one, and none while the server wants a pause. There is one for each client, so that all that a client does
 * adds up to no more than the server can take.
 */
final class Gate {

    /** What {@link #Gate} takes for a rate when there is none. */
    static final int NO_RATE = 0;

    /** Who goes first, in this order. */
    enum Priority {
        /** The first request to stop a task. */
        STOP,
        /** A further request to stop it, and the question what became of it. */
        RETRY,
        /** The question how a task is, asked once or again and again. */
        POLL,
        /** A page of a list, the opening of a log. */
        LIST
    }

    private final AdaptiveLimit limit;
    private final @Nullable Pace pace;
    private final Pause pause;
    private final Scheduler scheduler;

    private final Places places = new Places();
    private final Turns turns;
    private volatile boolean paceIsAwaited;

    private final Sinks.Empty<Void> idle = Sinks.empty();
    private volatile boolean closed;

    Gate(int ceiling, int perMinute, Duration firstPause, Duration maxPause, Scheduler scheduler) {
        this.limit = new AdaptiveLimit(ceiling);
        this.pace = perMinute == NO_RATE ? null : new Pace(perMinute, scheduler);
        this.scheduler = scheduler;
        this.turns = new Turns(this::tryEnterAtPace, this::leave, scheduler);
        this.pause = new Pause(firstPause, maxPause, scheduler, turns::admit);
    }

    /**
     * Subscribes to the call when its turn has come. A call whose turn does not come in time, or that the gate's
     * closing overtakes, fails as not sent.
     *
     * @param priority who goes before it
     * @param call gives what to subscribe to; asked when the turn has come
     * @param patience gives how long the call may wait for its turn; asked when it has to wait
     */
    <T> Mono<T> pass(Priority priority, Supplier<Mono<T>> call, Supplier<Duration> patience) {
        return Mono.defer(() -> {
            boolean isFree = pace == null && !closed && turns.waiting() == 0 && tryEnter();
            return isFree ? inside(call) : turns.await(Mono.defer(() -> inside(call)), patience);
        });
    }

    GateState state() {
        return new GateState(
                places.taken(), places.peak(), limit.current(), limit.ceiling(), turns.waiting(), pause.left());
    }

    /** Turns away whatever waits or comes later, and completes when the last call in flight has ended. */
    Mono<Void> closeAsync() {
        return Mono.defer(() -> {
            closed = true;
            turns.refuse("The client is closed; nothing was sent");
            completeWhenIdle();
            return idle.asMono();
        });
    }

    /** The call of somebody who has a place, which is left when the call ends. */
    private <T> Mono<T> inside(Supplier<Mono<T>> call) {
        Place<T> place = new Place<>(limit.round());
        return Mono.defer(call).tap(() -> place);
    }

    /** Looks once more when it has a place, so that the closing either keeps it out or waits for it. */
    private boolean tryEnter() {
        if (pause.isOn() || places.tryTake(limit.current()) == 0) {
            return false;
        }
        if (closed) {
            places.leave();
            completeWhenIdle();
            return false;
        }
        return true;
    }

    /** For those who wait, one at a time. */
    private boolean tryEnterAtPace() {
        if (pace == null) {
            return tryEnter();
        }
        if (!isPaceKept(pace) || !tryEnter()) {
            return false;
        }
        pace.made();
        return true;
    }

    private void leave() {
        places.leave();
        if (turns.waiting() > 0) {
            turns.admit();
        }
        completeWhenIdle();
    }

    private void completeWhenIdle() {
        if (closed && places.taken() == 0) {
            idle.tryEmitEmpty();
        }
    }

    /** Tells whether the rate allows a call now. Where it does not, whoever waits is looked at again when it will. */
    private boolean isPaceKept(Pace pace) {
        long nanos = pace.nanosToNext();
        if (nanos > 0 && !paceIsAwaited) {
            paceIsAwaited = true;
            scheduler.schedule(
                    () -> {
                        paceIsAwaited = false;
                        turns.admit();
                    },
                    nanos,
                    NANOSECONDS);
        }
        return nanos == 0;
    }

    /** A place inside. It is left once, though a subscriber may cancel before it gets its answer, or after. */
    private final class Place<T> extends DefaultSignalListener<T> {

        private final AtomicBoolean left = new AtomicBoolean();
        private final int round;
        private boolean answered;

        Place(int round) {
            this.round = round;
        }

        @Override
        public void doOnNext(T answer) {
            answered();
        }

        @Override
        public void doOnComplete() {
            if (!answered) {
                answered();
            }
        }

        private void answered() {
            answered = true;
            pause.notAsked();
            limit.answered(Answer.GOOD, round);
            leave();
        }

        @Override
        public void doOnError(Throwable error) {
            if (error instanceof TaskResponseException answer) {
                Duration retryAfter = answer.retryAfter();
                if (answer.reason() == Reason.RATE_LIMITED || (answer.status() == 503 && retryAfter != null)) {
                    pause.asked(retryAfter);
                }
            }
            limit.answered(meaningOf(error), round);
            if (!isAboutKey(error)) {
                leave();
            }
        }

        /** A refused key ends a batch: those of it that wait must have learnt of that before there is a place for them. */
        @Override
        public void doAfterError(Throwable error) {
            leave();
        }

        private static boolean isAboutKey(Throwable error) {
            return error instanceof TaskResponseException answer && answer.isAboutKey();
        }

        @Override
        public void doOnCancel() {
            leave();
        }

        private void leave() {
            if (left.compareAndSet(false, true)) {
                Gate.this.leave();
            }
        }

        private static Answer meaningOf(Throwable error) {
            if (error instanceof TaskResponseException answer && answer.reason() == Reason.RATE_LIMITED) {
                return Answer.PUSHBACK;
            }
            boolean serverFailed = error instanceof TaskRequestException
                    || (error instanceof TaskException failure && failure.isOutcomeUnknown());
            return serverFailed ? Answer.FAILURE : Answer.GOOD;
        }
    }
}
