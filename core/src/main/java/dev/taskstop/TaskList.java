package dev.taskstop;

import dev.taskstop.Gate.Priority;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;
import reactor.util.retry.Retry;

/** Reads lists page by page, each when the one before is used up and more is asked for. */
final class TaskList {

    private static final Logger log = LoggerFactory.getLogger(TaskList.class);

    private final TaskApi api;
    private final Gate gate;
    private final Duration patience;
    private final Retry retry;

    TaskList(TaskApi api, Gate gate, Duration patience, Retry retry) {
        this.api = api;
        this.gate = gate;
        this.patience = patience;
        this.retry = retry;
    }

    Flux<TaskSummary> list(TaskQuery query) {
        return list(query, Priority.LIST, page -> {}, Mono.never());
    }

    /** Lists tasks, and shows each page before its tasks. No page is read, or waited for, after the end. */
    Flux<TaskSummary> list(TaskQuery query, Priority priority, Consumer<TaskPage> onPage, Mono<Void> end) {
        return Flux.defer(() -> {
            ListCursor cursor = new ListCursor(api.paging(), api.listParameters(query), query.pageSize());
            return Flux.<ListCursor.Place>generate(cursor::next)
                    .concatMap(
                            place -> page(priority, place)
                                    .takeUntilOther(end)
                                    .switchIfEmpty(Mono.fromRunnable(cursor::end))
                                    .doOnNext(cursor::advance)
                                    .doOnNext(onPage)
                                    .flatMapMany(page -> tasks(page, query).concatWith(onDemand())),
                            0)
                    .doOnTerminate(() -> report(cursor.takePassedOver()))
                    .doOnCancel(() -> report(cursor.takePassedOver()));
        });
    }

    /** Not every dialect can pick out by itself what was asked for. */
    private static Flux<TaskSummary> tasks(TaskPage page, TaskQuery query) {
        return Flux.fromIterable(page.tasks()).filter(query::matches);
    }

    private Mono<TaskPage> page(Priority priority, ListCursor.Place place) {
        return Mono.defer(() -> gate.pass(
                        priority, () -> api.list(place.parameters(), place.offset(), place.limit()), () -> patience))
                .retryWhen(retry);
    }

    private static void report(long passedOver) {
        if (passedOver > 0) {
            log.warn("A list had {} tasks that could not be read, and were passed over", passedOver);
        }
    }

    /** Completes when something is asked of it: so the next page waits for demand, not just for the end of this one. */
    private static Flux<TaskSummary> onDemand() {
        return Flux.generate(SynchronousSink::complete);
    }
}
