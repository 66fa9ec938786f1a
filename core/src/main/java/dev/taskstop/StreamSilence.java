package dev.taskstop;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * Gives up a stream that is silent for too long, whoever carries it. Silence counts only while chunks are asked for: a
 * server is read no faster than they are taken, so that nothing comes to who takes nothing.
 */
final class StreamSilence {

    /**
     * How long a stream may be silent. A task may well be, and then the stream is opened again at the cost of one
     * request; a peer that vanished without a word is noticed. Keep-alive probes of TCP would tell nothing of what is
     * behind a proxy, and begin after two hours where they are not tuned. Shorter than the four minutes and more after
     * which usual networks forget a silent connection.
     */
    static final Duration LIMIT = Duration.ofMinutes(2);

    private final long limitNanos;
    private final AtomicLong asked = new AtomicLong();
    private volatile long since = System.nanoTime();
    private volatile boolean passed;

    private StreamSilence(Duration limit) {
        this.limitNanos = limit.toNanos();
    }

    /** What reads an answer, of chunks that fail when they are silent for too long. */
    static <T> BiFunction<TaskResponse, Flux<byte[]>, Publisher<T>> limited(
            BiFunction<TaskResponse, Flux<byte[]>, Publisher<T>> read, Duration limit) {
        return (head, chunks) -> read.apply(head, Flux.defer(() -> new StreamSilence(limit).watch(chunks)));
    }

    private Flux<byte[]> watch(Flux<byte[]> chunks) {
        return chunks.doOnRequest(this::ask)
                .doOnNext(chunk -> hear())
                // Not timeout, which counts while nothing is asked for, and drops an error that comes at that moment.
                .takeUntilOther(silence())
                .concatWith(Mono.defer(() -> passed ? Mono.error(TimeoutException::new) : Mono.empty()));
    }

    private void ask(long more) {
        if (asked.getAndAccumulate(more, Operators::addCap) == 0) {
            since = System.nanoTime();
        }
    }

    private void hear() {
        since = System.nanoTime();
        asked.updateAndGet(count -> count == Long.MAX_VALUE || count == 0 ? count : count - 1);
    }

    /** One timer for each limit that passes, and not one for each chunk. */
    private Mono<Void> silence() {
        return Mono.defer(() -> Mono.delay(Duration.ofNanos(left())))
                .repeat(() -> left() > 0)
                .then(Mono.fromRunnable(() -> passed = true));
    }

    private long left() {
        return asked.get() == 0 ? limitNanos : limitNanos - (System.nanoTime() - since);
    }
}
