package dev.taskstop;

import java.time.Duration;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;
import reactor.util.retry.Retry;

/** Reads lists page by page, each when the one before is used up and more is asked for. */
final class TaskList {

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
        return list(query, page -> {}, Mono.never());
    }

    /** Lists tasks, and shows each page before its tasks. No page is read, or waited for, after the end. */
    Flux<TaskSummary> list(TaskQuery query, Consumer<TaskPage> onPage, Mono<Void> end) {
        return Flux.defer(() -> {
            Cursor cursor = new Cursor(api.firstPosition());
            return Flux.<Integer>generate(cursor::next)
                    .concatMap(
                            position -> page(query, position)
                                    .takeUntilOther(end)
                                    .switchIfEmpty(Mono.fromRunnable(cursor::end))
                                    .doOnNext(cursor::advance)
                                    .doOnNext(onPage)
                                    .flatMapMany(page -> tasks(page, query).concatWith(onDemand())),
                            0);
        });
    }

    /** Not every dialect can pick out what is active by itself. */
    private static Flux<TaskSummary> tasks(TaskPage page, TaskQuery query) {
        Flux<TaskSummary> tasks = Flux.fromIterable(page.tasks());
        return query.status() == TaskQuery.Status.ACTIVE
                ? tasks.filter(task -> !task.state().isEnded())
                : tasks;
    }

    private Mono<TaskPage> page(TaskQuery query, int position) {
        return Mono.defer(() -> gate.pass(Gate.Priority.LIST, () -> api.list(query, position), () -> patience))
                .retryWhen(retry);
    }

    /** Completes when something is asked of it: so the next page waits for demand, not just for the end of this one. */
    private static Flux<TaskSummary> onDemand() {
        return Flux.generate(SynchronousSink::complete);
    }

    /** Where the next page begins. Read and advanced in turns. */
    private static final class Cursor {

        private int position;
        private boolean last;

        Cursor(int position) {
            this.position = position;
        }

        void next(SynchronousSink<Integer> sink) {
            if (last) {
                sink.complete();
            } else {
                sink.next(position);
            }
        }

        void end() {
            last = true;
        }

        void advance(TaskPage page) {
            Integer next = page.next();
            last = next == null || page.tasks().isEmpty();
            position = next == null ? position : next;
        }
    }
}
