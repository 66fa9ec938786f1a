package dev.taskstop;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicReference;

/**
 * How many calls may be in flight. It starts at a ceiling, shrinks by a factor on evidence that the server has too much
 * to do, and grows back with the good answers. Tasks that cannot be stopped are no such evidence: where a part of the
 * calls fails or gets no answer, and the others are answered as fast as before, the limit stays. What is evidence:
 *
 * <ul>
 *   <li>429, 503 and connections that cannot be had, when they are more than a small share of what comes back;
 *   <li>failures and silence, when they are a fifth of it and the good answers have become slow, as they do when there
 *       is more to do than can be done (the gradient of Netflix's concurrency limits and Envoy's filter);
 *   <li>failures and silence without a good answer in between, as many as may be in flight.
 * </ul>
 *
 * <p>A decrease begins a new round: the shares are zero again, and answers to calls of an earlier round, which say
 * nothing about the lower limit, no longer count. So one burst is one decrease.
 */
final class GateLimit {

    /** What one answer, or its absence, says about the server. */
    enum Answer {
        /** The server did its work, whether it said yes or no. */
        GOOD,
        /** The server asks for less. */
        PUSHBACK,
        /** The server has no room now: 503, or no connection. */
        OVERLOAD,
        /** The server failed; perhaps only at this task. */
        ERROR,
        /** The server was silent for too long, or went away; perhaps only about this task. */
        SILENCE,
        /** The server had nothing to do with it. */
        NOTHING
    }

    // The shares have to tell a server that has enough from one that fails now and then. Where 2 % of the answers are
    // a 429 and 9 % a failure, of no particular cause, these keep the limit within 1 % of its ceiling; a weight of 0.02
    // with 0.05 lets it fall to a sixth. Where a server takes 50 requests and refuses what comes on top, they bring the
    // limit to 3 to 5, that is 8 % refused, within five such bursts.
    private static final double WEIGHT = 0.01;
    private static final double MAX_PUSHBACK = 0.07;
    private static final double MAX_FAILURES_OF_A_SLOW_SERVER = 0.20;

    /** Where few may be in flight, so many failures in a row may be chance: one in a million when half of all fail. */
    private static final int MIN_IN_A_ROW = 20;

    /** A 429 names a rate that was left behind, a failure only hints at one: it asks for a smaller step. */
    private static final double AFTER_PUSHBACK = 0.5;

    private static final double AFTER_FAILURES = 0.7;

    /** A 503 says that there is no room for this one: the limit is about right, and stays near where that begins. */
    private static final double AFTER_OVERLOAD = 0.9;

    /** A server that answers with an error has room for it; below this, only those would be slowed down that it can stop. */
    private static final int ERRORS_LEAVE_ONE_IN = 4;

    /** A share below this is none, so that a limit at its ceiling comes to rest. */
    private static final double NEGLIGIBLE = 0.001;

    /**
     * Each burst of 429s costs as many refusals as calls are in flight, so the limit hardly grows until so many good
     * answers came in a row without one that the burst would be a small part of them. Counted rather than timed, since
     * the server's rate may be by the second as well as by the minute.
     */
    private static final int CALM = 1_000;

    /** A server that is full says so at once and may soon have room. */
    private static final int CALM_AFTER_OVERLOAD = 300;

    private static final double SLOW_GROWTH = 0.05;

    private final int ceiling;
    private final GateLatency latency = new GateLatency();
    private final AtomicReference<State> state;

    GateLimit(int ceiling) {
        this.ceiling = ceiling;
        this.state = new AtomicReference<>(new State(ceiling, 0, 0, 0, 0, 0, CALM, ceiling));
    }

    int current() {
        return (int) now().limit;
    }

    int ceiling() {
        return ceiling;
    }

    /** The round that a call belongs to which is sent now. */
    int round() {
        return now().round;
    }

    /**
     * Takes in what became of a call of a round. At rest, a good answer is not worth a write.
     *
     * @param nanos how long it took
     */
    void answered(Answer answer, int round, long nanos) {
        if (answer == Answer.GOOD) {
            latency.took(nanos);
        }
        boolean isNews = answer != Answer.NOTHING && (answer != Answer.GOOD || !now().isAtRest(ceiling));
        if (isNews) {
            boolean slow = latency.isSlow();
            state.updateAndGet(before -> before.round == round ? before.after(answer, slow, ceiling) : before);
        }
    }

    private State now() {
        return requireNonNull(state.get());
    }

    /**
     * One moment.
     *
     * @param inARow how many failures came since the last good answer
     * @param sincePushback how many good answers came since the last pushback, up to {@link #CALM}; a 503 counts as
     *     one some time ago
     * @param lost where the limit was before failures made it smaller; it grows back to there with each good answer
     */
    private record State(
            double limit,
            int round,
            double pushback,
            double overload,
            double failures,
            int inARow,
            int sincePushback,
            double lost) {

        boolean isAtRest(int ceiling) {
            return limit == ceiling
                    && pushback == 0
                    && overload == 0
                    && failures == 0
                    && inARow == 0
                    && sincePushback == CALM;
        }

        State after(Answer answer, boolean slow, int ceiling) {
            State next = new State(
                    limit,
                    round,
                    share(pushback, answer == Answer.PUSHBACK),
                    share(overload, answer == Answer.OVERLOAD),
                    share(failures, answer == Answer.ERROR || answer == Answer.SILENCE),
                    answer == Answer.ERROR || answer == Answer.SILENCE ? inARow + 1 : 0,
                    calmAfter(answer),
                    lost);
            return switch (answer) {
                case PUSHBACK -> next.pushback > MAX_PUSHBACK ? next.decreased(AFTER_PUSHBACK, 1, false) : next;
                case OVERLOAD -> next.overload > MAX_PUSHBACK ? next.decreased(AFTER_OVERLOAD, 1, false) : next;
                case ERROR -> next.afterFailure(slow, Math.max(1, (double) ceiling / ERRORS_LEAVE_ONE_IN));
                case SILENCE -> next.afterFailure(slow, 1);
                case GOOD -> next.grown(ceiling, sincePushback < CALM, slow);
                case NOTHING -> this;
            };
        }

        private int calmAfter(Answer answer) {
            return switch (answer) {
                case PUSHBACK -> 0;
                case OVERLOAD -> Math.min(sincePushback, CALM - CALM_AFTER_OVERLOAD);
                case GOOD -> Math.min(CALM, sincePushback + 1);
                case ERROR, SILENCE, NOTHING -> sincePushback;
            };
        }

        private State afterFailure(boolean slow, double least) {
            boolean isTheServer =
                    (slow && failures > MAX_FAILURES_OF_A_SLOW_SERVER) || inARow >= Math.max(MIN_IN_A_ROW, (int) limit);
            return isTheServer ? decreased(AFTER_FAILURES, slow ? 1 : least, true) : this;
        }

        private State decreased(double factor, double least, boolean byFailures) {
            double smaller = Math.min(limit, Math.max(least, limit * factor));
            double backTo = byFailures ? Math.max(limit, lost) : smaller;
            return new State(smaller, round + 1, 0, 0, 0, 0, sincePushback, backTo);
        }

        private State grown(int ceiling, boolean carefully, boolean slow) {
            double step = carefully ? SLOW_GROWTH / limit : limit < lost && !slow ? 1 : 1 / limit;
            double larger = Math.min(ceiling, limit + step);
            return new State(
                    larger, round, pushback, overload, failures, inARow, sincePushback, larger < lost ? lost : larger);
        }

        private static double share(double before, boolean hit) {
            double after = before + WEIGHT * ((hit ? 1 : 0) - before);
            return after < NEGLIGIBLE ? 0 : after;
        }
    }
}
