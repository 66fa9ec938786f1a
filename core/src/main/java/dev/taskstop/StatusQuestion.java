package dev.taskstop;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/** Asks how a task is: once, or until it has ended. */
final class StatusQuestion {

    /** A poll waits for its turn as long as the wait as a whole goes on, which others bound. */
    private static final Duration NO_HURRY = Duration.ofDays(365);

    private static final double GROWTH = 1.5;
    private static final double MAX_GROWTH = 10;

    private final TaskApi api;
    private final Gate gate;
    private final Duration patience;
    private final Duration pollInterval;
    private final Scheduler scheduler;

    StatusQuestion(TaskApi api, Gate gate, Duration patience, Duration pollInterval, Scheduler scheduler) {
        this.api = api;
        this.gate = gate;
        this.patience = patience;
        this.pollInterval = pollInterval;
        this.scheduler = scheduler;
    }

    Mono<TaskStatus> once(String taskId) {
        return once(taskId, patience, () -> false);
    }

    /** Asks once, unless there is no more need when the turn has come: then it gives nothing. */
    Mono<TaskStatus> onceUnless(BooleanSupplier needless, String taskId) {
        return once(taskId, patience, needless);
    }

    /** Asks again and again, at intervals that grow; each question is tried again as told when it fails. */
    Mono<TaskStatus> untilEnded(String taskId, Retry retry) {
        return once(taskId, NO_HURRY, () -> false)
                .retryWhen(retry)
                .filter(TaskStatus::done)
                .repeatWhenEmpty(polls -> polls.concatMap(poll -> Mono.delay(interval(poll), scheduler)));
    }

    private Mono<TaskStatus> once(String taskId, Duration patience, BooleanSupplier needless) {
        String problem = TaskIds.problem(taskId);
        if (problem != null) {
            return Mono.error(() -> TaskRequestException.refused(problem));
        }
        return gate.pass(
                Gate.Priority.POLL, () -> needless.getAsBoolean() ? Mono.empty() : api.status(taskId), () -> patience);
    }

    /** Varies by a fifth, so that many polls that began together do not stay together. */
    private Duration interval(long poll) {
        double growth = Math.min(Math.pow(GROWTH, (double) poll), MAX_GROWTH);
        double jitter = ThreadLocalRandom.current().nextDouble(0.8, 1.2);
        return Duration.ofNanos((long) ((double) pollInterval.toNanos() * growth * jitter));
    }
}
