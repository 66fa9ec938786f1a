package dev.taskstop;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Picks out of the pages of a list what a query asks for and the server does not pick out. It is for one subscription: all
 * pages are measured at the moment of the first, also where the list is read again.
 */
final class ListSelection {

    private static final Logger log = LoggerFactory.getLogger(ListSelection.class);

    private final TaskQuery query;
    private final Supplier<Instant> clock;
    private final Guard matching = new Guard(log, "The condition given to TaskQuery.matching");
    private final Guard grouping = new Guard(log, "The function given to TaskQuery.superseded");
    private final Map<Object, TaskSummary> newest = new HashMap<>();
    private @Nullable Instant now;

    /** @param clock what time it is here, for a server that does not tell it */
    ListSelection(TaskQuery query, Supplier<Instant> clock) {
        this.query = query;
        this.clock = clock;
    }

    List<TaskSummary> of(TaskPage page) {
        return of(page, task -> true);
    }

    /** @param counts whether a task counts at all: neither does another one supersede a task, nor is it picked out */
    List<TaskSummary> of(TaskPage page, Predicate<TaskSummary> counts) {
        Instant moment = moment(page);
        List<TaskSummary> picked = new ArrayList<>(page.tasks().size());
        for (TaskSummary listed : page.tasks()) {
            if (counts.test(listed)) {
                candidate(listed)
                        .filter(task -> query.matches(task, moment))
                        .filter(task -> matching.call(() -> query.matchesOwn(task), false))
                        .ifPresent(picked::add);
            }
        }
        return picked;
    }

    private Instant moment(TaskPage page) {
        Instant known = now;
        if (known == null) {
            known = page.asOf() == null ? clock.get() : page.asOf();
            now = known;
        }
        return known;
    }

    /** The task itself; or where only what is superseded is asked for, which task is known to be so from now on. */
    private Optional<TaskSummary> candidate(TaskSummary task) {
        Function<? super TaskSummary, ? extends @Nullable Object> groupBy = query.groupBy();
        return groupBy == null
                ? Optional.of(task)
                : grouping.call(() -> Optional.ofNullable(superseded(task, groupBy.apply(task))), Optional.empty());
    }

    private @Nullable TaskSummary superseded(TaskSummary task, @Nullable Object group) {
        if (group == null || task.createdAt() == null || task.state().isEnded()) {
            return null;
        }
        TaskSummary known = newest.get(group);
        if (known != null && !known.taskId().equals(task.taskId()) && !isNewer(task, known)) {
            return task;
        }
        newest.put(group, task);
        return known == null || known.taskId().equals(task.taskId()) ? null : known;
    }

    private static boolean isNewer(TaskSummary one, TaskSummary other) {
        Instant created = one.createdAt();
        int order = created == null || other.createdAt() == null ? 0 : created.compareTo(other.createdAt());
        return order == 0 ? one.taskId().compareTo(other.taskId()) > 0 : order > 0;
    }
}
