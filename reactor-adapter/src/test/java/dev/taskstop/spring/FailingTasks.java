package dev.taskstop.spring;

import dev.taskstop.ActiveTasks;
import dev.taskstop.StopResult;
import java.time.Duration;
import java.util.Set;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tasks whose shutdown fails. */
final class FailingTasks implements ActiveTasks {

    @Override
    public Flux<StopResult> shutdown(Duration grace) {
        return Flux.error(new IllegalStateException("on purpose"));
    }

    @Override
    public Set<String> taskIds() {
        return Set.of("t1");
    }

    @Override
    public void reopen() {}

    @Override
    public <T> Mono<T> track(String taskId, Mono<T> work) {
        return work;
    }

    @Override
    public <T> Flux<T> track(String taskId, Flux<T> work) {
        return work;
    }

    @Override
    public void register(String taskId) {}

    @Override
    public void deregister(String taskId) {}

    @Override
    public Disposable installShutdownHook(Duration grace) {
        return () -> {};
    }
}
