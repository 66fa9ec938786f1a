package dev.taskstop;

import dev.taskstop.Gate.Priority;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reads a list that changes while its tasks are stopped: paging by offset then leaves some out. So it is read again,
 * from its beginning, until a round finds no task that was not seen before. Tasks that were created after the first
 * page was read are left alone, or there might be no end.
 */
final class Rounds {

    /** Where the server tells no times, tasks may come without end. */
    private static final int MAX_ROUNDS = 1_000;

    /** So many in a row without news, and twice as many again as there are, are more than a list can have. */
    private static final int MAX_STALE = 10_000;

    /** The server's date is cut to seconds. */
    private static final Duration ONE_SECOND = Duration.ofSeconds(1);

    private final TaskList list;
    private final TaskQuery query;
    private final Mono<Void> end;
    private final Set<String> seen = new HashSet<>();
    private @Nullable Instant begin;
    private boolean first = true;
    private boolean foundAny;
    private int rounds;
    private long staleInARow;

    /** @param end after it no list is read any more, however long it goes on */
    Rounds(TaskList list, TaskQuery query, Mono<Void> end) {
        this.list = list;
        this.end = end;
        this.query = query.withStatus(TaskQuery.Status.ACTIVE);
    }

    Flux<String> next() {
        foundAny = false;
        rounds++;
        staleInARow = 0;
        return list.list(query, Priority.STOP, this::noteBegin, end)
                .takeWhile(task -> !repeatsItself())
                .filter(this::isNews)
                .map(TaskSummary::taskId);
    }

    /** A server that gives the same page again and again, and always says that there are more, must not hold a stop. */
    private boolean repeatsItself() {
        return staleInARow > MAX_STALE + 2L * seen.size();
    }

    boolean isWorthAnother() {
        return foundAny && rounds < MAX_ROUNDS;
    }

    private void noteBegin(TaskPage page) {
        if (first) {
            first = false;
            begin = page.asOf() == null ? null : page.asOf().plus(ONE_SECOND);
        }
    }

    private boolean isNews(TaskSummary task) {
        boolean tooNew =
                begin != null && task.createdAt() != null && task.createdAt().isAfter(begin);
        boolean news = !tooNew && seen.add(task.taskId());
        foundAny |= news;
        staleInARow = news ? 0 : staleInARow + 1;
        return news;
    }
}
