package dev.taskstop;

import java.util.List;
import java.util.function.Function;

/**
 * What became of one stop. A bulk stop gives exactly one for each id, and each makes a claim:
 *
 * <table>
 * <caption>What a result claims</caption>
 * <tr><th>result</th><th>claim</th></tr>
 * <tr><td>{@link Stopped}</td><td>The answer to a request of this stop says that the task has been stopped. What its
 *     status says later does not change that, unless it was to be watched
 *     ({@link StopAllOptions#withConfirm(java.time.Duration)}) and was seen to run again.</td></tr>
 * <tr><td>{@link Stopped}, recovered</td><td>A request of this stop may have worked although its answer was lost, the
 *     status says that the task is stopped, and nothing shows beyond doubt that it was before the first request. Beyond
 *     doubt means by more than half a minute on the server's own clocks, because these may differ: a stop of somebody
 *     else's within that time can be taken for this one.</td></tr>
 * <tr><td>{@link AlreadyEnded}</td><td>The task has ended, and no request of this stop can have ended it.</td></tr>
 * <tr><td>{@link AlreadyEnded}, perhaps by us</td><td>The task has ended in a state other than stopped after a request of
 *     this stop whose answer was lost. A worker whose task is stopped under it can leave such a state behind.</td></tr>
 * <tr><td>{@link NotFound}</td><td>The answer to a request for this id says so.</td></tr>
 * <tr><td>{@link Failed}</td><td>The task may still run. Where {@link TaskException#isOutcomeUnknown()} is false, no
 *     request of this stop can have had an effect: each was refused by an answer, or never sent. Where it is true, one may
 *     have had, and it could not be found out; or it had, and the task was then seen to run again
 *     ({@link TaskResponseException.Reason#RUNS_AGAIN}).</td></tr>
 * <tr><td>{@link Skipped}</td><td>No stop was ever sent for this id.</td></tr>
 * </table>
 *
 * <p>Tell the five kinds apart with a {@code switch} over {@link #outcome()}, which the compiler holds complete, or with
 * {@link #fold}, from Java 21 on with a {@code switch} over the result itself; or collect them into a {@link StopSummary}.
 */
public sealed interface StopResult {

    /** The kinds of results. */
    enum Outcome {
        /** A {@link Stopped}. */
        STOPPED,
        /** An {@link AlreadyEnded}. */
        ALREADY_ENDED,
        /** A {@link NotFound}. */
        NOT_FOUND,
        /** A {@link Failed}. */
        FAILED,
        /** A {@link Skipped}. */
        SKIPPED
    }

    /**
     * Returns the id that this result answers.
     *
     * @return the id, as it was given
     */
    String taskId();

    /**
     * Returns which kind of result this is.
     *
     * @return the kind
     */
    Outcome outcome();

    /**
     * Applies the function for its kind to this result.
     *
     * @param <R> what the functions return
     * @param stopped for a task that was stopped
     * @param alreadyEnded for one that had ended
     * @param notFound for one that there is not
     * @param failed for a stop that failed
     * @param skipped for one that was not sent
     * @return what the function returned
     */
    default <R> R fold(
            Function<? super Stopped, ? extends R> stopped,
            Function<? super AlreadyEnded, ? extends R> alreadyEnded,
            Function<? super NotFound, ? extends R> notFound,
            Function<? super Failed, ? extends R> failed,
            Function<? super Skipped, ? extends R> skipped) {
        return switch (outcome()) {
            case STOPPED -> stopped.apply((Stopped) this);
            case ALREADY_ENDED -> alreadyEnded.apply((AlreadyEnded) this);
            case NOT_FOUND -> notFound.apply((NotFound) this);
            case FAILED -> failed.apply((Failed) this);
            case SKIPPED -> skipped.apply((Skipped) this);
        };
    }

    /**
     * The task has been stopped, and this stop did it, or may have done it if it is recovered.
     *
     * @param task the task
     * @param attempts how many stop requests left for it, at least 1
     * @param recovered whether the answer to the stop was lost, so that the outcome was found out by asking for the
     *     status
     */
    record Stopped(StoppedTask task, int attempts, boolean recovered) implements StopResult {
        @Override
        public String taskId() {
            return task.taskId();
        }

        @Override
        public Outcome outcome() {
            return Outcome.STOPPED;
        }
    }

    /**
     * The task has ended, and unless it is marked as <em>perhaps by us</em>, no request of this stop can have ended it.
     *
     * @param taskId the id
     * @param state how it ended
     * @param perhapsByUs whether the answer to a request of this stop was lost, and the state is one that a worker can
     *     leave behind whose task was stopped under it
     */
    record AlreadyEnded(String taskId, TaskState state, boolean perhapsByUs) implements StopResult {

        /**
         * Creates a result for a task that no request of this stop can have ended.
         *
         * @param taskId the id
         * @param state how it ended
         */
        public AlreadyEnded(String taskId, TaskState state) {
            this(taskId, state, false);
        }

        @Override
        public Outcome outcome() {
            return Outcome.ALREADY_ENDED;
        }
    }

    /**
     * The server says that there is no such task for this key: it never was, it is somebody else's, or it has been deleted.
     *
     * @param taskId the id
     */
    record NotFound(String taskId) implements StopResult {
        @Override
        public Outcome outcome() {
            return Outcome.NOT_FOUND;
        }
    }

    /**
     * The task may still run. When {@link TaskException#isOutcomeUnknown()} is true it may also have been stopped.
     *
     * @param taskId the id
     * @param error why
     * @param attempts how many stop requests left for it, 0 if none did
     * @param failures what each attempt ended with, in their order: of more than {@value #MAX_FAILURES} the last ones. An
     *     attempt that never left is among them, and one that was cut off by a deadline is not. Empty where the stop worked
     *     and was not confirmed, or the task runs again
     */
    record Failed(String taskId, TaskException error, int attempts, List<TaskException> failures)
            implements StopResult {

        static final int MAX_FAILURES = 8;

        /**
         * Creates a result.
         *
         * @param taskId the id
         * @param error why
         * @param attempts how many stop requests left for it, 0 if none did
         * @param failures what each attempt ended with, in their order; is copied
         */
        public Failed {
            failures = List.copyOf(failures);
        }

        /**
         * Creates a result for a task for which no stop was sent.
         *
         * @param taskId the id
         * @param error why
         */
        public Failed(String taskId, TaskException error) {
            this(taskId, error, 0, List.of());
        }

        @Override
        public Outcome outcome() {
            return Outcome.FAILED;
        }
    }

    /**
     * No stop was sent for this id.
     *
     * @param taskId the id
     * @param reason why
     */
    record Skipped(String taskId, Reason reason) implements StopResult {

        @Override
        public Outcome outcome() {
            return Outcome.SKIPPED;
        }

        /** Why nothing was sent. */
        public enum Reason {
            /** An earlier answer ended the batch; see {@link StopAllOptions#withAbortWhen}. */
            ABORTED,
            /** The batch ran out of time; see {@link StopAllOptions#withDeadline}. */
            DEADLINE,
            /** The id was there before; see {@link StopAllOptions#withDistinct}. */
            DUPLICATE,
            /** The task is active and would have been stopped; see {@link StopAllOptions#withDryRun}. */
            DRY_RUN,
            /** As many stops as are allowed had begun before; see {@link StopAllOptions#withMax}. */
            LIMIT
        }
    }
}
