package dev.taskstop;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.taskstop.GateLimit.Answer;
import dev.taskstop.TaskResponseException.Reason;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Lets calls through: so many at once as the server takes well, no faster than a rate where there is one, none while
 * the server wants a pause, and what is urgent first. There is one for each client, so that all that a client does adds
 * up to no more than the server can take.
 */
final class Gate {

    /** What {@link #Gate} takes for a rate when there is none. */
    static final int NO_RATE = 0;

    /** The patience of who waits as long as it takes, which something else bounds. */
    static final Duration NO_HURRY = ChronoUnit.FOREVER.getDuration();

    /**
     * What goes first when there is not room for all. Each has a share beside those before it, so that none waits for
     * ever: a bulk stop every eighth turn; what has been tried before every second turn, but only once half of its
     * patience is over, because what cannot be stopped must not hold up what can; polls one turn in 32 and lists one in
     * 64, which together leave the stops 95 % of a rate.
     */
    enum Priority {
        /** The first attempt to stop one task, for which somebody waits; the list whose tasks are to be stopped. */
        STOP(0, false),
        /** The first attempt to stop one of many tasks; another attempt to stop a single one. */
        BULK(7, false),
        /** Another attempt to stop one of many tasks; the questions that belong to a stop. */
        RETRY(1, true),
        /** The question how a task is, once or again and again. */
        POLL(31, false),
        /** A page of a list; the opening of a log. */
        LIST(63, false);

        /** How many turns others have before it has one. */
        final int turnsOfOthers;

        /** Whether it has its share only when half of its patience is over. */
        final boolean agesFirst;

        Priority(int turnsOfOthers, boolean agesFirst) {
            this.turnsOfOthers = turnsOfOthers;
            this.agesFirst = agesFirst;
        }
    }

    private final GateLimit limit;
    private final @Nullable GateRate rate;
    private final GatePause pause;
    private final Scheduler scheduler;

    private final GatePermits permits = new GatePermits();
    private final GateQueue<Permit> queue;
    private volatile boolean rateIsAwaited;

    private final Sinks.Empty<Void> idle = Sinks.empty();
    private volatile boolean closed;

    Gate(int ceiling, int perMinute, Duration firstPause, Duration maxPause, Scheduler scheduler) {
        this.limit = new GateLimit(ceiling);
        this.rate = perMinute == NO_RATE ? null : new GateRate(perMinute, scheduler);
        this.pause = new GatePause(firstPause, maxPause, scheduler);
        this.queue = new GateQueue<>(scheduler);
        this.scheduler = scheduler;
    }

    /**
     * Subscribes to the call when its turn has come. A call whose turn does not come in time, or that the gate's
     * closing overtakes, fails with a {@link TaskRequestException}.
     *
     * @param call gives what to subscribe to; asked when the turn has come
     * @param patience gives how long the call may wait for its turn; asked when it has to wait
     */
    <T> Mono<T> pass(Priority priority, Supplier<Mono<T>> call, Supplier<Duration> patience) {
        return Mono.defer(() -> {
            Permit free = rate == null && !closed && queue.waiting() == 0 ? tryEnter() : null;
            // Mono.flatMap can lose a cancel that comes just as its inner Mono begins, and with it the permit.
            return free != null
                    ? free.during(call)
                    : acquire(priority, patience)
                            .flatMapMany(permit -> permit.during(call))
                            .singleOrEmpty();
        });
    }

    /** What a call gives when there is no more need to send it: it costs no turn, and says nothing about the server. */
    static <T> Mono<T> unsent(Mono<T> instead) {
        return new GateCall.Unsent<>(instead);
    }

    /**
     * Gives a permit when its turn has come. Whoever gets it gives it back, in whatever way; until then, it is one of
     * those in flight. Fails as {@link #pass} does.
     */
    Mono<Permit> acquire(Priority priority, Supplier<Duration> patience) {
        return Mono.defer(() -> queue.turn(priority, patience.get(), this::admit));
    }

    GateState state() {
        return new GateState(
                permits.taken(), permits.peak(), limit.current(), limit.ceiling(), queue.waiting(), pause.left());
    }

    /** Turns away whatever waits or comes later, and completes when the last call in flight has ended. */
    Mono<Void> closeAsync() {
        return Mono.defer(() -> {
            closed = true;
            queue.refuse("The client is closed");
            admit();
            completeWhenIdle();
            return Guard.mono(idle::asMono);
        });
    }

    private void admit() {
        queue.admit(this::tryEnterAtRate, Permit::release);
    }

    /** Looks once more when it has a permit, so that the closing either keeps it out or waits for it. */
    private @Nullable Permit tryEnter() {
        if (pause.isOn() || permits.tryTake(limit.current()) == 0) {
            return null;
        }
        if (closed) {
            permits.leave();
            completeWhenIdle();
            return null;
        }
        return new Permit();
    }

    /** For those who wait, one at a time. */
    private @Nullable Permit tryEnterAtRate() {
        if (rate == null) {
            return tryEnter();
        }
        Permit permit = isRateKept(rate) ? tryEnter() : null;
        if (permit != null) {
            rate.made();
        }
        return permit;
    }

    private void completeWhenIdle() {
        if (closed && permits.taken() == 0) {
            idle.tryEmitEmpty();
        }
    }

    /** Tells whether the rate allows a call now. Where it does not, whoever waits is looked at again when it will. */
    private boolean isRateKept(GateRate rate) {
        long nanos = rate.nanosToNext();
        if (nanos > 0 && !rateIsAwaited) {
            awaitRate(nanos);
        }
        return nanos == 0;
    }

    private void awaitRate(long nanos) {
        rateIsAwaited = true;
        try {
            scheduler.schedule(
                    () -> {
                        rateIsAwaited = false;
                        admit();
                    },
                    nanos,
                    NANOSECONDS);
        } catch (RejectedExecutionException nothingTakesWork) {
            // Whoever comes next looks again.
            rateIsAwaited = false;
        }
    }

    /**
     * The right to have one call in flight. It is given back once, with what became of the call: whatever is told after
     * that is not heard.
     */
    final class Permit {

        private final AtomicBoolean released = new AtomicBoolean();
        private final int round = limit.round();
        private final long begin = scheduler.now(NANOSECONDS);

        private Permit() {}

        /** Gives it back: the server answered, whatever it said. */
        void answered() {
            if (released.compareAndSet(false, true)) {
                pause.notAsked();
                limit.answered(Answer.GOOD, round, took());
                leave();
            }
        }

        /** Gives it back: the call failed, which may or may not say something about the server. */
        void failed(Throwable error) {
            if (released.compareAndSet(false, true)) {
                learnFrom(error);
                leave();
            }
        }

        /** Gives it back: nothing was learnt about the server. */
        void release() {
            if (released.compareAndSet(false, true)) {
                leave();
            }
        }

        /** Gives it back in the turn itself: nothing is sent, and the next one may be at once. */
        void unused() {
            if (rate != null) {
                rate.notMade();
            }
            release();
        }

        private <T> Mono<T> during(Supplier<Mono<T>> call) {
            return new GateCall<>(call, this);
        }

        private void learnFrom(Throwable error) {
            if (error instanceof TaskResponseException answer) {
                Duration retryAfter = answer.retryAfter();
                if (answer.reason() == Reason.RATE_LIMITED || (answer.status() == 503 && retryAfter != null)) {
                    pause.asked(retryAfter, Gate.this::admit);
                }
            }
            limit.answered(meaningOf(error), round, took());
        }

        private long took() {
            return scheduler.now(NANOSECONDS) - begin;
        }

        private void leave() {
            permits.leave();
            if (queue.waiting() > 0) {
                admit();
            }
            completeWhenIdle();
        }
    }

    private static Answer meaningOf(Throwable error) {
        if (error instanceof TaskResponseException answer) {
            return switch (answer.reason()) {
                case RATE_LIMITED -> Answer.PUSHBACK;
                case SERVER_ERROR -> answer.status() == 503 ? Answer.OVERLOAD : Answer.ERROR;
                default -> Answer.GOOD;
            };
        }
        if (error instanceof TaskRequestException unanswered) {
            return switch (unanswered.reason()) {
                case NOT_SENT -> Answer.OVERLOAD;
                case NO_ANSWER, BROKEN_OFF, UNCONFIRMED -> Answer.SILENCE;
                case REFUSED, NO_KEY, NO_TURN, NOT_PROCESSED, DEADLINE -> Answer.NOTHING;
            };
        }
        return error instanceof TaskDecodingException ? Answer.ERROR : Answer.NOTHING;
    }
}
