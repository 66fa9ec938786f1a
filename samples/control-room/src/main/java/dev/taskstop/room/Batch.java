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

    /** What a batch looks like at one moment, for the template too. */
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

        public boolean cancelling() {
            return phase == Phase.CANCELLING;
        }

        public long percent() {
            return total == 0 ? 0 : 100 * counts.done() / total;
        }

        public double perSecond() {
            return elapsed.isZero() ? 0 : counts.done() * 1e3 / elapsed.toMillis();
        }

        /** One word on how it goes or went; a batch is done only when nobody has to look after it. */
        public String label() {
            if (!needsPerson()) {
                return phase.toString();
            }
            return counts.failed() > 0
                    ? Text.number(counts.failed()) + " failed"
                    : Text.number(counts.skipped()) + " not sent";
        }

        /** The class for its colour. */
        public String tone() {
            return (needsPerson() ? Phase.FAILED : phase).toString();
        }

        private boolean needsPerson() {
            return phase == Phase.DONE && counts.failed() + counts.skipped() > 0;
        }

        public String progress() {
            return Text.number(counts.done()) + " of " + Text.number(total);
        }

        /** What became of those without a result; empty while it runs, and when there are none. */
        public String rest() {
            long rest = total - counts.done();
            return !over() || rest <= 0
                    ? ""
                    : Text.tasks(rest) + (rest == 1 ? " was" : " were") + " not sent, or not answered in time.";
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
        return now.over() ? now : now(now.counts(), now.phase(), "");
    }

    synchronized void add(StopResult result) {
        state = now(state.counts().plus(result), state.phase(), "");
    }

    /** Returns whether this call is the one that cancels it. */
    synchronized boolean cancel() {
        if (state.phase() != Phase.RUNNING) {
            return false;
        }
        state = now(state.counts(), Phase.CANCELLING, "");
        cancel.tryEmitEmpty();
        return true;
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
        state = now(state.counts(), phase, problem);
        end.tryEmitEmpty();
    }

    private State now(Counts counts, Phase phase, String problem) {
        Duration elapsed = Duration.ofMillis(clock.getAsLong() - startedAt);
        return new State(
                state.number(), state.what(), state.startedBy(), state.total(), counts, phase, problem, elapsed);
    }
}
