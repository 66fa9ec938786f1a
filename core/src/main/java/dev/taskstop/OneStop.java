package dev.taskstop;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.TaskResponseException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/** Stops one task: as many attempts as it takes until it is known what became of the task. */
final class OneStop {

    private static final Logger log = LoggerFactory.getLogger(OneStop.class);

    private final ApiCalls api;
    private final Gate gate;
    private final StopRetry retry;
    private final RetryBudget budget;
    private final Scheduler scheduler;
    private final CallObserver observer;
    private final StopListener listener;

    OneStop(
            ApiCalls api,
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
    }

    /** Stops a task; cold. Gives exactly one result and no error. */
    Mono<StopResult> stop(String taskId, BulkStopState batch) {
        String problem = TaskIds.problem(taskId);
        if (problem != null) {
            return observed(
                    null, batch, Mono.fromSupplier(() -> new Failed(taskId, TaskRequestException.refused(problem))));
        }
        return observed(taskId, batch, Mono.defer(() -> new Execution(taskId, batch).stop()));
    }

    private Mono<StopResult> observed(@Nullable String taskId, BulkStopState batch, Mono<StopResult> stop) {
        Mono<StopResult> heard = listener == GuardedListener.NONE
                ? stop
                : stop.doOnNext(result -> listener.onResult(result, batch.reason()));
        return observer.stop(taskId, batch.reason(), heard);
    }

    private long now() {
        return scheduler.now(NANOSECONDS);
    }

    /** One stop, from its subscription to its result. */
    private final class Execution implements ApiCalls.Progress<StopResult> {

        private final String taskId;
        private final BulkStopState batch;
        private final long begin = now();
        private int sent;
        private long firstSentAt;

        /** Whether a request may have stopped the task although no answer says so. */
        private boolean mayHaveWorked;

        /** While this stop has to wait, its place in the batch is another's. */
        private final Disposable.Swap aside = Disposables.swap();

        /** While the turn of a retry has not come, it has cost nothing. */
        private final Disposable.Swap unpaid = Disposables.swap();

        private @Nullable TaskException mostTelling;

        /** How a request of this attempt was refused, until it is known what the attempt comes to. */
        private @Nullable TaskResponseException refusal;

        /** What each attempt ended with, as many as a result tells. */
        private List<TaskException> ends = List.of();

        /** Whether this attempt or question, or the next one, is one that the budget pays for. */
        private boolean onBudget;

        private int refusedThoughActive;

        /** Whether a request has left that is not settled. Written last, so that the cut-off sees the rest. */
        private volatile boolean inFlight;

        Execution(String taskId, BulkStopState batch) {
            this.taskId = taskId;
            this.batch = batch;
        }

        Mono<StopResult> stop() {
            Mono<StopResult> result =
                    gate.pass(batch.first(), this::send, this::remaining).onErrorResume(this::afterFirst);
            Mono<Void> batchDeadline = batch.deadline();
            return batchDeadline == null
                    ? result
                    : result.takeUntilOther(batchDeadline).switchIfEmpty(Mono.fromSupplier(this::cutOff));
        }

        /** What comes after a first attempt that failed; most stops never need it, nor what it takes. */
        private Mono<StopResult> afterFirst(Throwable failure) {
            return failure instanceof TaskException known
                    ? goOn(known).onErrorResume(unforeseen -> Mono.just(broken(unforeseen)))
                    : Mono.just(broken(failure));
        }

        private Mono<StopResult> goOn(TaskException firstFailure) {
            AtomicBoolean first = new AtomicBoolean(true);
            StopRetry.Attempts attempts = retry.attempts();
            return Mono.defer(() -> first.getAndSet(false) ? resolve(firstFailure) : attempt())
                    .retryWhen(afterBackoff(failure -> isWorthAnotherAttempt(failure, attempts)))
                    .onErrorResume(TaskException.class, this::giveUp)
                    .doOnTerminate(this::leave)
                    .doOnCancel(this::leave);
        }

        private void leave() {
            aside.dispose();
            unpaid.dispose();
        }

        private void stepAside() {
            if (aside.get() == null) {
                aside.update(batch.setAside());
            }
        }

        private Mono<StopResult> attempt() {
            return remaining().isZero()
                    ? Mono.error(this::mostTelling)
                    : gate.pass(batch.later(), this::send, this::remaining)
                            .onErrorResume(TaskException.class, this::resolve);
        }

        /** Runs when the turn has come, perhaps long after the attempt began, so it looks at the batch once more. */
        private Mono<StopResult> send() {
            StopResult instead = insteadOfSending();
            if (instead != null) {
                return Gate.unsent(Mono.just(instead));
            }
            if (onBudget) {
                unpaid.update(Disposables.disposed());
                if (!budget.trySpend()) {
                    return Gate.unsent(Mono.error(() -> TaskRequestException.noTurn("The budget of retries is spent")));
                }
            }
            return api.stop(taskId, this, this::ended);
        }

        private StopResult ended(StoppedTask task) {
            budget.answered(onBudget);
            return task.state().kind() == TaskState.Kind.STOPPED
                    ? new Stopped(task, attempts(), false)
                    : new AlreadyEnded(taskId, task.state(), mayHaveWorked);
        }

        @Override
        public @Nullable StopResult insteadOfSending() {
            Skipped.Reason over = batch.over();
            return over == null ? null : mostTelling == null ? new Skipped(taskId, over) : failed();
        }

        @Override
        public void left() {
            if (sent++ == 0) {
                firstSentAt = now();
            }
            inFlight = true;
        }

        /** From here on it is known, whatever is still asked: this request has had no effect. */
        @Override
        public void refused(TaskResponseException why) {
            if (!why.isOutcomeUnknown()) {
                refusal = why;
                inFlight = false;
            }
        }

        /** Turns a failed attempt into a result, or into the error that decides whether there is another attempt. */
        private Mono<StopResult> resolve(TaskException failure) {
            refusal = null;
            mayHaveWorked |= failure.isOutcomeUnknown();
            if (TaskRequestException.isOne(failure, TaskRequestException.Reason.NOT_SENT) && inFlight) {
                sent--;
            }
            remember(failure);
            ends = appended(ends, failure);
            inFlight = false;
            boolean notActive = TaskResponseException.isOne(failure, Reason.NOT_ACTIVE);
            boolean notFound = TaskResponseException.isOne(failure, Reason.NOT_FOUND);
            if (notActive || notFound) {
                budget.answered(onBudget);
            }
            return notActive ? askWhy() : notFound ? Mono.just(new NotFound(taskId)) : Mono.error(failure);
        }

        /** A 400 means too early as well as too late; only the status tells which. */
        private Mono<StopResult> askWhy() {
            return question(status().flatMap(status -> {
                StopResult ended = ifEnded(status);
                if (ended != null) {
                    return Mono.just(ended);
                }
                TaskException notActive = TaskResponseException.notActive(status.state());
                remember(notActive);
                ends = appended(ends.subList(0, ends.size() - 1), notActive);
                return Mono.error(notActive);
            }));
        }

        /** A question that fails tells nothing about the stop, unless it is that the key is refused. */
        private Mono<StopResult> question(Mono<StopResult> question) {
            return question.onErrorResume(TaskException.class, failure -> {
                if (TaskResponseException.isOne(failure, Reason.NOT_FOUND)) {
                    return Mono.just(new NotFound(taskId));
                }
                if (TaskResponseException.isAboutKey(failure)) {
                    remember(failure);
                }
                return Mono.error(failure);
            });
        }

        private Mono<TaskStatus> status() {
            stepAside();
            return gate.pass(
                    batch.later(), () -> batch.over() == null ? api.status(taskId) : notAsked(), this::remaining);
        }

        private static Mono<TaskStatus> notAsked() {
            return Gate.unsent(Mono.error(() -> TaskRequestException.noTurn("The batch was over before")));
        }

        private boolean isWorthAnotherAttempt(Throwable failure, StopRetry.Attempts attempts) {
            onBudget = false;
            if (failure instanceof TaskResponseException answer && answer.state() != null) {
                return isWorthAnotherAttempt(answer.state().kind());
            }
            if (!attempts.isAnotherLeft(failure)) {
                return false;
            }
            onBudget = !StopRetry.isRateLimited(failure)
                    && !TaskRequestException.isOne(failure, TaskRequestException.Reason.NOT_PROCESSED);
            return !onBudget || isAffordable();
        }

        private boolean isAffordable() {
            boolean left = budget.isLeft();
            if (left) {
                unpaid.update(budget.retryWaits());
            }
            return left;
        }

        /** What was refused too early is waited out. A task that began to run meanwhile gets its stop in any case. */
        private boolean isWorthAnotherAttempt(TaskState.Kind refused) {
            return refused == TaskState.Kind.PENDING || ++refusedThoughActive < Math.max(3, retry.maxAttempts());
        }

        /**
         * When there is no further attempt, an outcome that is unknown is asked for, as often as a stop is tried. Each
         * question is one more request to a server that fails, so where the budget is spent the failure says that the
         * outcome is unknown. A server that answered, only not what it should have, or that asks to wait, does not
         * fail.
         */
        private Mono<StopResult> giveUp(TaskException last) {
            if (!mayHaveWorked || batch.over() != null || TaskResponseException.isAboutKey(last)) {
                return Mono.fromSupplier(this::failed);
            }
            boolean serverFails = !(last instanceof TaskDecodingException);
            onBudget = serverFails;
            StopRetry.Attempts attempts = retry.attempts();
            Mono<StopResult> answer = Mono.defer(() -> !onBudget || budget.trySpend() ? status() : Mono.empty())
                    .mapNotNull(this::ifEnded);
            return question(answer.retryWhen(afterBackoff(failure -> {
                        onBudget = serverFails && !StopRetry.isRateLimited(failure);
                        return attempts.isAnotherLeft(failure);
                    })))
                    .onErrorResume(TaskException.class, unanswered -> Mono.just(unanswered(unanswered)))
                    .switchIfEmpty(Mono.fromSupplier(this::failed));
        }

        private @Nullable StopResult ifEnded(TaskStatus status) {
            if (!status.done()) {
                return null;
            }
            boolean perhapsByUs = mayHaveWorked && !endedBeforeThisStop(status);
            return perhapsByUs && status.state().kind() == TaskState.Kind.STOPPED
                    ? new Stopped(StoppedTask.of(status), attempts(), true)
                    : new AlreadyEnded(taskId, status.state(), perhapsByUs);
        }

        /** Tells whether it ended before the first request, beyond doubt and by the server's clocks alone. */
        private boolean endedBeforeThisStop(TaskStatus status) {
            Instant completedAt = status.completedAt();
            Instant asOf = status.asOf();
            return completedAt != null
                    && asOf != null
                    && completedAt.isBefore(asOf.minusNanos(now() - firstSentAt).minus(TaskStatus.CLOCK_TOLERANCE));
        }

        /** The batch's deadline has come, whatever this stop was doing. */
        private StopResult cutOff() {
            boolean open = inFlight;
            if (refusal != null) {
                remember(refusal);
            }
            if (open || mayHaveWorked) {
                return failed(TaskRequestException.cutOff(mostTelling));
            }
            return sent == 0 || mostTelling == null ? new Skipped(taskId, Skipped.Reason.DEADLINE) : failed();
        }

        /** What nobody foresaw, such as a scheduler that takes no more work: even so, the id has its result. */
        private StopResult broken(Throwable failure) {
            log.error("A stop broke off", failure);
            return failed(TaskRequestException.broken(failure, inFlight || mayHaveWorked));
        }

        /** A lost answer is not forgotten because a later request was refused. */
        private Failed failed() {
            TaskException failure = mostTelling();
            return failed(mayHaveWorked && !failure.isOutcomeUnknown() ? failure.copy(true) : failure);
        }

        private Failed failed(TaskException why) {
            return new Failed(taskId, why, sent, ends);
        }

        private Failed unanswered(TaskException unanswered) {
            TaskException failure = mostTelling().copy(mayHaveWorked);
            if (unanswered != mostTelling) {
                failure.addSuppressed(unanswered);
            }
            return failed(failure);
        }

        /** What a request came to that left tells more than one that did not. */
        private void remember(TaskException failure) {
            if (mostTelling == null || !isNeverSent(failure) || isNeverSent(mostTelling)) {
                mostTelling = failure;
            }
        }

        private TaskException mostTelling() {
            return requireNonNull(mostTelling);
        }

        private int attempts() {
            return Math.max(1, sent);
        }

        private Duration remaining() {
            return Duration.ofNanos(Math.max(0, begin + retry.deadline().toNanos() - now()));
        }

        /** Waits before what is worth trying again, but never beyond the deadline, or when the batch is over. */
        private Retry afterBackoff(Predicate<Throwable> isWorthIt) {
            return retry.within(
                    this::remaining,
                    failure -> batch.over() == null && isWorthIt.test(failure),
                    this::stepAside,
                    scheduler);
        }
    }

    private static List<TaskException> appended(List<TaskException> ends, TaskException last) {
        List<TaskException> all = new ArrayList<>(ends);
        all.add(last);
        return List.copyOf(all.subList(Math.max(0, all.size() - Failed.MAX_FAILURES), all.size()));
    }

    private static boolean isNeverSent(TaskException failure) {
        return failure instanceof TaskRequestException unanswered
                && !unanswered.isOutcomeUnknown()
                && unanswered.reason() != TaskRequestException.Reason.NOT_PROCESSED;
    }
}
