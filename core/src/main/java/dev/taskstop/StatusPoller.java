package dev.taskstop;

import dev.taskstop.Gate.Priority;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/** Asks how a task is: once, or until it has ended. */
final class StatusPoller {

    private static final double GROWTH = 1.5;
    private static final double MAX_GROWTH = 10;

    /** What a poll gives whose turn comes when a shutdown has begun to stop its task, or nobody waits any more. */
    private static final Mono<TaskStatus> ABOUT_TO_BE_CANCELLED = Mono.never();

    private final ApiCalls api;
    private final Gate gate;
    private final Duration patience;
    private final Duration pollInterval;
    private final Scheduler scheduler;
    private final StatusHolds holds = new StatusHolds();

    StatusPoller(ApiCalls api, Gate gate, Duration patience, Duration pollInterval, Scheduler scheduler) {
        this.api = api;
        this.gate = gate;
        this.patience = patience;
        this.pollInterval = pollInterval;
        this.scheduler = scheduler;
    }

    Mono<TaskStatus> once(String taskId, Priority priority) {
        return ask(taskId, priority, patience, () -> true, Mono.empty());
    }

    /** Asks once, unless there is no more need when the turn has come: then it gives nothing. */
    Mono<TaskStatus> onceUnless(BooleanSupplier needless, String taskId) {
        return ask(taskId, Priority.POLL, patience, () -> !needless.getAsBoolean(), Mono.empty());
    }

    /**
     * Asks again and again, at intervals that grow; each question is tried again as told when it fails. It waits for its
     * turn as long as the wait as a whole goes on, which others bound. A shutdown that stops the task answers instead.
     *
     * @param needless nobody waits for the end any more, and whoever did is about to cancel
     */
    Mono<TaskStatus> untilEnded(String taskId, Priority priority, Retry retry, BooleanSupplier needless) {
        return holds.pollOrHear(
                taskId,
                isToBeSent -> ask(
                                taskId,
                                priority,
                                Gate.NO_HURRY,
                                () -> isToBeSent.getAsBoolean() && !needless.getAsBoolean(),
                                ABOUT_TO_BE_CANCELLED)
                        .retryWhen(retry)
                        .filter(TaskStatus::done)
                        .repeatWhenEmpty(polled -> polled.concatMap(poll -> Mono.delay(interval(poll), scheduler))));
    }

    /** Ends the polls for tasks that are about to be stopped. */
    StatusHolds.Hold hold(Collection<String> taskIds) {
        return holds.hold(taskIds);
    }

    private Mono<TaskStatus> ask(
            String taskId,
            Priority priority,
            Duration patience,
            BooleanSupplier isToBeSent,
            Mono<TaskStatus> otherwise) {
        String problem = TaskIds.problem(taskId);
        if (problem != null) {
            return Mono.error(() -> TaskRequestException.refused(problem));
        }
        return gate.pass(
                priority,
                () -> isToBeSent.getAsBoolean() ? api.status(taskId) : Gate.unsent(otherwise),
                () -> patience);
    }

    /** Varies by a fifth, so that many polls that began together do not stay together. */
    Duration interval(long poll) {
        double growth = Math.min(Math.pow(GROWTH, (double) poll), MAX_GROWTH);
        double jitter = ThreadLocalRandom.current().nextDouble(0.8, 1.2);
        return Duration.ofNanos((long) ((double) pollInterval.toNanos() * growth * jitter));
    }
}
