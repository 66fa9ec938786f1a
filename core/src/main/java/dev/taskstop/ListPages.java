package dev.taskstop;

import dev.taskstop.Gate.Priority;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;
import reactor.util.retry.Retry;

/** Reads lists page by page, each when the one before is used up and more is asked for. */
final class ListPages {

    private static final Logger log = LoggerFactory.getLogger(ListPages.class);

    private final ApiCalls api;
    private final Gate gate;
    private final Duration patience;
    private final Retry retry;

    ListPages(ApiCalls api, Gate gate, Duration patience, Retry retry) {
        this.api = api;
        this.gate = gate;
        this.patience = patience;
        this.retry = retry;
    }

    Flux<TaskSummary> list(TaskQuery query) {
        return Flux.defer(() -> list(query, Priority.LIST, selection(query)::of, () -> false, Mono.never()));
    }

    /** For one subscription, or for lists that are read one after the other and belong together. */
    ListSelection selection(TaskQuery query) {
        return new ListSelection(query, api::now);
    }

    /** Refuses a query that the API lacks, as a list would. */
    void requireTold(TaskQuery query) {
        api.listParameters(query);
    }

    /**
     * Lists tasks. No page is read, or waited for, after the end.
     *
     * @param pick which tasks of a page are meant: not every dialect can pick out by itself what was asked for
     * @param isOver tells that the end has come, or that whoever reads is about to cancel
     * @param end completes when the end comes
     */
    Flux<TaskSummary> list(
            TaskQuery query,
            Priority priority,
            Function<TaskPage, List<TaskSummary>> pick,
            BooleanSupplier isOver,
            Mono<Void> end) {
        return Flux.defer(() -> {
            ListCursor cursor = new ListCursor(api.paging(), api.listParameters(query), query.pageSize());
            return Flux.<ListCursor.Place>generate(cursor::next)
                    .concatMap(
                            place -> page(priority, place, isOver)
                                    .takeUntilOther(end)
                                    .switchIfEmpty(Mono.fromRunnable(cursor::end))
                                    .doOnNext(cursor::advance)
                                    .flatMapMany(page ->
                                            Flux.fromIterable(pick.apply(page)).concatWith(onDemand())),
                            0)
                    .doOnTerminate(() -> report(cursor.takePassedOver()))
                    .doOnCancel(() -> report(cursor.takePassedOver()));
        });
    }

    private Mono<TaskPage> page(Priority priority, ListCursor.Place place, BooleanSupplier isOver) {
        return Mono.defer(() -> gate.pass(
                        priority,
                        () -> isOver.getAsBoolean()
                                ? Gate.unsent(Mono.empty())
                                : api.list(place.parameters(), place.offset(), place.limit()),
                        () -> patience))
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
