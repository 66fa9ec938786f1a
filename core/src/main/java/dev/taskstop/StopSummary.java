package dev.taskstop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collector;
import org.jspecify.annotations.Nullable;

/**
 * What became of many stops: {@code results.collect(StopSummary.collector())}. Its size does not depend on theirs.
 *
 * @param stopped how many tasks were stopped
 * @param recovered how many of the stopped were found out by asking for the status, because the answer was lost
 * @param alreadyEnded how many had ended before
 * @param notFound how many do not exist for this key
 * @param failed how many stops failed
 * @param skipped for how many nothing was sent
 * @param firstFailures the first failures, {@value #MAX_FAILURES} at the most
 * @param elapsed from the subscription to the end
 * @param reason why the tasks were to be stopped, see {@link StopAllOptions#withReason}; null when that was not said
 */
public record StopSummary(
        long stopped,
        long recovered,
        long alreadyEnded,
        long notFound,
        long failed,
        long skipped,
        List<StopResult.Failed> firstFailures,
        Duration elapsed,
        @Nullable String reason) {

    private static final int MAX_FAILURES = 10;

    /**
     * Creates a summary of stops without a reason.
     *
     * @param stopped how many tasks were stopped
     * @param recovered how many of the stopped were found out by asking for the status, because the answer was lost
     * @param alreadyEnded how many had ended before
     * @param notFound how many do not exist for this key
     * @param failed how many stops failed
     * @param skipped for how many nothing was sent
     * @param firstFailures the first failures
     * @param elapsed from the subscription to the end
     */
    public StopSummary(
            long stopped,
            long recovered,
            long alreadyEnded,
            long notFound,
            long failed,
            long skipped,
            List<StopResult.Failed> firstFailures,
            Duration elapsed) {
        this(stopped, recovered, alreadyEnded, notFound, failed, skipped, firstFailures, elapsed, null);
    }

    /**
     * Collects results, measuring the time from the moment that it gets its container, which with
     * {@link reactor.core.publisher.Flux#collect(Collector)} is the subscription.
     *
     * @return a collector
     */
    public static Collector<StopResult, ?, StopSummary> collector() {
        return collector(StopAllOptions.defaults());
    }

    /**
     * Collects results as {@link #collector()} does, for a summary that tells the reason as well.
     *
     * @param options those of the bulk stop
     * @return a collector
     */
    public static Collector<StopResult, ?, StopSummary> collector(StopAllOptions options) {
        return Collector.of(() -> new Tally(options.reason()), Tally::add, Tally::merge, Tally::summary);
    }

    /**
     * Returns how many results there are.
     *
     * @return the sum over the five kinds
     */
    public long total() {
        return stopped + alreadyEnded + notFound + failed + skipped;
    }

    /**
     * Returns how fast it went.
     *
     * @return results per second, of every kind
     */
    public double perSecond() {
        return elapsed.isZero() ? 0 : total() * 1e9 / elapsed.toNanos();
    }

    /**
     * Adds another summary, of stops that ran beside these.
     *
     * @param other the other one
     * @return the sums, the first failures of both, the longer of the two times, and the reason if it is that of both
     */
    public StopSummary merge(StopSummary other) {
        List<StopResult.Failed> failures = new ArrayList<>(firstFailures);
        failures.addAll(other.firstFailures);
        return new StopSummary(
                stopped + other.stopped,
                recovered + other.recovered,
                alreadyEnded + other.alreadyEnded,
                notFound + other.notFound,
                failed + other.failed,
                skipped + other.skipped,
                List.copyOf(failures.subList(0, Math.min(failures.size(), MAX_FAILURES))),
                elapsed.compareTo(other.elapsed) >= 0 ? elapsed : other.elapsed,
                Objects.equals(reason, other.reason) ? reason : null);
    }

    /** Returns the counts, the time, the rate and the reason in one line; no ids. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d stopped (%d recovered), %d already ended, %d not found, %d failed, %d skipped in %.2f s (%.0f/s)%s",
                stopped,
                recovered,
                alreadyEnded,
                notFound,
                failed,
                skipped,
                elapsed.toNanos() / 1e9,
                perSecond(),
                reason == null ? "" : "; reason: " + LogText.oneLine(reason));
    }

    /** Counts results, one at a time. */
    static final class Tally {

        private final long start = System.nanoTime();
        private final @Nullable String reason;
        private long stopped;
        private long recovered;
        private long alreadyEnded;
        private long notFound;
        private long failed;
        private long skipped;
        private final List<StopResult.Failed> firstFailures = new ArrayList<>();

        Tally(@Nullable String reason) {
            this.reason = reason;
        }

        void add(StopResult result) {
            switch (result.outcome()) {
                case STOPPED -> {
                    stopped++;
                    recovered += ((StopResult.Stopped) result).recovered() ? 1 : 0;
                }
                case ALREADY_ENDED -> alreadyEnded++;
                case NOT_FOUND -> notFound++;
                case FAILED -> {
                    failed++;
                    addFailure((StopResult.Failed) result);
                }
                case SKIPPED -> skipped++;
            }
        }

        private void addFailure(StopResult.Failed failure) {
            if (firstFailures.size() < MAX_FAILURES) {
                firstFailures.add(failure);
            }
        }

        /** Only a parallel {@code java.util.stream} comes here; Reactor has one container. */
        Tally merge(Tally other) {
            stopped += other.stopped;
            recovered += other.recovered;
            alreadyEnded += other.alreadyEnded;
            notFound += other.notFound;
            failed += other.failed;
            skipped += other.skipped;
            other.firstFailures.forEach(this::addFailure);
            return this;
        }

        StopSummary summary() {
            return new StopSummary(
                    stopped,
                    recovered,
                    alreadyEnded,
                    notFound,
                    failed,
                    skipped,
                    List.copyOf(firstFailures),
                    Duration.ofNanos(System.nanoTime() - start),
                    reason);
        }
    }
}
