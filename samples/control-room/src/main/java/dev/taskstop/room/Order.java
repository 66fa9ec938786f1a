package dev.taskstop.room;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants to be stopped: exactly these tasks.
 *
 * @param tasks the tasks, with what is known of each
 * @param filter what the tasks had in common when they were chosen; null when they were picked by hand
 * @param reason why, in the words of who stops them; may be empty
 */
record Order(List<TaskRow> tasks, @Nullable Filter filter, String reason) {

    private static final int NAMED = 20;
    private static final int LONGEST_NAME = 300;

    static Order picked(List<TaskRow> tasks, String reason) {
        return new Order(tasks, null, reason);
    }

    static Order matching(List<TaskRow> tasks, Filter filter, String reason) {
        return new Order(tasks, filter, reason);
    }

    /** The same for those that are left when others stop some of them already. */
    Order only(List<TaskRow> left) {
        return new Order(left, filter, reason);
    }

    /** How the batch is called. */
    String what() {
        return Text.shorten(filter == null ? picks() : matches(filter), LONGEST_NAME);
    }

    private String picks() {
        String first = tasks.get(0).name();
        return tasks.size() == 1
                ? first
                : Text.shorten(first, 200) + " and " + Text.number(tasks.size() - 1L) + " more";
    }

    private String matches(Filter selected) {
        String number = "(" + Text.number(tasks.size()) + ")";
        return selected.isEmpty() ? "All active tasks " + number : "All that match " + number + ": " + selector();
    }

    /** What the tasks had in common, or their ids when they were picked by hand. */
    String selector() {
        if (filter != null) {
            return filter.isEmpty() ? "all active tasks" : filter.sentence();
        }
        String ids = tasks.stream().limit(NAMED).map(TaskRow::shownId).collect(Collectors.joining(", "));
        return "picked: " + ids + (tasks.size() > NAMED ? " …" : "");
    }
}
