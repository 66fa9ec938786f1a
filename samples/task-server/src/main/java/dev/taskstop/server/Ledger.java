package dev.taskstop.server;

import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** What really happened, to be compared with what a client reports. */
public final class Ledger {

    private record Outcome(Route route, int status) {}

    private final TaskStore store;
    private final InstantSource clock;
    private final LongAdder requests = new LongAdder();
    private final LongAdder patchRequests = new LongAdder();
    private final Map<Outcome, LongAdder> answers = new ConcurrentHashMap<>();
    private final Map<FaultKind, LongAdder> faults = new ConcurrentHashMap<>();
    private final AtomicInteger inProgress = new AtomicInteger();
    private final AtomicInteger peakInProgress = new AtomicInteger();

    Ledger(TaskStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * What happened to one task.
     *
     * @param taskId the task
     * @return the entry
     * @throws NoSuchElementException when there is no such task
     */
    public LedgerEntry of(String taskId) {
        store.settle(clock.millis());
        Task task = store.get(taskId);
        if (task == null) {
            throw new NoSuchElementException("no such task: " + taskId);
        }
        return task.ledgerEntry(clock.millis());
    }

    /**
     * What happened to each task, in no particular order.
     *
     * @return a stream over all tasks of all users
     */
    public Stream<LedgerEntry> tasks() {
        store.settle(clock.millis());
        return store.stream().map(task -> task.ledgerEntry(clock.millis()));
    }

    /**
     * Requests in progress now.
     *
     * @return the number
     */
    public int inProgress() {
        return inProgress.get();
    }

    /**
     * What the server saw since its start. An answer is counted before it is sent.
     *
     * @return the totals
     */
    public LedgerTotals totals() {
        Map<Route, Map<Integer, Long>> byRoute = new EnumMap<>(Route.class);
        answers.forEach((outcome, count) -> byRoute.computeIfAbsent(outcome.route(), route -> new TreeMap<>())
                .put(outcome.status(), count.sum()));
        Map<FaultKind, Long> byKind = new EnumMap<>(FaultKind.class);
        faults.forEach((kind, count) -> byKind.put(kind, count.sum()));
        long unauthorized = byRoute.values().stream()
                .mapToLong(counts -> counts.getOrDefault(401, 0L))
                .sum();
        return new LedgerTotals(
                requests.sum(), patchRequests.sum(), unauthorized, peakInProgress.get(), byRoute, byKind);
    }

    Request requestStarted(boolean patch) {
        requests.increment();
        if (patch) {
            patchRequests.increment();
        }
        int now = inProgress.incrementAndGet();
        if (now > peakInProgress.get()) {
            peakInProgress.accumulateAndGet(now, Math::max);
        }
        return new Request();
    }

    void answered(Route route, int status) {
        answers.computeIfAbsent(new Outcome(route, status), outcome -> new LongAdder())
                .increment();
    }

    void injected(FaultKind kind) {
        faults.computeIfAbsent(kind, key -> new LongAdder()).increment();
    }

    /** A request in progress. */
    final class Request {

        private final AtomicBoolean ended = new AtomicBoolean();

        /** Must come before the answer is sent: with the answer in hand a client may send its next request. */
        void end() {
            if (ended.compareAndSet(false, true)) {
                inProgress.decrementAndGet();
            }
        }
    }
}
