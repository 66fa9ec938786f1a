package dev.taskstop;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Skipped;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Stops many tasks: a composition of Reactor's operators over {@link OneStop}. */
final class BulkStop {

    private static final Logger log = LoggerFactory.getLogger(BulkStop.class);

    /** Each inner publisher gives one result, so nothing is gained by asking it for more. */
    private static final int ONE_RESULT = 1;

    private final OneStop oneStop;
    private final int defaultConcurrency;
    private final Scheduler scheduler;

    BulkStop(OneStop oneStop, int defaultConcurrency, Scheduler scheduler) {
        this.oneStop = oneStop;
        this.defaultConcurrency = defaultConcurrency;
        this.scheduler = scheduler;
    }

    Flux<StopResult> stopAll(Publisher<String> taskIds, StopAllOptions options) {
        return Flux.defer(() -> new Run(options).stopAll(Flux.from(taskIds)));
    }

    /** One subscription to a bulk stop. */
    private final class Run {

        private final StopAllOptions options;
        private final Batch batch;
        private final @Nullable Set<String> seen;
        private final StopSummary.Tally tally = new StopSummary.Tally();

        Run(StopAllOptions options) {
            this.options = options;
            this.batch = new Batch(options.deadline() != null);
            this.seen = options.distinct() ? new HashSet<>() : null;
        }

        Flux<StopResult> stopAll(Flux<String> taskIds) {
            int concurrency = options.concurrency() == null ? defaultConcurrency : options.concurrency();
            return Flux.using(
                    this::startDeadline,
                    timer -> {
                        Flux<StopResult> results = options.ordered()
                                ? taskIds.flatMapSequentialDelayError(this::stop, concurrency, ONE_RESULT)
                                : taskIds.flatMapDelayError(this::stop, concurrency, ONE_RESULT);
                        return results.doOnNext(tally::add)
                                .doOnTerminate(() -> log.info("Bulk stop ended: {}", tally.summary()))
                                .doOnCancel(this::cancelled);
                    },
                    Disposable::dispose);
        }

        private Mono<StopResult> stop(String taskId) {
            if (seen != null && !seen.add(taskId)) {
                return Mono.just(new Skipped(taskId, Skipped.Reason.DUPLICATE));
            }
            Skipped.Reason over = batch.over();
            if (over != null) {
                return Mono.just(new Skipped(taskId, over));
            }
            return oneStop.stop(taskId, batch).doOnNext(this::abortIfAsked);
        }

        private void abortIfAsked(StopResult result) {
            if (result instanceof Failed failed
                    && batch.over() == null
                    && options.abortWhen().test(failed.error())) {
                batch.abort();
                log.warn(
                        "Bulk stop aborted, the rest is skipped: {}",
                        failed.error().getMessage());
            }
        }

        /** Comes before the stops are cancelled one by one, which makes room at the gate that the next must not use. */
        private void cancelled() {
            batch.abort();
            log.info("Bulk stop cancelled: {}", tally.summary());
        }

        private Disposable startDeadline() {
            Duration deadline = options.deadline();
            return deadline == null
                    ? Disposables.disposed()
                    : scheduler.schedule(batch::expire, deadline.toMillis(), MILLISECONDS);
        }
    }
}
