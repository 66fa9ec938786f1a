package dev.taskstop;

import static dev.taskstop.Durations.requirePositive;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.taskstop.TaskResponseException.Reason;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;
import reactor.util.retry.RetryBackoffSpec;

/**
 * How hard one stop tries. Immutable: each {@code with…} returns a new instance.
 *
 * <p>An attempt that got no answer, or a server error, is tried again after an exponential backoff with jitter. A 429
 * and a task that is still pending are waited for instead: they use up the deadline, not the attempts.
 */
public final class StopRetry {

    private static final StopRetry DEFAULTS = new StopRetry(
            6, Duration.ofMillis(100), Duration.ofSeconds(5), 0.5, Duration.ofMinutes(2), Duration.ofMinutes(1), 100);

    private final int maxAttempts;
    private final Duration minBackoff;
    private final Duration maxBackoff;
    private final double jitter;
    private final Duration deadline;
    private final Duration maxPause;
    private final int budget;

    private StopRetry(
            int maxAttempts,
            Duration minBackoff,
            Duration maxBackoff,
            double jitter,
            Duration deadline,
            Duration maxPause,
            int budget) {
        check(maxAttempts >= 1, "maxAttempts takes a number from 1 up, not " + maxAttempts);
        requirePositive("minBackoff", minBackoff);
        requirePositive("maxBackoff", maxBackoff);
        check(
                maxBackoff.compareTo(minBackoff) >= 0,
                "maxBackoff takes a duration not below minBackoff (" + minBackoff + "), not " + maxBackoff);
        check(jitter >= 0 && jitter <= 1, "jitter takes a number from 0 to 1, not " + jitter);
        requirePositive("deadline", deadline);
        requirePositive("maxPause", maxPause);
        check(budget >= 0 && budget <= 1_000_000, "budget takes a number from 0 to 1,000,000, not " + budget);
        this.maxAttempts = maxAttempts;
        this.minBackoff = minBackoff;
        this.maxBackoff = maxBackoff;
        this.jitter = jitter;
        this.deadline = deadline;
        this.maxPause = maxPause;
        this.budget = budget;
    }

    /**
     * Returns what a client uses when it is told nothing else: 6 attempts, 100 ms to 5 s between them, 2 minutes in
     * all, pauses of 1 minute at the most, a budget of 100 retries.
     *
     * @return the defaults
     */
    public static StopRetry defaults() {
        return DEFAULTS;
    }

    /**
     * Sets how many stop requests are sent for one task at the most. Those that a 429 answered, or that came too early
     * because the task was pending, do not count. Those that a 400 refused although the task runs are counted by
     * themselves; three of them are sent in any case, because the task may have begun to run just then.
     *
     * @param maxAttempts from 1 up
     * @return a new instance
     */
    public StopRetry withMaxAttempts(int maxAttempts) {
        return new StopRetry(maxAttempts, minBackoff, maxBackoff, jitter, deadline, maxPause, budget);
    }

    /**
     * Sets the waits between attempts.
     *
     * @param minBackoff before the first retry; doubled for each one after it
     * @param maxBackoff the longest
     * @return a new instance
     */
    public StopRetry withBackoff(Duration minBackoff, Duration maxBackoff) {
        return new StopRetry(maxAttempts, minBackoff, maxBackoff, jitter, deadline, maxPause, budget);
    }

    /**
     * Sets how much a wait is varied at random.
     *
     * @param jitter from 0 (not) to 1 (up to double), as a share of the wait, which never becomes shorter than the first
     *     backoff nor longer than the longest
     * @return a new instance
     */
    public StopRetry withJitter(double jitter) {
        return new StopRetry(maxAttempts, minBackoff, maxBackoff, jitter, deadline, maxPause, budget);
    }

    /**
     * Sets when one stop begins no further attempt; also the longest wait of a request for its turn.
     *
     * @param deadline from the subscription; above zero, up to 36,500 days
     * @return a new instance
     */
    public StopRetry withDeadline(Duration deadline) {
        return new StopRetry(maxAttempts, minBackoff, maxBackoff, jitter, deadline, maxPause, budget);
    }

    /**
     * Sets the longest pause that a server can ask for, by {@code Retry-After} or by {@code resetAt} in the body.
     *
     * @param maxPause above zero, up to 36,500 days
     * @return a new instance
     */
    public StopRetry withMaxPause(Duration maxPause) {
        return new StopRetry(maxAttempts, minBackoff, maxBackoff, jitter, deadline, maxPause, budget);
    }

    /**
     * Sets how many retries all calls of a client together may spend while a server fails. Each answer gives some
     * back; first attempts are never held back. The question what became of a task whose last attempt got no answer
     * spends from it too: where nothing is left, {@link TaskException#isOutcomeUnknown} is true.
     *
     * @param budget from 0 to 1,000,000
     * @return a new instance
     */
    public StopRetry withBudget(int budget) {
        return new StopRetry(maxAttempts, minBackoff, maxBackoff, jitter, deadline, maxPause, budget);
    }

    int maxAttempts() {
        return maxAttempts;
    }

    Duration minBackoff() {
        return minBackoff;
    }

    Duration maxBackoff() {
        return maxBackoff;
    }

    double jitter() {
        return jitter;
    }

    Duration deadline() {
        return deadline;
    }

    Duration maxPause() {
        return maxPause;
    }

    int budget() {
        return budget;
    }

    /** Tries a question again that failed for a reason that passes, for as long as somebody waits for its answer. */
    Retry forEver(Scheduler scheduler) {
        return Retry.backoff(Long.MAX_VALUE, minBackoff)
                .maxBackoff(maxBackoff)
                .jitter(jitter)
                .scheduler(scheduler)
                .transientErrors(true)
                .filter(StopRetry::isTransient);
    }

    /** Tries it again as often as a stop: a 429 uses up no attempt, but the deadline, counted from the first failure. */
    Retry asOftenAsAStop(Scheduler scheduler) {
        return Retry.from(failures -> {
            Question question = new Question(scheduler);
            return Retry.backoff(Long.MAX_VALUE, minBackoff)
                    .maxBackoff(maxBackoff)
                    .jitter(jitter)
                    .scheduler(scheduler)
                    .filter(question::isWorthAnotherAttempt)
                    .generateCompanion(failures);
        });
    }

    /** One question; it fails one time after the other. */
    private final class Question {

        private final Scheduler scheduler;
        private final Attempts attempts = attempts();
        private boolean failing;
        private long failingSince;

        Question(Scheduler scheduler) {
            this.scheduler = scheduler;
        }

        boolean isWorthAnotherAttempt(Throwable failure) {
            long now = scheduler.now(NANOSECONDS);
            if (!failing) {
                failing = true;
                failingSince = now;
            }
            return attempts.isAnotherLeft(failure)
                    && !(isRateLimited(failure) && now - failingSince >= deadline.toNanos());
        }
    }

    /** Begins to count the attempts of one call. */
    Attempts attempts() {
        return new Attempts();
    }

    /** The attempts of one call, which follow each other. */
    final class Attempts {

        private int failures;

        private Attempts() {}

        /** Takes in how one failed, and tells whether there may be another. A 429 uses up none. */
        boolean isAnotherLeft(Throwable failure) {
            return isRateLimited(failure) || (isTransient(failure) && ++failures < maxAttempts);
        }
    }

    /**
     * Waits before each further attempt as told, but for no longer than is left of the time; when nothing is left, or
     * another attempt is not worth it, the failure is what it comes to.
     */
    Retry within(Supplier<Duration> left, Predicate<Throwable> isWorthIt, Runnable beforeWait, Scheduler scheduler) {
        RetryBackoffSpec backoff =
                Retry.backoff(Long.MAX_VALUE, minBackoff).jitter(jitter).scheduler(scheduler);
        return Retry.from(signals -> signals.concatMap(signal -> {
            Duration longest = left.get();
            return backoff.minBackoff(shorter(minBackoff, longest))
                    .maxBackoff(shorter(maxBackoff, longest))
                    .filter(failure -> !longest.isZero() && isWorthIt.test(failure))
                    .doBeforeRetry(retrying -> beforeWait.run())
                    .generateCompanion(Flux.just(signal));
        }));
    }

    /** Tells whether the server asks to wait: that uses up time, and no attempt. */
    static boolean isRateLimited(Throwable failure) {
        return TaskResponseException.isOne(failure, Reason.RATE_LIMITED);
    }

    /** Tells whether it is a failure of a call that may well succeed a little later. */
    static boolean isTransient(Throwable failure) {
        return failure instanceof TaskException known && known.isTransient();
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    private static void check(boolean valid, String message) {
        if (!valid) {
            throw new IllegalArgumentException(message);
        }
    }
}
