package dev.taskstop;

import java.time.Duration;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A transport that was given to the builder: holds it to what the stages before it rely on. */
final class GuardedTransport implements TaskTransport {

    private final TaskTransport transport;
    private final Duration maxSilence;

    GuardedTransport(TaskTransport transport) {
        this(transport, StreamSilence.LIMIT);
    }

    GuardedTransport(TaskTransport transport, Duration maxSilence) {
        this.transport = transport;
        this.maxSilence = maxSilence;
    }

    @Override
    public Mono<TaskResponse> exchange(TaskRequest request) {
        return Guard.monoUnlessCancelled(() -> {
                    if (!transport.marksSent()) {
                        request.markSent();
                    }
                    return transport.exchange(request);
                })
                .switchIfEmpty(Mono.error(() -> new IllegalStateException("The transport completed without an answer")))
                .onErrorMap(failure -> failure instanceof TaskException known
                        ? known.copy(known.isOutcomeUnknown()) // It may be one that others get, too.
                        : TaskRequestException.noAnswer(request, failure));
    }

    @Override
    public <T> Flux<T> stream(TaskRequest request, BiFunction<TaskResponse, Flux<byte[]>, Publisher<T>> read) {
        return new GuardedFlux<>(() -> transport.stream(request, StreamSilence.limited(read, maxSilence)))
                .onErrorMap(TaskException.class, known -> known.copy(known.isOutcomeUnknown()));
    }

    @Override
    public boolean marksSent() {
        return true;
    }

    @Override
    public Mono<Void> closeAsync() {
        return Guard.mono(transport::closeAsync);
    }
}
