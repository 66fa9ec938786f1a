package dev.taskstop;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Skipped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Counts registrations, and stops what has any. */
final class DefaultActiveTasks implements ActiveTasks {

    private static final Logger log = LoggerFactory.getLogger(DefaultActiveTasks.class);

    /** The deadline ends the stops; this is for what comes after, so that the JVM does not wait for a lost signal. */
    private static final Duration SLACK = Duration.ofMillis(500);

    private final BulkStop bulkStop;
    private final Map<String, Integer> registrations = new ConcurrentHashMap<>();
    private volatile boolean shutDown;

    DefaultActiveTasks(BulkStop bulkStop) {
        this.bulkStop = bulkStop;
    }

    @Override
    public <T> Mono<T> track(String taskId, Mono<T> work) {
        return Mono.using(() -> registered(taskId), id -> work, this::deregister);
    }

    @Override
    public <T> Flux<T> track(String taskId, Flux<T> work) {
        return Flux.using(() -> registered(taskId), id -> work, this::deregister);
    }

    @Override
    public void register(String taskId) {
        String problem = TaskIds.problem(taskId);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        registrations.merge(taskId, 1, Integer::sum);
        // Looked at last: whoever registers just as a shutdown begins is either refused or part of it.
        if (shutDown) {
            deregister(taskId);
            throw new IllegalStateException("A shutdown has begun; no more tasks can be registered");
        }
    }

    private String registered(String taskId) {
        register(taskId);
        return taskId;
    }

    @Override
    public void deregister(String taskId) {
        registrations.computeIfPresent(taskId, (id, count) -> count == 1 ? null : count - 1);
    }

    @Override
    public Set<String> taskIds() {
        return Set.copyOf(registrations.keySet());
    }

    @Override
    public Flux<StopResult> shutdown(Duration grace) {
        StopAllOptions options = StopAllOptions.defaults().withDeadline(grace);
        return Flux.defer(() -> {
            shutDown = true;
            List<String> taskIds = List.copyOf(registrations.keySet());
            return bulkStop.stopAll(Flux.fromIterable(taskIds), options)
                    .doOnNext(this::forgetEnded)
                    .onErrorStop();
        });
    }

    private void forgetEnded(StopResult result) {
        if (result instanceof Failed || result instanceof Skipped) {
            log.warn("Task {} may have survived the shutdown: {}", result.taskId(), reason(result));
        } else {
            registrations.remove(result.taskId());
        }
    }

    @Override
    public void reopen() {
        shutDown = false;
    }

    private static String reason(StopResult result) {
        return result instanceof Failed failed ? String.valueOf(failed.error().getMessage()) : "there was no time left";
    }

    @Override
    public Disposable installShutdownHook(Duration grace) {
        Flux<StopResult> stops = shutdown(grace);
        Thread hook = new Thread(() -> runToItsEnd(stops, grace.plus(SLACK)), "taskstop-shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        return Disposables.composite(() -> removeHook(hook));
    }

    /** On a thread of the JVM's own, which ends when its hooks have returned. */
    private static void runToItsEnd(Flux<StopResult> stops, Duration patience) {
        CountDownLatch ended = new CountDownLatch(1);
        Disposable running = stops.doFinally(signal -> ended.countDown())
                .subscribe(result -> {}, failure -> log.warn("The shutdown failed", failure));
        try {
            if (!ended.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                running.dispose();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            log.debug("The JVM is shutting down already; the hook stays");
        }
    }
}
