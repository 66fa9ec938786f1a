package dev.taskstop;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list.
 *
 * @param next where the next page begins, in the dialect's own way of counting; null on the last page
 * @param asOf when the server answered, by its own clock
 */
record TaskPage(
        List<TaskSummary> tasks,
        @Nullable Integer next,
        @Nullable Instant asOf) {}
