package dev.taskstop.room;

import java.util.List;
import java.util.function.Predicate;

/**
 * The active tasks that pass a filter, as they were when they were last read.
 *
 * @param rows in the order of the server's list
 * @param more whether there are more than these
 * @param problem why they could not be read just now, in a sentence; empty when they could
 * @param readAt when the reading began, by {@link Batches#now()}
 */
record TaskRows(List<TaskRow> rows, boolean more, String problem, long readAt) {

    static final TaskRows NONE = new TaskRows(List.of(), false, "", Long.MIN_VALUE);

    /** The rows that are known stay on the page while the list cannot be read. */
    TaskRows then(TaskRows next) {
        return next.problem().isEmpty() ? next : new TaskRows(rows, more, next.problem(), readAt);
    }

    /** Without those that have ended since the list was read, and with those marked that are being stopped. */
    TaskRows with(Predicate<TaskRow> hasEnded, Predicate<TaskRow> isStopping) {
        List<TaskRow> now = rows.stream()
                .filter(hasEnded.negate())
                .map(row -> isStopping.test(row) ? row.asStopping() : row)
                .toList();
        return new TaskRows(now, more, problem, readAt);
    }

    /** Whether these are all there were. */
    boolean isWhole() {
        return readAt != NONE.readAt && !more && problem.isEmpty();
    }

    /** How many there are, as far as is known. */
    String count() {
        return Text.number(rows.size()) + (more ? "+" : "");
    }
}
