package dev.taskstop.quickstart;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.server.FaultKind;
import dev.taskstop.server.Faults;
import dev.taskstop.server.LedgerEntry;
import dev.taskstop.server.LedgerTotals;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.RetryAfterForm;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A task server that fails in every way it knows, its tasks in every state, and what its ledger says of each. */
final class DemoTasks {

    private enum Outcome {
        STOPPED,
        ALREADY_ENDED,
        NOT_FOUND,
        STILL_ACTIVE
    }

    private static final String SOMEBODY_ELSE = "somebody.else@example.com";
    private static final double FAULT_RATE = 0.01;
    private static final long SEED = 2026;

    private final TaskServer server;
    private final List<String> ids = new ArrayList<>();
    private final Set<String> notOurs = new HashSet<>();

    private DemoTasks(TaskServer server) {
        this.server = server;
    }

    static TaskServer startServer() {
        Map<FaultKind, Double> rates = new EnumMap<>(FaultKind.class);
        for (FaultKind kind : FaultKind.values()) {
            rates.put(kind, FAULT_RATE);
        }
        return TaskServer.start(TaskServerOptions.defaults()
                .withSeed(SEED)
                .withUser(SOMEBODY_ELSE, "bb_local_somebody_else")
                .withRetryAfter(RetryAfterForm.RESET_AT, Duration.ofMillis(20))
                .withFaults(new Faults(rates, Faults.Scope.STOP, Duration.ofMillis(300), 256 * 1024)));
    }

    /** Creates tasks in every state, somebody else's tasks among them, and makes up ids that never existed. */
    static DemoTasks create(TaskServer server, int count) {
        DemoTasks tasks = new DemoTasks(server);
        int percent = count / 100;
        tasks.add(2 * percent, Lifecycle.staysIn(Status.STOPPED));
        tasks.add(3 * percent, Lifecycle.staysIn(Status.COMPLETED));
        tasks.add(3 * percent, Lifecycle.staysIn(Status.ERROR));
        tasks.add(2 * percent, Lifecycle.staysIn(Status.TIMEOUT));
        tasks.add(5 * percent, Lifecycle.staysIn(Status.SAVING));
        tasks.add(5 * percent, Lifecycle.moving().withPendingFor(Duration.ofSeconds(4)));
        tasks.notOurs.addAll(server.createTasks(SOMEBODY_ELSE, 2 * percent, Lifecycle.staysIn(Status.PROCESSING)));
        for (int i = 0; i < percent; i++) {
            tasks.notOurs.add("no-such-task-%07d".formatted(i));
        }
        tasks.ids.addAll(tasks.notOurs);
        tasks.add(count - tasks.ids.size(), Lifecycle.staysIn(Status.PROCESSING));
        Collections.shuffle(tasks.ids, new Random(SEED));
        return tasks;
    }

    private void add(int count, Lifecycle lifecycle) {
        ids.addAll(server.createTasks(count, lifecycle));
    }

    List<String> ids() {
        return ids;
    }

    /** Compares results with the ledger, says what it found, and tells whether each task has one result that is true. */
    boolean compare(List<StopResult> results, PrintStream out) {
        LedgerTotals seen = server.ledger().totals();
        out.printf(
                "The server saw %,d stop requests and failed %,d of them on purpose.%n",
                seen.patchRequests(),
                seen.faults().values().stream().mapToLong(Long::longValue).sum());
        Set<String> answered = new HashSet<>();
        results.forEach(result -> answered.add(result.taskId()));
        List<StopResult> untrue =
                results.stream().filter(result -> !isTrue(result)).toList();
        untrue.stream().limit(10).forEach(result -> out.println("The ledger disagrees with " + result));
        boolean complete = results.size() == ids.size() && answered.equals(Set.copyOf(ids));
        if (complete && untrue.isEmpty()) {
            out.printf("Each task has one result, and all %,d equal the server's ledger.%n", results.size());
            return true;
        }
        out.printf(
                "NOT EQUAL: %,d results for %,d tasks, %,d of them other than the ledger says;"
                        + " %,d of these admit that they do not know.%n",
                results.size(),
                ids.size(),
                untrue.size(),
                untrue.stream().filter(DemoTasks::admitsNotToKnow).count());
        return false;
    }

    private Outcome truth(String taskId) {
        if (notOurs.contains(taskId)) {
            return Outcome.NOT_FOUND;
        }
        LedgerEntry entry = server.ledger().of(taskId);
        if (entry.effectiveRequest() > 0) {
            return Outcome.STOPPED;
        }
        return entry.status().isActive() ? Outcome.STILL_ACTIVE : Outcome.ALREADY_ENDED;
    }

    private static Outcome reported(StopResult result) {
        return switch (result.outcome()) {
            case STOPPED -> Outcome.STOPPED;
            case ALREADY_ENDED -> Outcome.ALREADY_ENDED;
            case NOT_FOUND -> Outcome.NOT_FOUND;
            case FAILED, SKIPPED -> Outcome.STILL_ACTIVE;
        };
    }

    private boolean isTrue(StopResult result) {
        return reported(result) == truth(result.taskId()) || claimsNoMore(result);
    }

    /**
     * A stopped one claims that an answer, or after a lost answer the status, says so: which they also say of a task that
     * was stopped shortly before, where the server answers 200 without doing anything. One that is marked as perhaps by us
     * claims that the stop may have ended it.
     */
    private boolean claimsNoMore(StopResult result) {
        if (result instanceof Stopped) {
            LedgerEntry entry = server.ledger().of(result.taskId());
            return entry.status() == Status.STOPPED && entry.stopRequests() > 0;
        }
        return result instanceof AlreadyEnded ended && ended.perhapsByUs() && truth(result.taskId()) == Outcome.STOPPED;
    }

    private static boolean admitsNotToKnow(StopResult result) {
        return result instanceof Failed failed && failed.error().isOutcomeUnknown();
    }
}
