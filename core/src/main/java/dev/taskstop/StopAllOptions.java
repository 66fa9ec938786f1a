package dev.taskstop;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How a bulk stop goes about it. Immutable: each {@code with…} returns a new instance.
 */
public final class StopAllOptions {

    private static final int MAX_REASON = 500;
    private static final StopAllOptions DEFAULTS = new StopAllOptions(
            null, false, false, false, false, null, null, TaskResponseException::isAboutKey, null, null);

    private final @Nullable Integer concurrency;
    private final boolean ordered;
    private final boolean distinct;
    private final boolean dryRun;
    private final boolean confirm;
    private final @Nullable Duration watch;
    private final @Nullable Duration deadline;
    private final Predicate<? super TaskException> abortWhen;
    private final @Nullable Long max;
    private final @Nullable String reason;

    private StopAllOptions(
            @Nullable Integer concurrency,
            boolean ordered,
            boolean distinct,
            boolean dryRun,
            boolean confirm,
            @Nullable Duration watch,
            @Nullable Duration deadline,
            Predicate<? super TaskException> abortWhen,
            @Nullable Long max,
            @Nullable String reason) {
        this.concurrency = concurrency;
        this.ordered = ordered;
        this.distinct = distinct;
        this.dryRun = dryRun;
        this.confirm = confirm;
        this.watch = watch;
        this.deadline = deadline;
        this.abortWhen = abortWhen;
        this.max = max;
        this.reason = reason;
    }

    /**
     * Returns what a bulk stop uses when it is told nothing else: the client's concurrency, results as they come,
     * repeated ids stopped repeatedly, no deadline, an end when the key is refused.
     *
     * @return the defaults
     */
    public static StopAllOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Sets how many tasks are being stopped at once, and so how many ids are taken ahead. What the client as a whole has
     * in flight is bounded by {@link TaskClientBuilder#concurrency}. Where this is no less than that, a task that has to
     * wait for another attempt is set aside meanwhile, and another id is taken in its place: up to eight for each that
     * may be stopped at once beside the first, and 10,000 at the most.
     *
     * @param concurrency from 1 up
     * @return a new instance
     */
    public StopAllOptions withConcurrency(int concurrency) {
        if (concurrency < 1) {
            throw new IllegalArgumentException("concurrency takes a number from 1 up, not " + concurrency);
        }
        return new StopAllOptions(
                concurrency, ordered, distinct, dryRun, confirm, watch, deadline, abortWhen, max, reason);
    }

    /**
     * Sets whether the results come in the order of the ids. A slow stop then holds back those behind it.
     *
     * @param ordered true for the order of the ids, false for the order in which the stops end
     * @return a new instance
     */
    public StopAllOptions withOrdered(boolean ordered) {
        return new StopAllOptions(
                concurrency, ordered, distinct, dryRun, confirm, watch, deadline, abortWhen, max, reason);
    }

    /**
     * Sets whether an id that was there before is skipped, with the reason
     * {@link StopResult.Skipped.Reason#DUPLICATE}. Every id is then kept in memory until the bulk stop ends: about 110
     * bytes for one of 21 characters, which are 1.1 GB for 10,000,000. Where the source can tell its duplicates, it does so
     * for less.
     *
     * @param distinct true to skip
     * @return a new instance
     */
    public StopAllOptions withDistinct(boolean distinct) {
        return new StopAllOptions(
                concurrency, ordered, distinct, dryRun, confirm, watch, deadline, abortWhen, max, reason);
    }

    /**
     * Sets whether nothing is to be stopped. Each task is asked for its status only; what would be stopped is skipped,
     * with the reason {@link StopResult.Skipped.Reason#DRY_RUN}, and what has ended or is not found is so reported.
     *
     * @param dryRun true to send no stop
     * @return a new instance
     */
    public StopAllOptions withDryRun(boolean dryRun) {
        return new StopAllOptions(
                concurrency, ordered, distinct, dryRun, confirm, watch, deadline, abortWhen, max, reason);
    }

    /**
     * Sets whether a stop counts only when the task's status says so too: it is asked for after the answer to the stop,
     * until the task has ended. Where that is not seen within the time of the stop's deadline, before the batch ends, or
     * because the status cannot be asked for, the result is a failure whose outcome is unknown. A {@link StopListener} and
     * an observation tell of the stop itself, before it is confirmed. To find out whether the task stays ended, see
     * {@link #withConfirm(Duration)}.
     *
     * @param confirm true to ask
     * @return a new instance
     */
    public StopAllOptions withConfirm(boolean confirm) {
        return new StopAllOptions(
                concurrency, ordered, distinct, dryRun, confirm, null, deadline, abortWhen, max, reason);
    }

    /**
     * Sets that a stop counts only when the task's status says so too, as {@link #withConfirm(boolean)} does, and for how
     * long the task is then looked at. A follow-up may start a stopped task again; with the Agent API v1 it is another run
     * of the same chat. A task that is seen to run again is a {@link StopResult.Failed} with the reason
     * {@link TaskResponseException.Reason#RUNS_AGAIN} and the state it was seen in; any other has its result when the
     * watch ends. Whichever of the two methods is called last holds.
     *
     * <p>A task is looked at after waits that grow ({@link TaskClientBuilder#pollInterval}), and once more at the end. In
     * the cloud API a look is the question for its status. In the Agent API v1 it reads the lists of the runs that are
     * active, and a run counts that belongs to the chat and was created when the stopped one had ended, by the server's
     * times; which chat it is, is asked for once. A look that fails shows nothing. When the batch is aborted or its
     * deadline comes, the watch ends, and a task that was not seen to run again is {@link StopResult.Stopped}.
     *
     * <p>A task that is watched is no longer being stopped, so the next id takes its place at once. At most 10,000 tasks
     * are watched at a time; when there are so many, no further id is taken. So ids are taken ahead up to that number
     * beside those that are being stopped, and this bounds the memory in use.
     *
     * @param watch from the moment that the status says that the task has ended; above zero, up to 36,500 days
     * @return a new instance
     */
    public StopAllOptions withConfirm(Duration watch) {
        Durations.requirePositive("watch", watch);
        return new StopAllOptions(
                concurrency, ordered, distinct, dryRun, true, watch, deadline, abortWhen, max, reason);
    }

    /**
     * Sets when the bulk stop ends, whatever is still open. What was not sent by then is skipped, with the reason
     * {@link StopResult.Skipped.Reason#DEADLINE}; what is in flight is given up and fails as unknown. The source is
     * read to its end all the same, so that each id has its result.
     *
     * @param deadline from the subscription; above zero, up to 36,500 days
     * @return a new instance
     */
    public StopAllOptions withDeadline(Duration deadline) {
        Durations.requirePositive("deadline", deadline);
        return new StopAllOptions(
                concurrency, ordered, distinct, dryRun, confirm, watch, deadline, abortWhen, max, reason);
    }

    /**
     * Sets which failure ends the batch: nothing more is sent after it, no question that waits for its turn either, and
     * the rest is skipped, with the reason {@link StopResult.Skipped.Reason#ABORTED}. What is in flight is waited for; what
     * was answered and is not {@linkplain #withConfirm(boolean) confirmed} yet fails as unknown. The default are those for
     * which {@link TaskResponseException#isAboutKey()} is true.
     *
     * @param abortWhen looks at the error of each {@link StopResult.Failed}, once, and where a confirmation or a look of a
     *     watch failed because the key is refused, at that refusal; called from several threads
     * @return a new instance
     */
    public StopAllOptions withAbortWhen(Predicate<? super TaskException> abortWhen) {
        requireNonNull(abortWhen, "abortWhen");
        return new StopAllOptions(
                concurrency, ordered, distinct, dryRun, confirm, watch, deadline, abortWhen, max, reason);
    }

    /**
     * Sets how many tasks are sent a stop at the most, whatever becomes of it: one that had ended, is not found, or fails
     * counts as well, and retries do not count again. Which ones are the first to come: of ids, or of a list. An id that
     * cannot be one, or is skipped as a duplicate, does not count. The next task is skipped, with the reason
     * {@link StopResult.Skipped.Reason#LIMIT}. A list is read no further than to that one, and before the first stop, so
     * that a dry run names the same tasks; a source of ids is read to its end, so that each id has its result.
     *
     * @param max from 0 up
     * @return a new instance
     */
    public StopAllOptions withMax(long max) {
        if (max < 0) {
            throw new IllegalArgumentException("max takes a number from 0 up, not " + max);
        }
        return new StopAllOptions(
                concurrency, ordered, distinct, dryRun, confirm, watch, deadline, abortWhen, max, reason);
    }

    /**
     * Sets why the tasks are to be stopped, in words for people. It is not sent, because the API takes none: a
     * {@link StopListener}, the observation of each stop, the {@link StopSummary} and the log have it. In the text of a
     * summary, and so in the log, line breaks and control characters are shown as escapes.
     *
     * @param reason 1 to 500 characters, not all of them blank
     * @return a new instance
     */
    public StopAllOptions withReason(String reason) {
        requireNonNull(reason, "reason");
        if (reason.isBlank() || reason.length() > MAX_REASON) {
            throw new IllegalArgumentException("reason takes a text of 1 to " + MAX_REASON + " characters, not "
                    + (reason.isBlank() ? "a blank" : "one of " + reason.length()));
        }
        return new StopAllOptions(
                concurrency, ordered, distinct, dryRun, confirm, watch, deadline, abortWhen, max, reason);
    }

    @Nullable
    Integer concurrency() {
        return concurrency;
    }

    boolean ordered() {
        return ordered;
    }

    boolean distinct() {
        return distinct;
    }

    boolean dryRun() {
        return dryRun;
    }

    boolean confirm() {
        return confirm;
    }

    @Nullable
    Duration watch() {
        return watch;
    }

    @Nullable
    Duration deadline() {
        return deadline;
    }

    Predicate<? super TaskException> abortWhen() {
        return abortWhen;
    }

    @Nullable
    Long max() {
        return max;
    }

    @Nullable
    String reason() {
        return reason;
    }
}
