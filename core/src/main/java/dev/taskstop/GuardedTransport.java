package dev.taskstop;

import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A transport that was given to the builder: holds it to what the stages before it rely on. */
final class GuardedTransport implements TaskTransport {

    private final TaskTransport transport;

    GuardedTransport(TaskTransport transport) {
        this.transport = transport;
    }

    @Override
    public Mono<TaskResponse> exchange(TaskRequest request) {
        return transport
                .exchange(request)
                .switchIfEmpty(Mono.error(() -> new IllegalStateException("The transport completed without an answer")))
                .onErrorMap(e -> !(e instanceof TaskException), e -> TaskRequestException.noAnswer(request, e));
    }

    @Override
    public <T> Flux<T> stream(TaskRequest request, BiFunction<TaskResponse, Flux<byte[]>, Publisher<T>> read) {
        return transport.stream(request, read);
    }

    @Override
    public Mono<Void> closeAsync() {
        return transport.closeAsync();
    }
}
