package dev.taskstop;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Scheduler;

/** Stops what matches again and again: a composition of Reactor's operators over {@link BulkStop}. */
final class Sweeps {

    private static final Logger log = LoggerFactory.getLogger(Sweeps.class);

    private final BulkStop bulkStop;
    private final ListPages list;
    private final Scheduler scheduler;
    private final Sinks.Empty<Void> end = Sinks.empty();
    private volatile boolean closed;

    Sweeps(BulkStop bulkStop, ListPages list, Scheduler scheduler) {
        this.bulkStop = bulkStop;
        this.list = list;
        this.scheduler = scheduler;
    }

    Flux<Sweep> sweep(TaskQuery query, Duration every, StopAllOptions options) {
        return Flux.defer(() -> {
            list.requireTold(query);
            Execution run = new Execution(query, every, options);
            return Flux.<Mono<Sweep>>generate(sink -> sink.next(run.next()))
                    .concatMap(round -> round.concatWith(onDemand()), 0);
        });
    }

    /** Ends the waits for the next round; one that is under way ends as its stops do, and is still told of. */
    void close() {
        closed = true;
        end.tryEmitEmpty();
    }

    private Mono<Void> end() {
        return Guard.mono(end::asMono);
    }

    /** Completes when another round is asked for: none begins for a subscriber that is not ready for what it gives. */
    private Flux<Sweep> onDemand() {
        return Flux.<Sweep>generate(SynchronousSink::complete).takeUntilOther(end());
    }

    /** One subscription to a sweep. */
    private final class Execution {

        private final TaskQuery query;
        private final long every;
        private final StopAllOptions options;
        private long number;
        private long begin;
        private boolean failed;

        Execution(TaskQuery query, Duration every, StopAllOptions options) {
            this.query = query;
            this.every = every.toNanos();
            this.options = options;
        }

        /** Begins an interval after the round before began, or at once when that time has passed. */
        Mono<Sweep> next() {
            long wait = number == 0 ? 0 : begin + every - scheduler.now(NANOSECONDS);
            return wait <= 0
                    ? round()
                    : Mono.delay(Duration.ofNanos(wait), scheduler)
                            .takeUntilOther(end())
                            .then(round());
        }

        private Mono<Sweep> round() {
            return Mono.defer(() -> {
                if (closed) {
                    return Mono.error(TaskRequestException.refused("The client is closed"));
                }
                begin = scheduler.now(NANOSECONDS);
                Instant startedAt = Instant.ofEpochMilli(scheduler.now(MILLISECONDS));
                number++;
                StopSummary.Tally tally = new StopSummary.Tally(options.reason());
                return bulkStop.stopActive(query, options)
                        .doOnNext(tally::add)
                        .then(Mono.fromSupplier(() -> ended(startedAt, tally, null)))
                        .onErrorResume(
                                failure -> Mono.just(ended(startedAt, tally, TaskRequestException.foreseen(failure))));
            });
        }

        private Sweep ended(Instant startedAt, StopSummary.Tally tally, @Nullable TaskException error) {
            if (error != null && !failed) {
                log.warn("Round {} of a sweep failed, the sweep goes on: {}", number, error.getMessage());
            }
            failed = error != null;
            return new Sweep(number, startedAt, tally.summary(), error);
        }
    }
}
