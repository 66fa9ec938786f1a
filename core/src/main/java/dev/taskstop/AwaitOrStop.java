package dev.taskstop;

import static java.util.Objects.requireNonNull;

import dev.taskstop.Gate.Priority;
import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.TaskOutcome.Finished;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/** Waits for tasks to end, and stops those that take too long. */
final class AwaitOrStop {

    private static final Logger log = LoggerFactory.getLogger(AwaitOrStop.class);

    private static final int ONE_OUTCOME = 1;

    private final StatusPoller status;
    private final LogStream logStream;
    private final OneStop oneStop;
    private final Scheduler scheduler;
    private final Retry someRetries;
    private final Retry allRetries;

    AwaitOrStop(StatusPoller status, LogStream logStream, OneStop oneStop, StopRetry retry, Scheduler scheduler) {
        this.status = status;
        this.logStream = logStream;
        this.oneStop = oneStop;
        this.scheduler = scheduler;
        this.someRetries = retry.asOftenAsAStop(scheduler);
        this.allRetries = retry.forEver(scheduler);
    }

    /** Polls until the task has ended; fails when too many polls in a row do. */
    Mono<TaskStatus> ended(String taskId) {
        return untilEnded(taskId, someRetries);
    }

    /**
     * Polls until the task has ended or the time is up, then stops it. The time-out ends the polling, a poll that hangs
     * among it, and nothing else: a stop that was sent is left to come to its end.
     */
    Mono<TaskOutcome> endedOrStopped(String taskId, Duration timeout, AwaitOptions options) {
        return withDemand(() -> (options.logStream() ? endOfLog(taskId) : untilEnded(taskId, allRetries))
                .<TaskOutcome>map(Finished::new)
                // An error that comes as the time is up is then a value that is late, and not one that is dropped.
                .materialize()
                // Not timeout of a duration: where nothing takes work, its time would be up at once, and the task
                // stopped.
                .timeout(
                        Mono.delay(timeout, scheduler),
                        Mono.defer(() -> stop(taskId)).materialize())
                .dematerialize());
    }

    Flux<TaskOutcome> endedOrStoppedAll(Publisher<String> taskIds, Duration timeout, AwaitOptions options) {
        return new GuardedFlux<>(() -> taskIds)
                .flatMapDelayError(
                        taskId -> endedOrStopped(taskId, timeout, options)
                                .onErrorResume(failure -> Mono.just(
                                        new TaskOutcome.Failed(taskId, TaskRequestException.foreseen(failure)))),
                        options.concurrency(),
                        ONE_OUTCOME);
    }

    /**
     * Stops the task when the work has not ended in time, and cancels the work when the stop has come to something. Work
     * that ends while the stop is under way wins; when the stop finds that the task had ended, the work goes on, because
     * its end is then about to come.
     */
    <T> Function<Mono<T>, Mono<T>> stopOnTimeout(String taskId, Duration timeout) {
        return work -> withDemand(() -> {
            AtomicReference<@Nullable TimeoutException> late = new AtomicReference<>();
            Mono<Void> tooLate = Mono.delay(timeout, scheduler)
                    .then(oneStop.stop(taskId, BulkStopState.NONE))
                    .flatMap(result -> {
                        if (result instanceof AlreadyEnded) {
                            return Mono.never();
                        }
                        late.set(tookTooLong(timeout, result));
                        return Mono.empty();
                    });
            // An operator that ends the work with an error would leave it running.
            return Guard.mono(() -> work)
                    .materialize()
                    .takeUntilOther(tooLate.onErrorStop())
                    .switchIfEmpty(Mono.error(() -> requireNonNull(late.get())))
                    .dematerialize();
        });
    }

    /** Stops the task when the subscriber goes away before the work has ended; the stop then runs on its own. */
    <T> Function<Mono<T>, Mono<T>> stopOnCancel(String taskId) {
        return work -> Mono.usingWhen(
                Mono.just(taskId),
                id -> Guard.mono(() -> work),
                id -> Mono.empty(),
                (id, failure) -> Mono.empty(),
                id -> oneStop.stop(id, BulkStopState.NONE).onErrorStop().doOnNext(AwaitOrStop::warnIfItMayRun));
    }

    /** Nobody waits for the result. */
    private static void warnIfItMayRun(StopResult result) {
        if (result instanceof StopResult.Failed failed) {
            log.warn(
                    "Task {} may have survived the cancellation of its work: {}",
                    failed.taskId(),
                    failed.error().getMessage());
        }
    }

    private static TimeoutException tookTooLong(Duration timeout, StopResult result) {
        String tooLong = "The task did not end within " + timeout;
        if (result instanceof StopResult.Stopped) {
            return new TimeoutException(tooLong + ", and was stopped");
        }
        boolean unknown =
                result instanceof StopResult.Failed failed && failed.error().isOutcomeUnknown();
        TimeoutException failure = new TimeoutException(
                tooLong + (unknown ? ", and whether it was stopped is not known" : ", and could not be stopped"));
        failure.initCause(StopResults.error(result));
        return failure;
    }

    /** What has ended in time has done so although nobody has asked for it yet: it must not seem to be late. */
    private static <T> Mono<T> withDemand(Supplier<Mono<T>> race) {
        return Guard.monoUnlessCancelled(race);
    }

    private Mono<TaskStatus> untilEnded(String taskId, Retry retry) {
        return status.untilEnded(taskId, Priority.POLL, retry, () -> false);
    }

    /** Where the log stream cannot be had any more, the status is asked for instead. */
    private Mono<TaskStatus> endOfLog(String taskId) {
        return logStream.logs(taskId, 0).onErrorComplete(StopRetry::isTransient).then(untilEnded(taskId, allRetries));
    }

    private Mono<TaskOutcome> stop(String taskId) {
        return oneStop.stop(taskId, BulkStopState.NONE).flatMap(result -> {
            if (result instanceof StopResult.Stopped stopped) {
                return Mono.just(new TaskOutcome.Stopped(stopped.task()));
            }
            if (result instanceof AlreadyEnded ended) {
                return finished(ended);
            }
            return Mono.error(StopResults.error(result));
        });
    }

    /** How exactly it ended is worth a question, but no failure; and a status may be behind, or a task have come back. */
    private Mono<TaskOutcome> finished(AlreadyEnded ended) {
        TaskStatus known = TaskStatus.ended(ended.taskId(), ended.state());
        return status.once(ended.taskId(), Priority.RETRY)
                .retryWhen(someRetries)
                .onErrorReturn(TaskException.class, known)
                .filter(TaskStatus::done)
                .defaultIfEmpty(known)
                .map(status -> new Finished(status, ended.perhapsByUs()));
    }
}
