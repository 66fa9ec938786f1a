package dev.taskstop;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.TaskResponseException.Reason;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;
import reactor.util.retry.RetryBackoffSpec;

/** Stops one task: as many attempts as it takes until it is known what became of the task. */
final class OneStop {

    private final TaskApi api;
    private final Gate gate;
    private final StopRetry retry;
    private final RetryBudget budget;
    private final Scheduler scheduler;
    private final CallObserver observer;
    private final StopListener listener;
    private final RetryBackoffSpec backoff;

    OneStop(
            TaskApi api,
            Gate gate,
            StopRetry retry,
            Scheduler scheduler,
            CallObserver observer,
            StopListener listener) {
        this.api = api;
        this.gate = gate;
        this.retry = retry;
        this.budget = new RetryBudget(retry.budget());
        this.scheduler = scheduler;
        this.observer = observer;
        this.listener = listener;
        this.backoff = Retry.backoff(Long.MAX_VALUE, retry.minBackoff())
                .maxBackoff(retry.maxBackoff())
                .jitter(retry.jitter())
                .scheduler(scheduler);
    }

    /** Stops a task; cold. Gives exactly one result and no error, but for a defect of this library's. */
    Mono<StopResult> stop(String taskId, Batch batch) {
        String problem = TaskIds.problem(taskId);
        if (problem != null) {
            return observed(null, Mono.just(new Failed(taskId, TaskRequestException.refused(problem))));
        }
        return observed(taskId, Mono.defer(() -> new Course(taskId, batch).run()));
    }

    private Mono<StopResult> observed(@Nullable String taskId, Mono<StopResult> stop) {
        Mono<StopResult> heard = listener == GuardedListener.NONE ? stop : stop.doOnNext(listener::onResult);
        return observer.stop(taskId, heard);
    }

    /** The course of one stop, from its subscription to its result. */
    private final class Course {

        private final String taskId;
        private final Batch batch;
        private final long deadline;
        private int sent;
        private long firstSentAt;
        private int failures;
        private boolean outcomeUnknown;
        private @Nullable TaskException lastFailure;
        private volatile boolean inFlight;

        Course(String taskId, Batch batch) {
            this.taskId = taskId;
            this.batch = batch;
            this.deadline = now() + retry.deadline().toMillis();
        }

        Mono<StopResult> run() {
            Mono<StopResult> result = gate.pass(Gate.Priority.STOP, this::send, this::remaining)
                    .onErrorResume(TaskException.class, this::goOn);
            Mono<Void> batchDeadline = batch.deadline();
            return batchDeadline == null
                    ? result
                    : result.takeUntilOther(batchDeadline).switchIfEmpty(Mono.fromSupplier(this::cutOff));
        }

        /** What comes after a first attempt that failed; most stops never need it, nor what it takes. */
        private Mono<StopResult> goOn(TaskException firstFailure) {
            AtomicBoolean first = new AtomicBoolean(true);
            return Mono.defer(() -> first.getAndSet(false) ? resolve(firstFailure) : attempt())
                    .retryWhen(backoff.filter(this::isWorthAnotherAttempt))
                    .onErrorResume(TaskException.class, this::giveUp);
        }

        private Mono<StopResult> attempt() {
            return gate.pass(Gate.Priority.RETRY, this::send, this::remaining)
                    .onErrorResume(TaskException.class, this::resolve);
        }

        /** Runs when the turn has come, perhaps long after the attempt began, so it looks at the batch once more. */
        private Mono<StopResult> send() {
            inFlight = true;
            Skipped.Reason over = batch.over();
            if (over != null) {
                inFlight = false;
                return Mono.just(lastFailure == null ? new Skipped(taskId, over) : failed(lastFailure));
            }
            int attempt = ++sent;
            if (attempt == 1) {
                firstSentAt = now();
            }
            return api.stop(taskId).map(task -> {
                budget.answered(failures > 0);
                boolean endedOtherwise = task.state().isEnded() && task.state().kind() != TaskState.Kind.STOPPED;
                return endedOtherwise ? new AlreadyEnded(taskId, task.state()) : new Stopped(task, attempt, false);
            });
        }

        /** Turns a failed attempt into a result, or into the error that decides whether there is another attempt. */
        private Mono<StopResult> resolve(TaskException failure) {
            lastFailure = failure;
            outcomeUnknown |= failure.isOutcomeUnknown();
            inFlight = false;
            if (!(failure instanceof TaskResponseException answer)) {
                return Mono.error(failure);
            }
            return switch (answer.reason()) {
                case NOT_ACTIVE -> askWhy();
                case NOT_FOUND -> answered(new NotFound(taskId));
                case UNAUTHORIZED, PAYMENT_REQUIRED, FORBIDDEN, UNEXPECTED -> refused(answer);
                case RATE_LIMITED, SERVER_ERROR -> Mono.error(answer);
            };
        }

        /** A key that is refused would be so for the question too. */
        private Mono<StopResult> refused(TaskResponseException answer) {
            return answer.isAboutKey() ? Mono.just(failed(answer)) : giveUp(answer);
        }

        /** A 400 means too early as well as too late; only the status tells which. */
        private Mono<StopResult> askWhy() {
            return status().flatMap(status -> {
                StopResult ended = ifEnded(status);
                if (ended != null) {
                    return answered(ended);
                }
                lastFailure = TaskResponseException.notActive(status.state());
                return Mono.error(lastFailure);
            });
        }

        private boolean isWorthAnotherAttempt(Throwable failure) {
            if (!(failure instanceof TaskException)
                    || batch.over() != null
                    || remaining().isZero()) {
                return false;
            }
            if (failure instanceof TaskRequestException unanswered && !unanswered.isTransient()) {
                return false;
            }
            return isWaiting(failure) || (++failures < retry.maxAttempts() && budget.trySpend());
        }

        /** The server answered, and all there is to do is to wait. */
        private static boolean isWaiting(Throwable failure) {
            return failure instanceof TaskResponseException answer
                    && (answer.reason() == Reason.RATE_LIMITED
                            || (answer.state() != null && answer.state().kind() == TaskState.Kind.PENDING));
        }

        /**
         * When there is no further attempt, an outcome that is unknown is asked for once more. The question is one more
         * request to a server that fails, so where the budget is spent the failure says that the outcome is unknown.
         */
        private Mono<StopResult> giveUp(TaskException failure) {
            StopResult failed = failed(failure);
            if (!outcomeUnknown || batch.over() != null || !budget.trySpend()) {
                return Mono.just(failed);
            }
            return status().map(status -> {
                        StopResult ended = ifEnded(status);
                        return ended == null ? failed : ended;
                    })
                    .onErrorResume(TaskException.class, unanswered -> {
                        if (isNotFound(unanswered)) {
                            return Mono.just(new NotFound(taskId));
                        }
                        failure.addSuppressed(unanswered);
                        return Mono.just(failed);
                    });
        }

        private static boolean isNotFound(TaskException failure) {
            return failure instanceof TaskResponseException answer && answer.reason() == Reason.NOT_FOUND;
        }

        private Mono<TaskStatus> status() {
            return gate.pass(Gate.Priority.RETRY, () -> api.status(taskId), this::remaining);
        }

        private @Nullable StopResult ifEnded(TaskStatus status) {
            if (!status.done()) {
                return null;
            }
            return status.state().kind() == TaskState.Kind.STOPPED && outcomeUnknown && !isOlderThanThisStop(status)
                    ? new Stopped(StoppedTask.of(status), sent, true)
                    : new AlreadyEnded(taskId, status.state());
        }

        /** By the server's clock alone, so that this machine's does not matter: its end came before the first request. */
        private boolean isOlderThanThisStop(TaskStatus status) {
            return status.completedAt() != null
                    && status.asOf() != null
                    && status.completedAt().isBefore(status.asOf().minusMillis(now() - firstSentAt));
        }

        private Mono<StopResult> answered(StopResult result) {
            budget.answered(failures > 0);
            return Mono.just(result);
        }

        /** The batch's deadline has come, whatever this stop was doing. */
        private StopResult cutOff() {
            if (inFlight || outcomeUnknown) {
                return new Failed(taskId, TaskRequestException.cutOff(lastFailure));
            }
            return lastFailure == null ? new Skipped(taskId, Skipped.Reason.DEADLINE) : failed(lastFailure);
        }

        /** An attempt that was lost is not forgotten because a later one was refused or never sent. */
        private StopResult failed(TaskException failure) {
            return new Failed(taskId, outcomeUnknown && !failure.isOutcomeUnknown() ? failure.asUnknown() : failure);
        }

        private Duration remaining() {
            return Duration.ofMillis(Math.max(0, deadline - now()));
        }

        private long now() {
            return scheduler.now(MILLISECONDS);
        }
    }
}
