package dev.taskstop;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicReference;

/**
 * How many calls may be in flight. It starts at a ceiling, shrinks by a factor while the server refuses or fails too
 * many of them, and grows back by about one for each {@code limit} good answers. Single refusals and failures change
 * nothing: what counts is their share of the answers, of about the last hundred.
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
        /** The server failed, could not be reached, or was silent for too long. */
        FAILURE
    }

    // The two shares have to tell a server that has enough from one that fails now and then. Where 2 % of the answers
    // are a 429 and 9 % a failure, of no particular cause, these keep the limit within 1 % of its ceiling; a weight of
    // 0.02 with 0.05 lets it fall to a sixth. Where a server takes 50 requests and refuses what comes on top, they
    // bring the limit to 3 to 5, that is 8 % refused, within five such bursts.
    private static final double WEIGHT = 0.01;
    private static final double MAX_PUSHBACK = 0.07;
    private static final double MAX_FAILURES = 0.20;

    /** A 429 names a rate that was left behind, a failure only hints at one: it asks for a smaller step. */
    private static final double AFTER_PUSHBACK = 0.5;

    private static final double AFTER_FAILURES = 0.7;

    /** A share below this is none, so that a limit at its ceiling comes to rest. */
    private static final double NEGLIGIBLE = 0.001;

    /**
     * Each burst of 429s costs as many refusals as calls are in flight, so the limit hardly grows until so many good
     * answers came in a row without one that the burst would be a small part of them. Counted rather than timed, since
     * the server's rate may be by the second as well as by the minute.
     */
    private static final int CALM = 1_000;

    private static final double SLOW_GROWTH = 0.05;

    private final int ceiling;
    private final AtomicReference<State> state;

    GateLimit(int ceiling) {
        this.ceiling = ceiling;
        this.state = new AtomicReference<>(new State(ceiling, 0, 0, 0, CALM));
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

    /** Takes in what became of a call of a round. At rest, a good answer is not worth a write. */
    void answered(Answer answer, int round) {
        if (answer != Answer.GOOD || !now().isAtRest(ceiling)) {
            state.updateAndGet(before -> before.round == round ? before.after(answer, ceiling) : before);
        }
    }

    private State now() {
        return requireNonNull(state.get());
    }

    /**
     * One moment.
     *
     * @param sincePushback how many good answers came since the last pushback, up to {@link #CALM}
     */
    private record State(double limit, int round, double pushback, double failures, int sincePushback) {

        boolean isAtRest(int ceiling) {
            return limit == ceiling && pushback == 0 && failures == 0 && sincePushback == CALM;
        }

        State after(Answer answer, int ceiling) {
            double newPushback = share(pushback, answer == Answer.PUSHBACK);
            double newFailures = share(failures, answer == Answer.FAILURE);
            return switch (answer) {
                case PUSHBACK ->
                    newPushback > MAX_PUSHBACK
                            ? decreased(AFTER_PUSHBACK, 0)
                            : new State(limit, round, newPushback, newFailures, 0);
                case FAILURE ->
                    newFailures > MAX_FAILURES
                            ? decreased(AFTER_FAILURES, sincePushback)
                            : new State(limit, round, newPushback, newFailures, sincePushback);
                case GOOD -> {
                    double step = sincePushback < CALM ? SLOW_GROWTH : 1;
                    double newLimit = Math.min(ceiling, limit + step / limit);
                    yield new State(newLimit, round, newPushback, newFailures, Math.min(CALM, sincePushback + 1));
                }
            };
        }

        private State decreased(double factor, int newSincePushback) {
            return new State(Math.max(1, limit * factor), round + 1, 0, 0, newSincePushback);
        }

        private static double share(double before, boolean hit) {
            double after = before + WEIGHT * ((hit ? 1 : 0) - before);
            return after < NEGLIGIBLE ? 0 : after;
        }
    }
}
