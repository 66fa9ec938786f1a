package dev.taskstop.kafka.demo;

import dev.taskstop.kafka.TaskReport;
import dev.taskstop.kafka.TaskReport.Outcome;
import dev.taskstop.server.LedgerEntry;
import dev.taskstop.server.Status;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was reported, beside what really happened. */
final class Comparison {

    private final Reports reports;
    private final Map<String, LedgerEntry> ledger;

    Comparison(Reports reports, Map<String, LedgerEntry> ledger) {
        this.reports = reports;
        this.ledger = ledger;
    }

    /** Tells whether each record that names no task was set aside, and each task has a result that is true. */
    boolean isEqual() {
        return reports.setAside() == Topics.POISON.size()
                && reports.taskIds().equals(ledger.keySet())
                && ledger.values().stream()
                        .allMatch(entry -> isStoppedOnce(entry) && isTrue(reports.of(entry.taskId()), entry));
    }

    void print(PrintWriter out, @Nullable String killed) {
        long results = reports.count(report -> true);
        long requests =
                ledger.values().stream().mapToLong(LedgerEntry::stopRequests).sum();
        row(out, "tasks", ledger.size());
        row(out, "results", results);
        reports.byOutcome().forEach((outcome, count) -> row(out, "  " + lowerCase(outcome), count));
        reports.byInstance()
                .forEach((instance, count) ->
                        row(out, "  by " + instance + (instance.equals(killed) ? " (killed)" : ""), count));
        row(out, "set aside (no ids)", reports.setAside());
        row(out, "duplicates", results - reports.ids());
        if (killed != null) {
            out.println("  The records that were in flight when " + killed + " was killed were delivered again: those"
                    + " whose result it had sent before are the duplicates; those that it had stopped without a result"
                    + " are only reported as already ended.");
            row(out, "  only already ended", reports.taskIds().size() - idsReportedStopped());
        }
        out.printf(
                "%-24s %.2f s, %,.0f ids per second%n",
                "elapsed",
                reports.elapsed().toMillis() / 1e3,
                reports.ids() * 1e3 / reports.elapsed().toMillis());
        row(
                out,
                "ledger: stopped",
                ledger.values().stream().filter(Comparison::isStoppedOnce).count());
        row(out, "ledger: stop requests", requests);
        row(out, "  without a result", requests - results);
        out.printf("%-24s %s%n", "results and ledger", isEqual() ? "equal" : "NOT equal");
        out.flush();
    }

    private long idsReportedStopped() {
        return reports.taskIds().stream()
                .filter(taskId -> reports.of(taskId).stream().anyMatch(Comparison::isStopped))
                .count();
    }

    private static boolean isStoppedOnce(LedgerEntry entry) {
        return entry.effectiveRequest() > 0 && entry.status() == Status.STOPPED;
    }

    /** At most one delivery stopped the task; the others found it stopped. Each of them was a request. */
    private static boolean isTrue(List<TaskReport> ofOneTask, LedgerEntry entry) {
        return ofOneTask.stream().filter(Comparison::isStopped).count() <= 1
                && ofOneTask.stream().allMatch(report -> isStopped(report) || isFoundStopped(report))
                && ofOneTask.size() <= entry.stopRequests();
    }

    private static boolean isStopped(TaskReport report) {
        return report.outcome() == Outcome.STOPPED;
    }

    private static boolean isFoundStopped(TaskReport report) {
        return report.outcome() == Outcome.ALREADY_ENDED && "stopped".equals(report.detail());
    }

    private static String lowerCase(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static void row(PrintWriter out, String name, long value) {
        out.printf("%-24s %,9d%n", name, value);
    }
}
