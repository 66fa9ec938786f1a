package dev.taskstop.room;

import java.util.List;

/**
 * The active tasks as they were when they were last read.
 *
 * @param rows the longest running first
 * @param more whether there are more than these
 * @param problem why they could not be read just now; empty when they could
 */
record TaskRows(List<TaskRow> rows, boolean more, String problem) {

    static final TaskRows NONE = new TaskRows(List.of(), false, "");

    /** The rows that are known stay on the page while the list cannot be read. */
    TaskRows then(TaskRows next) {
        return next.problem().isEmpty() ? next : new TaskRows(rows, more, next.problem());
    }
}
