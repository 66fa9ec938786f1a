package dev.taskstop;

import dev.taskstop.RegisteredTasks.Registration;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Skipped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Stops what is registered, while nothing more can be. */
final class DefaultActiveTasks implements ActiveTasks {

    private static final Logger log = LoggerFactory.getLogger(DefaultActiveTasks.class);

    /** The deadline ends the stops; this is for what comes after, so that the JVM does not wait for a lost signal. */
    private static final Duration SLACK = Duration.ofMillis(500);

    private final BulkStop bulkStop;
    private final StatusPoller status;
    private final CallObserver observer;
    private final RegisteredTasks tasks = new RegisteredTasks();
    private volatile boolean shutDown;

    DefaultActiveTasks(BulkStop bulkStop, StatusPoller status, CallObserver observer) {
        this.bulkStop = bulkStop;
        this.status = status;
        this.observer = observer;
    }

    @Override
    public <T> Mono<T> track(String taskId, Mono<T> work) {
        return Mono.using(() -> add(taskId, false), mine -> Guard.mono(() -> work), mine -> tasks.remove(taskId, mine));
    }

    @Override
    public <T> Flux<T> track(String taskId, Flux<T> work) {
        return Flux.using(
                () -> add(taskId, false), mine -> new GuardedFlux<>(() -> work), mine -> tasks.remove(taskId, mine));
    }

    @Override
    public void register(String taskId) {
        add(taskId, true);
    }

    private Registration add(String taskId, boolean byHand) {
        String problem = TaskIds.problem(taskId);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        Registration mine = tasks.add(taskId, byHand);
        // Looked at last: whoever registers just as a shutdown begins is either refused or part of it.
        if (shutDown) {
            tasks.remove(taskId, mine);
            throw new IllegalStateException("A shutdown has begun; no more tasks can be registered");
        }
        return mine;
    }

    @Override
    public void deregister(String taskId) {
        tasks.removeByHand(taskId);
    }

    @Override
    public Set<String> taskIds() {
        return tasks.all().keySet();
    }

    @Override
    public Flux<StopResult> shutdown(Duration grace) {
        StopAllOptions options = StopAllOptions.defaults().withDeadline(grace);
        Flux<StopResult> stops = Flux.defer(() -> {
            shutDown = true;
            Map<String, List<Registration>> all = tasks.all();
            return Flux.using(
                    () -> status.hold(all.keySet()),
                    polls -> bulkStop.stopAll(Flux.fromIterable(all.keySet()), options)
                            .doOnNext(result -> forgetEnded(result, all))
                            .doOnNext(polls::tell),
                    StatusHolds.Hold::release);
        });
        return observer.fromCaller(stops.onErrorStop());
    }

    /** What was registered since the shutdown began is left: the task may have been started anew. */
    private void forgetEnded(StopResult result, Map<String, List<Registration>> atBegin) {
        String taskId = result.taskId();
        if (result instanceof Failed || result instanceof Skipped) {
            log.warn("Task {} may have survived the shutdown: {}", taskId, reason(result));
            return;
        }
        tasks.forget(taskId, atBegin.getOrDefault(taskId, List.of()));
    }

    @Override
    public void reopen() {
        shutDown = false;
    }

    private static String reason(StopResult result) {
        if (result instanceof Failed failed) {
            return String.valueOf(failed.error().getMessage());
        }
        return result instanceof Skipped skipped && skipped.reason() == Skipped.Reason.DEADLINE
                ? "there was no time left"
                : "no stop was sent, because the key or its account was refused";
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
