package dev.taskstop;

import dev.taskstop.Gate.Priority;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reads a list that changes while its tasks are stopped: paging by offset then leaves some out. So it is read again,
 * from its beginning, until a round finds no task that was not seen before. Tasks that were created after the first
 * page was read are left alone, or there might be no end; {@link ListFirstPage} tells which these are.
 */
final class ListScan {

    /** Where the server tells no times, tasks may come without end. */
    private static final int MAX_ROUNDS = 1_000;

    /** So many in a row without news, and twice as many again as there are, are more than a list can have. */
    private static final int MAX_STALE = 10_000;

    private final ListPages list;
    private final TaskQuery query;
    private final BooleanSupplier isOver;
    private final Mono<Void> end;
    private final ListSelection selection;
    private final ListFirstPage firstPage = new ListFirstPage();
    private final Set<String> seen = new HashSet<>();
    private boolean foundAny;
    private int rounds;
    private long staleInARow;

    /**
     * @param isOver whether no list is to be read any more, however long it goes on
     * @param end completes when that is so
     */
    ListScan(ListPages list, TaskQuery query, BooleanSupplier isOver, Mono<Void> end) {
        this.list = list;
        this.isOver = isOver;
        this.end = end;
        this.query = query.withStatus(TaskQuery.Status.ACTIVE);
        this.selection = list.selection(this.query);
    }

    Flux<String> next() {
        foundAny = false;
        rounds++;
        staleInARow = 0;
        return list.list(query, Priority.STOP, this::pick, isOver, end)
                .takeWhile(task -> !repeatsItself())
                .filter(this::isNews)
                .map(TaskSummary::taskId);
    }

    /** A server that gives the same page again and again, and always says that there are more, must not hold a stop. */
    private boolean repeatsItself() {
        return staleInARow > MAX_STALE + 2L * seen.size();
    }

    boolean isWorthAnother() {
        return (foundAny || firstPage.takeReconsidered()) && rounds < MAX_ROUNDS;
    }

    private List<TaskSummary> pick(TaskPage read) {
        firstPage.note(read);
        return selection.of(read, firstPage::isOld);
    }

    private boolean isNews(TaskSummary task) {
        boolean news = seen.add(task.taskId());
        foundAny |= news;
        staleInARow = news ? 0 : staleInARow + 1;
        return news;
    }
}
