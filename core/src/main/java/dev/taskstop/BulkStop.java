package dev.taskstop;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.taskstop.Gate.Priority;
import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.TaskResponseException.Reason;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/** Stops many tasks: a composition of Reactor's operators over {@link OneStop}. */
final class BulkStop {

    private static final Logger log = LoggerFactory.getLogger(BulkStop.class);

    /** Each inner publisher gives one result, so nothing is gained by asking it for more. */
    private static final int ONE_RESULT = 1;

    private final OneStop oneStop;
    private final StatusPoller status;
    private final ListPages list;
    private final BulkStopRevival revival;
    private final int defaultConcurrency;
    private final StopRetry tries;
    private final Retry retry;
    private final Scheduler scheduler;
    private final StopListener listener;

    BulkStop(
            OneStop oneStop,
            StatusPoller status,
            ListPages list,
            BulkStopRevival revival,
            int defaultConcurrency,
            StopRetry retry,
            Scheduler scheduler,
            StopListener listener) {
        this.oneStop = oneStop;
        this.status = status;
        this.list = list;
        this.revival = revival;
        this.defaultConcurrency = defaultConcurrency;
        this.tries = retry;
        this.retry = retry.asOftenAsAStop(scheduler);
        this.scheduler = scheduler;
        this.listener = listener;
    }

    Flux<StopResult> stopAll(Publisher<String> taskIds, StopAllOptions options) {
        return Flux.defer(() -> {
            Execution run = new Execution(options);
            return run.withinDeadline(run.stops(new GuardedFlux<>(() -> taskIds)));
        });
    }

    Flux<StopResult> stopActive(TaskQuery query, StopAllOptions options) {
        return Flux.defer(() -> {
            Execution run = new Execution(options);
            ListScan rounds = new ListScan(list, query, run::isOver, run.end());
            return run.withinDeadline(Flux.defer(() -> run.stops(run.maximum.within(rounds.next())))
                    .repeat(() -> rounds.isWorthAnother() && !run.isOver() && !run.maximum.isExceeded()));
        });
    }

    /** One subscription to a bulk stop. */
    private final class Execution {

        private final StopAllOptions options;
        private final BulkStopDemand demand;
        private final BulkStopState batch;
        private final @Nullable Set<String> seen;
        private final StopSummary.Tally tally;
        private final BulkStopLimit maximum;
        private final Guard abortWhen = new Guard(log, "The condition given to StopAllOptions.withAbortWhen");
        private final AtomicBoolean ended = new AtomicBoolean();

        Execution(StopAllOptions options) {
            this.options = options;
            this.demand = new BulkStopDemand(
                    options.concurrency() == null ? defaultConcurrency : options.concurrency(), defaultConcurrency);
            this.batch = new BulkStopState(options.deadline() != null, options.reason(), demand);
            this.tally = new StopSummary.Tally(options.reason());
            this.maximum = new BulkStopLimit(options.max());
            this.seen = options.distinct() ? new HashSet<>() : null;
        }

        boolean isOver() {
            return batch.over() != null;
        }

        Mono<Void> end() {
            return batch.end();
        }

        Flux<StopResult> withinDeadline(Flux<StopResult> results) {
            Flux<StopResult> counted = watched(results)
                    .doOnNext(tally::add)
                    .doOnTerminate(() -> over("ended"))
                    .doOnCancel(this::cancelled);
            return Flux.using(this::startDeadline, timer -> counted, Disposable::dispose);
        }

        private Flux<StopResult> watched(Flux<StopResult> results) {
            Duration watch = options.watch();
            return watch == null
                    ? results
                    : new BulkStopWatch(revival, watch, tries.deadline(), retry, scheduler, batch, this::abortIfAsked)
                            .watch(results, options.ordered());
        }

        Flux<StopResult> stops(Flux<String> taskIds) {
            Flux<String> asRoomComes = demand.of(taskIds);
            return options.ordered()
                    ? asRoomComes.flatMapSequentialDelayError(this::stop, demand.room(), ONE_RESULT)
                    : asRoomComes.flatMapDelayError(this::stop, demand.room(), ONE_RESULT);
        }

        private Mono<StopResult> stop(String taskId) {
            if (seen != null && !seen.add(taskId)) {
                return skipped(taskId, Skipped.Reason.DUPLICATE);
            }
            Skipped.Reason over = batch.over();
            if (over != null) {
                return skipped(taskId, over);
            }
            if (maximum.isExceededBy(taskId)) {
                return skipped(taskId, Skipped.Reason.LIMIT);
            }
            return (options.dryRun() ? look(taskId) : reallyStop(taskId)).doOnNext(this::abortIfAsked);
        }

        /** Hidden, because flatMap asks for what comes after a value that it sees at once only by the batch. */
        private static Mono<StopResult> skipped(String taskId, Skipped.Reason reason) {
            return Mono.<StopResult>just(new Skipped(taskId, reason)).hide();
        }

        private Mono<StopResult> reallyStop(String taskId) {
            Mono<StopResult> result = oneStop.stop(taskId, batch);
            return options.confirm() ? result.flatMap(this::confirmed) : result;
        }

        /** As those to stop a task, the attempts to look at one end with the time for a stop. */
        private Retry whileThereIsTime() {
            long end = scheduler.now(NANOSECONDS) + tries.deadline().toNanos();
            return tries.within(
                    () -> Duration.ofNanos(Math.max(0, end - scheduler.now(NANOSECONDS))),
                    tries.attempts()::isAnotherLeft,
                    () -> {},
                    scheduler);
        }

        /** Says what a stop would do. */
        private Mono<StopResult> look(String taskId) {
            Mono<StopResult> found = status.onceUnless(this::isOver, taskId)
                    .retryWhen(whileThereIsTime())
                    .<StopResult>map(status -> status.done()
                            ? new AlreadyEnded(taskId, status.state())
                            : new Skipped(taskId, Skipped.Reason.DRY_RUN))
                    // What was lost was a question: no stop can have had an effect.
                    .onErrorResume(failure -> Mono.just(
                            TaskResponseException.isOne(failure, Reason.NOT_FOUND)
                                    ? new NotFound(taskId)
                                    : new Failed(
                                            taskId,
                                            TaskRequestException.foreseen(failure)
                                                    .copy(false))));
            Mono<Void> deadline = batch.deadline();
            return (deadline == null ? found : found.takeUntilOther(deadline))
                    .switchIfEmpty(Mono.fromSupplier(() -> new Skipped(taskId, requireNonNull(batch.over()))));
        }

        /**
         * Waits until the status says that the task has ended. How it ended is no matter: a worker whose task is stopped
         * under it may well write a last state of its own, and what an answer to a stop said stays said.
         */
        private Mono<StopResult> confirmed(StopResult result) {
            if (!(result instanceof Stopped stopped) || stopped.recovered()) {
                return Mono.just(result);
            }
            String taskId = stopped.taskId();
            Mono<StopResult> confirmed = status.untilEnded(taskId, Priority.RETRY, retry, this::isOver)
                    .<StopResult>map(found -> stopped)
                    .takeUntilOther(Mono.delay(tries.deadline(), scheduler).onErrorComplete())
                    .onErrorResume(failure -> Mono.just(
                            TaskResponseException.isOne(failure, Reason.NOT_FOUND)
                                    ? stopped
                                    : failed(stopped, TaskRequestException.unconfirmed(failure))))
                    .takeUntilOther(batch.end())
                    .switchIfEmpty(Mono.fromSupplier(() -> unconfirmed(stopped)));
            return Mono.using(batch::setAside, aside -> confirmed, Disposable::dispose);
        }

        private Failed unconfirmed(Stopped stopped) {
            return failed(
                    stopped,
                    batch.over() == Skipped.Reason.ABORTED
                            ? TaskRequestException.abortedUnconfirmed()
                            : TaskRequestException.cutOff(null));
        }

        private void abortIfAsked(StopResult result) {
            if (result instanceof Failed failed) {
                abortIfAsked(reasonToAbort(failed.error()));
            }
        }

        /** A stop that is not confirmed because the key is refused ends the batch as one that is refused itself. */
        private static TaskException reasonToAbort(TaskException failure) {
            return failure.getCause() instanceof TaskResponseException cause && cause.isAboutKey() ? cause : failure;
        }

        private void abortIfAsked(TaskException failure) {
            if (!isOver() && abortWhen.call(() -> options.abortWhen().test(failure), false)) {
                batch.abort();
                log.warn("Bulk stop aborted, the rest is skipped: {}", failure.getMessage());
            }
        }

        /** Comes before the stops are cancelled one by one, which makes room at the gate that the next must not use. */
        private void cancelled() {
            batch.cancel();
            over("cancelled");
        }

        private void over(String how) {
            if (!ended.compareAndSet(false, true)) {
                return;
            }
            StopSummary summary = tally.summary();
            log.atLevel(summary.total() == 0 ? Level.DEBUG : Level.INFO).log("Bulk stop {}: {}", how, summary);
            listener.onBulkStopEnd(summary);
        }

        private Disposable startDeadline() {
            Duration deadline = options.deadline();
            return deadline == null
                    ? Disposables.disposed()
                    : scheduler.schedule(batch::expire, deadline.toMillis(), MILLISECONDS);
        }
    }

    private static Failed failed(Stopped stopped, TaskException why) {
        return new Failed(stopped.taskId(), why, stopped.attempts(), List.of());
    }
}
