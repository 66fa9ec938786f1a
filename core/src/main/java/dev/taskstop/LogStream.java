package dev.taskstop;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.taskstop.Gate.Priority;
import dev.taskstop.TaskLogEvent.Log;
import dev.taskstop.TaskLogEvent.StatusChanged;
import dev.taskstop.TaskResponseException.Reason;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;
import reactor.util.retry.Retry.RetrySignal;
import reactor.util.retry.RetryBackoffSpec;

/** The log of one task as one stream: opened at the gate, resumed when it breaks off, ended by its last event. */
final class LogStream {

    private final ApiCalls api;
    private final Gate gate;
    private final StopRetry retry;
    private final Scheduler scheduler;
    private final RetryBackoffSpec backoff;
    private final Sinks.Empty<Void> closed = Sinks.empty();

    LogStream(ApiCalls api, Gate gate, StopRetry retry, Scheduler scheduler) {
        this.api = api;
        this.gate = gate;
        this.retry = retry;
        this.scheduler = scheduler;
        this.backoff = Retry.backoff(Long.MAX_VALUE, retry.minBackoff())
                .maxBackoff(retry.maxBackoff())
                .jitter(retry.jitter())
                .scheduler(scheduler)
                .transientErrors(true);
    }

    Flux<TaskLogEvent> logs(String taskId, long fromIndex) {
        String problem = TaskIds.problem(taskId);
        if (problem != null) {
            return Flux.error(() -> TaskRequestException.refused(problem));
        }
        return Flux.defer(() -> new Execution(taskId, fromIndex).run())
                .takeUntilOther(Guard.mono(closed::asMono))
                // A course gives its last event or fails, so what ends it otherwise is the closing.
                .concatWith(Mono.error(() -> TaskRequestException.refused("The client is closed")))
                .takeUntil(TaskLogEvent.Complete.class::isInstance);
    }

    /** Ends the streams that are open, and those to come, with an error. */
    void close() {
        closed.tryEmitEmpty();
    }

    private long now() {
        return scheduler.now(NANOSECONDS);
    }

    /** The course of one subscription. Its steps follow each other, so its fields need no protection. */
    private final class Execution {

        private static final long NOT_OPEN = Long.MIN_VALUE;

        private final String taskId;
        private long nextIndex;
        private @Nullable StatusChanged lastStatus;
        private long openSince = NOT_OPEN;
        private long failingSince = NOT_OPEN;
        private int failures;
        private boolean inTrouble;

        Execution(String taskId, long fromIndex) {
            this.taskId = taskId;
            this.nextIndex = fromIndex;
        }

        Flux<TaskLogEvent> run() {
            Retry resumption = Retry.from(
                    signals -> backoff.filter(this::isWorthResuming).generateCompanion(signals.map(this::count)));
            return Flux.defer(this::open)
                    .filter(this::isNews)
                    .onErrorResume(TaskException.class, this::perhapsEnded)
                    .retryWhen(resumption);
        }

        /** A stream that told of trouble before it broke off may be that of a task that has failed. */
        private Flux<TaskLogEvent> perhapsEnded(TaskException failure) {
            if (!inTrouble) {
                return Flux.error(failure);
            }
            inTrouble = false;
            return gate.pass(Gate.Priority.POLL, () -> api.status(taskId), retry::deadline)
                    .filter(TaskStatus::done)
                    .<TaskLogEvent>map(status -> new TaskLogEvent.Complete(status.state(), null))
                    .onErrorComplete(TaskException.class)
                    .flux()
                    .switchIfEmpty(Flux.error(failure));
        }

        /**
         * Has a permit of the gate's from its turn until the answer begins, and none while the stream is open: that may
         * be for hours, and others want to pass.
         */
        private Flux<TaskLogEvent> open() {
            openSince = NOT_OPEN;
            return gate.acquire(Priority.LIST, retry::deadline).flatMapMany(permit -> {
                Runnable begun = () -> {
                    openSince = now();
                    permit.answered();
                };
                return api.logs(taskId, nextIndex, begun)
                        .doOnError(permit::failed)
                        .doOnComplete(permit::answered)
                        .doOnCancel(permit::release);
            });
        }

        /** A resumed stream, or a server that disregards {@code fromIndex}, may repeat what was there before. */
        private boolean isNews(TaskLogEvent event) {
            if (event instanceof Log entry) {
                if (entry.index() < nextIndex) {
                    return false;
                }
                nextIndex = entry.index() + 1;
                endRowOfFailures();
            } else if (event instanceof StatusChanged status) {
                if (status.equals(lastStatus)) {
                    return false;
                }
                lastStatus = status;
                endRowOfFailures();
            } else if (event instanceof TaskLogEvent.ServerError) {
                inTrouble = true;
            }
            return true;
        }

        /**
         * A stream that was open for longer than any backoff ends the row too: balancers cut a stream of which nothing
         * is wrong but that its task is quiet.
         */
        private RetrySignal count(RetrySignal signal) {
            if (openSince != NOT_OPEN && now() - openSince > retry.maxBackoff().toNanos()) {
                endRowOfFailures();
            }
            if (failingSince == NOT_OPEN) {
                failingSince = now();
            }
            if (!StopRetry.isRateLimited(signal.failure())) {
                failures++;
            }
            return new FailureInARow(Math.max(0, failures - 1), signal.failure());
        }

        private void endRowOfFailures() {
            failures = 0;
            failingSince = NOT_OPEN;
        }

        private boolean isWorthResuming(Throwable failure) {
            if (StopRetry.isRateLimited(failure)) {
                return now() - failingSince < retry.deadline().toNanos();
            }
            boolean mayPass = failure instanceof TaskRequestException lost
                    ? lost.isTransient()
                    : failure instanceof TaskResponseException answer && answer.reason() == Reason.SERVER_ERROR;
            return mayPass && failures < retry.maxAttempts();
        }
    }

    /** Reactor's own count begins anew with any event, though one may tell nothing new. */
    private record FailureInARow(long totalRetriesInARow, Throwable failure) implements RetrySignal {

        @Override
        public long totalRetries() {
            return totalRetriesInARow;
        }
    }
}
