package dev.taskstop.room;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What somebody wants to be stopped: exactly these tasks.
 *
 * @param tasks the tasks, with what is known of each
 * @param what how the batch is called
 * @param selector what the tasks had in common when they were chosen, or their ids when they were picked by hand
 * @param reason why, in the words of who stops them; may be empty
 */
record Order(List<TaskRow> tasks, String what, String selector, String reason) {

    private static final int NAMED = 20;

    static Order picked(List<TaskRow> tasks, String reason) {
        String first = tasks.get(0).name();
        String what = tasks.size() == 1 ? first : first + " and " + Text.number(tasks.size() - 1L) + " more";
        String ids = tasks.stream().limit(NAMED).map(TaskRow::id).collect(Collectors.joining(", "));
        return new Order(tasks, what, "picked: " + ids + (tasks.size() > NAMED ? " …" : ""), reason);
    }

    static Order matching(List<TaskRow> tasks, Filter filter, String reason) {
        String selector = filter.isEmpty() ? "all active tasks" : filter.sentence();
        String what = filter.isEmpty()
                ? "All active tasks (" + Text.number(tasks.size()) + ")"
                : "All that match (" + Text.number(tasks.size()) + "): " + selector;
        return new Order(tasks, what, selector, reason);
    }
}
