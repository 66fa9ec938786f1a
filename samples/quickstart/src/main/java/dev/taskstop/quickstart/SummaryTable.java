package dev.taskstop.quickstart;

import dev.taskstop.GateState;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopSummary;
import java.io.PrintStream;

/** Prints what became of many stops. */
final class SummaryTable {

    private SummaryTable() {}

    static void print(PrintStream out, StopSummary summary, GateState gate) {
        row(out, "stopped", summary.stopped());
        row(out, "  of these recovered", summary.recovered());
        row(out, "already ended", summary.alreadyEnded());
        row(out, "not found", summary.notFound());
        row(out, "failed", summary.failed());
        row(out, "skipped", summary.skipped());
        row(out, "in all", summary.total());
        out.printf("%-22s %9.2f s%n", "elapsed", summary.elapsed().toNanos() / 1e9);
        out.printf("%-22s %,9.0f%n", "results per second", summary.perSecond());
        row(out, "peak in flight", gate.peakInFlight());
        for (Failed failure : summary.firstFailures()) {
            out.printf("failed: %s: %s%n", failure.taskId(), failure.error().getMessage());
        }
    }

    private static void row(PrintStream out, String name, long value) {
        out.printf("%-22s %,9d%n", name, value);
    }
}
