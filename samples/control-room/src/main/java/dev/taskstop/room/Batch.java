package dev.taskstop.room;

import dev.taskstop.StopResult;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** One batch of stops while it runs: one writes its results, many look at its state. */
final class Batch {

    /** Where a batch is. */
    enum Phase {
        RUNNING,
        CANCELLING,
        CANCELLED,
        DONE,
        FAILED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a batch looks like at one moment, for the template too; the total is 0 until it is known. */
    record State(
            int number,
            String what,
            String startedBy,
            long total,
            Counts counts,
            Phase phase,
            String problem,
            Duration elapsed) {

        public boolean over() {
            return phase == Phase.CANCELLED || phase == Phase.DONE || phase == Phase.FAILED;
        }

        public long percent() {
            return total == 0 ? 0 : 100 * counts.done() / total;
        }

        public double perSecond() {
            return elapsed.isZero() ? 0 : counts.done() * 1e3 / elapsed.toMillis();
        }
    }

    private final LongSupplier clock;
    private final long startedAt;
    private final Sinks.Empty<Void> cancel = Sinks.empty();
    private final Sinks.Empty<Void> end = Sinks.empty();
    private volatile State state;

    Batch(int number, String what, String startedBy, long total, LongSupplier clock) {
        this.clock = clock;
        this.startedAt = clock.getAsLong();
        this.state = new State(number, what, startedBy, total, Counts.NONE, Phase.RUNNING, "", Duration.ZERO);
    }

    int number() {
        return state.number();
    }

    State state() {
        State now = state;
        return now.over() ? now : now(now.total(), now.counts(), now.phase(), "");
    }

    synchronized void total(long total) {
        state = now(total, state.counts(), state.phase(), "");
    }

    synchronized void add(StopResult result) {
        state = now(state.total(), state.counts().plus(result), state.phase(), "");
    }

    synchronized void cancel() {
        if (state.phase() == Phase.RUNNING) {
            state = now(state.total(), state.counts(), Phase.CANCELLING, "");
            cancel.tryEmitEmpty();
        }
    }

    synchronized void complete() {
        end(state.phase() == Phase.CANCELLING ? Phase.CANCELLED : Phase.DONE, "");
    }

    synchronized void fail(String problem) {
        end(Phase.FAILED, problem);
    }

    /** Completes when nothing more is to be sent. */
    Mono<Void> cancelled() {
        return cancel.asMono();
    }

    /** Completes when there are no more results. */
    Mono<Void> ended() {
        return end.asMono();
    }

    private void end(Phase phase, String problem) {
        state = now(state.total(), state.counts(), phase, problem);
        end.tryEmitEmpty();
    }

    private State now(long total, Counts counts, Phase phase, String problem) {
        Duration elapsed = Duration.ofMillis(clock.getAsLong() - startedAt);
        return new State(state.number(), state.what(), state.startedBy(), total, counts, phase, problem, elapsed);
    }
}
