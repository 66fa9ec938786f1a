package dev.taskstop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collector;

/**
 * What became of many stops: {@code results.collect(StopSummary.collector())}. Its size does not depend on theirs.
 *
 * @param stopped how many tasks were stopped
 * @param recovered how many of the stopped were found out by asking for the status, since the answer was lost
 * @param alreadyEnded how many had ended before
 * @param notFound how many do not exist for this key
 * @param failed how many stops failed
 * @param skipped for how many nothing was sent
 * @param firstFailures the first failures, {@value #MAX_FAILURES} at the most
 * @param elapsed from the subscription to the last result
 */
public record StopSummary(
        long stopped,
        long recovered,
        long alreadyEnded,
        long notFound,
        long failed,
        long skipped,
        List<StopResult.Failed> firstFailures,
        Duration elapsed) {

    private static final int MAX_FAILURES = 10;

    /**
     * Collects results, measuring the time from the moment that it gets its container, which with
     * {@link reactor.core.publisher.Flux#collect(Collector)} is the subscription.
     *
     * @return a collector
     */
    public static Collector<StopResult, ?, StopSummary> collector() {
        return Collector.of(Tally::new, Tally::add, Tally::merge, Tally::summary);
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
     * @return the sums, the first failures of both, and the longer of the two times
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
                elapsed.compareTo(other.elapsed) >= 0 ? elapsed : other.elapsed);
    }

    /** Returns the counts, the time and the rate in one line; no ids. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d stopped (%d recovered), %d already ended, %d not found, %d failed, %d skipped in %.2f s (%.0f/s)",
                stopped,
                recovered,
                alreadyEnded,
                notFound,
                failed,
                skipped,
                elapsed.toNanos() / 1e9,
                perSecond());
    }

    /** Counts results, one at a time. */
    static final class Tally {

        private final long start = System.nanoTime();
        private long stopped;
        private long recovered;
        private long alreadyEnded;
        private long notFound;
        private long failed;
        private long skipped;
        private final List<StopResult.Failed> firstFailures = new ArrayList<>();

        void add(StopResult result) {
            if (result instanceof StopResult.Stopped stop) {
                stopped++;
                recovered += stop.recovered() ? 1 : 0;
            } else if (result instanceof StopResult.AlreadyEnded) {
                alreadyEnded++;
            } else if (result instanceof StopResult.NotFound) {
                notFound++;
            } else if (result instanceof StopResult.Failed failure) {
                failed++;
                if (firstFailures.size() < MAX_FAILURES) {
                    firstFailures.add(failure);
                }
            } else {
                skipped++;
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
            for (StopResult.Failed failure : other.firstFailures) {
                if (firstFailures.size() < MAX_FAILURES) {
                    firstFailures.add(failure);
                }
            }
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
                    Duration.ofNanos(System.nanoTime() - start));
        }
    }
}
