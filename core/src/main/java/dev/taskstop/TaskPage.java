package dev.taskstop;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list.
 *
 * @param tasks the tasks that could be read
 * @param items how many there were, with those that could not be read
 * @param hasMore whether more follow
 * @param limit how many there can be on a page: as many as were asked for, or fewer, where the server says so
 * @param bytes how large the page was
 * @param asOf when the server answered, by its own clock
 * @param tooLarge why the page could not be read at all; null when it could
 */
record TaskPage(
        List<TaskSummary> tasks,
        int items,
        boolean hasMore,
        int limit,
        int bytes,
        @Nullable Instant asOf,
        @Nullable TaskDecodingException tooLarge) {

    /**
     * A page that was read.
     *
     * @param tasks the tasks, null for one that could not be read
     * @param hasMore what the server says; where it does not, a full page is followed by another
     * @param asked how many were asked for
     * @param limit how many the server says that it gives
     */
    static TaskPage of(
            List<? extends @Nullable TaskSummary> tasks,
            @Nullable Boolean hasMore,
            int asked,
            @Nullable Integer limit,
            TaskResponse response) {
        List<TaskSummary> readable = new ArrayList<>(tasks.size());
        for (TaskSummary task : tasks) {
            if (task != null) {
                readable.add(task);
            }
        }
        int most = limit == null || limit == 0 ? asked : Math.min(limit, asked);
        boolean more = hasMore == null ? tasks.size() >= most : hasMore;
        return new TaskPage(
                readable, tasks.size(), more, most, response.body().length, DialectHttpDate.of(response), null);
    }

    static TaskPage tooLarge(TaskDecodingException problem, int asked, TaskResponse response) {
        return new TaskPage(List.of(), 0, true, asked, response.body().length, DialectHttpDate.of(response), problem);
    }
}
