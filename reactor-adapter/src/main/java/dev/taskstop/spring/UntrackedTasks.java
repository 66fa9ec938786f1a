package dev.taskstop.spring;

import dev.taskstop.ActiveTasks;
import dev.taskstop.StopResult;
import java.time.Duration;
import java.util.Set;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** In the place of what a mock of the client does not have: lets work through, and has nothing to stop. */
class UntrackedTasks implements ActiveTasks {

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
    public Set<String> taskIds() {
        return Set.of();
    }

    @Override
    public Flux<StopResult> shutdown(Duration grace) {
        return Flux.empty();
    }

    @Override
    public void reopen() {}

    @Override
    public Disposable installShutdownHook(Duration grace) {
        return Disposables.disposed();
    }
}
