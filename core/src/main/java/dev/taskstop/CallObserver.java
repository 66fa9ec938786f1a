package dev.taskstop;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Sees calls begin and end. As it is, it sees nothing and gives back what it got, so that a client that nobody observes
 * pays nothing. It names no type of Micrometer, which need not be there.
 */
interface CallObserver {

    /** Sees nothing. */
    CallObserver NONE = new CallObserver() {};

    /** Makes what a call observes a part of what its subscriber is doing. */
    default <T> Mono<T> fromCaller(Mono<T> call) {
        return call;
    }

    /** Makes what a call observes a part of what its subscriber is doing. */
    default <T> Flux<T> fromCaller(Flux<T> call) {
        return call;
    }

    /** Sees one stop; the id is null when it cannot be one, the reason when none was given. */
    default Mono<StopResult> stop(@Nullable String taskId, @Nullable String reason, Mono<StopResult> stop) {
        return stop;
    }

    /** Sees one HTTP exchange. */
    default Mono<TaskResponse> exchange(TaskRequest request, Mono<TaskResponse> exchange) {
        return exchange;
    }
}
