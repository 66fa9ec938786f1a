package dev.taskstop.spring;

import dev.taskstop.Sweep;
import dev.taskstop.TaskQuery;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a sweep of the properties {@code taskstop.sweeps}, for pages and reports of your own. Each sweep is a
 * bean of this type, {@code taskstopSweep.NAME}. It may be asked at any time, by any thread; the answers count from the
 * start of the application.
 */
public interface TaskSweep {

    /**
     * Returns its name.
     *
     * @return {@code taskstop.sweeps[…].name}
     */
    String name();

    /**
     * Returns which tasks it stops.
     *
     * @return the conditions, which all have to hold
     */
    TaskQuery query();

    /**
     * Returns how long after the beginning of a round the next one begins, if the round has ended by then.
     *
     * @return {@code taskstop.sweeps[…].every}
     */
    Duration every();

    /**
     * Tells whether it only counts what it would stop.
     *
     * @return {@code taskstop.sweeps[…].dry-run}
     */
    boolean dryRun();

    /**
     * Tells whether it goes on.
     *
     * @return false before the application has started, and once the sweep has ended
     */
    boolean isRunning();

    /**
     * Returns what has become of it.
     *
     * @return the counts of all rounds that have ended, and the last of these rounds
     */
    State state();

    /**
     * What has become of a sweep since the application began.
     *
     * @param rounds how many rounds have ended
     * @param failedRounds how many of them could not read the list
     * @param stopped how many tasks they stopped
     * @param failed how many stops failed
     * @param elapsed how long the rounds took together
     * @param last the last one; null before there is one
     */
    record State(
            long rounds,
            long failedRounds,
            long stopped,
            long failed,
            Duration elapsed,
            @Nullable Sweep last) {

        static final State NONE = new State(0, 0, 0, 0, Duration.ZERO, null);

        State after(Sweep round) {
            return new State(
                    rounds + 1,
                    failedRounds + (round.isFailed() ? 1 : 0),
                    stopped + round.summary().stopped(),
                    failed + round.summary().failed(),
                    elapsed.plus(round.summary().elapsed()),
                    round);
        }
    }
}
