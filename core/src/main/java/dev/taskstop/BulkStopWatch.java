package dev.taskstop;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Stopped;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * Looks at stopped tasks for a while longer, and reports those that run again. It comes behind the stops: a task that is
 * watched takes no place among those that are being stopped.
 */
final class BulkStopWatch {

    /**
     * How many tasks are watched at once; as long as there are so many, no further result is taken from the stops. With a
     * watch of half a minute that leaves more than 300 stops a second.
     */
    static final int MOST_WATCHED = 10_000;

    private static final int ONE_RESULT = 1;

    private final BulkStopRevival revival;
    private final Duration watch;
    private final Duration patience;
    private final Retry retry;
    private final Scheduler scheduler;
    private final BulkStopState batch;
    private final Consumer<TaskException> onFailure;

    /**
     * @param watch for how long a task is looked at
     * @param patience for how long the last look may take beyond that
     * @param batch when it is over nothing more is looked at, and what is watched keeps its result
     * @param onFailure told of a key that was refused in a look, and of each task that runs again
     */
    BulkStopWatch(
            BulkStopRevival revival,
            Duration watch,
            Duration patience,
            Retry retry,
            Scheduler scheduler,
            BulkStopState batch,
            Consumer<TaskException> onFailure) {
        this.revival = revival;
        this.watch = watch;
        this.patience = patience;
        this.retry = retry;
        this.scheduler = scheduler;
        this.batch = batch;
        this.onFailure = onFailure;
    }

    Flux<StopResult> watch(Flux<StopResult> results, boolean ordered) {
        return ordered
                ? results.flatMapSequentialDelayError(this::watch, MOST_WATCHED, ONE_RESULT)
                : results.flatMapDelayError(this::watch, MOST_WATCHED, ONE_RESULT);
    }

    /**
     * Only a stop that worked can be undone by somebody else. What is not watched is hidden, because flatMap asks for what
     * comes after a value that it sees at once only by the batch.
     */
    private Mono<StopResult> watch(StopResult result) {
        return result instanceof Stopped stopped
                ? new Execution(stopped).result()
                : Mono.just(result).hide();
    }

    private long now() {
        return scheduler.now(NANOSECONDS);
    }

    /** The watch of one task. */
    private final class Execution {

        private final Stopped stopped;
        private final Mono<TaskState> question;
        private final long endAt = now() + watch.toNanos();
        private long looks;
        private boolean last;

        Execution(Stopped stopped) {
            this.stopped = stopped;
            this.question = revival.question(stopped.taskId(), batch);
        }

        /** What nobody foresaw, such as a scheduler that takes no more work, shows nothing: the id has its result. */
        Mono<StopResult> result() {
            return Mono.defer(this::nextLook)
                    .repeatWhenEmpty(seen -> seen.takeWhile(look -> !last))
                    .takeUntilOther(Mono.delay(watch.plus(patience), scheduler).onErrorComplete())
                    .<StopResult>map(state -> new Failed(
                            stopped.taskId(), TaskResponseException.runsAgain(state), stopped.attempts(), List.of()))
                    .onErrorResume(failure -> Mono.empty())
                    .takeUntilOther(batch.end())
                    .defaultIfEmpty(stopped)
                    // Behind what ends the watch: a task that runs again may end the batch, but not its own watch.
                    .doOnNext(this::tell);
        }

        /** The last look is the one that counts, so it is tried again when it fails. */
        private Mono<TaskState> nextLook() {
            Duration left = Duration.ofNanos(Math.max(0, endAt - now()));
            Duration interval = revival.interval(looks++);
            last = interval.compareTo(left) >= 0;
            return Mono.delay(last ? left : interval, scheduler)
                    .then(last ? question.retryWhen(retry) : question)
                    .onErrorResume(TaskException.class, failure -> {
                        if (TaskResponseException.isAboutKey(failure)) {
                            onFailure.accept(failure);
                        }
                        return Mono.empty();
                    });
        }

        private void tell(StopResult result) {
            if (result instanceof Failed failed) {
                onFailure.accept(failed.error());
            }
        }
    }
}
