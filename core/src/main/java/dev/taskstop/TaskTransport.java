package dev.taskstop;

import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Carries one HTTP exchange. It knows bytes and time-outs, and no task.
 *
 * <p>The library has one on Reactor Netty; another one may be given to {@link TaskClientBuilder#transport}.
 * An implementation must not follow redirects, must not retry by itself, and must read no more of a body than
 * {@link TaskRequest#maxBodyBytes()}.
 */
public interface TaskTransport {

    /**
     * Sends a request and reads the answer.
     *
     * <p>Nothing happens until the returned publisher is subscribed to; each subscription sends the request once.
     * It gives exactly one answer, whatever its status. Cancelling gives the exchange up; the request may have been
     * sent all the same.
     *
     * @param request what to send
     * @return a cold {@link Mono} of the answer. When there is no complete answer it fails, with
     *     {@link TaskRequestException#notSent} where the request certainly did not leave, and with
     *     {@link TaskRequestException#notProcessed} where the server says that it did nothing with it; any other error is
     *     taken for a request that may have been sent
     */
    Mono<TaskResponse> exchange(TaskRequest request);

    /**
     * Sends a request and hands on the answer as it comes, for as long as it comes. It is for server-sent events, so
     * {@code Accept} is {@code text/event-stream}. The default fails: a transport need not be able to stream.
     *
     * <p>Nothing happens until the returned publisher is subscribed to; each subscription sends the request once. The
     * server is read no faster than the chunks are requested. Cancelling closes the stream. The answer's beginning may
     * be waited for as long as that of any other. What stays silent after it is no failure here: the client gives up
     * chunks that it has asked for and not got for two minutes.
     *
     * <p>A stream does not take the connections that {@link #exchange} needs.
     *
     * @param <T> what is read from the answer
     * @param request what to send
     * @param read called once the answer has begun, gives what to signal. For a status 2xx it gets the head, without a
     *     body, and the body's chunks, which it may subscribe to once; for any other status it gets the whole answer,
     *     read as by {@link #exchange}, and no chunks
     * @return a cold {@link Flux} of what {@code read} gives. Besides the errors of that it fails with
     *     {@link TaskRequestException#notSent} where the request certainly did not leave, and with
     *     {@link TaskRequestException#notProcessed} where the server says that it did nothing with it; any other error is
     *     taken for a stream that broke off
     */
    default <T> Flux<T> stream(TaskRequest request, BiFunction<TaskResponse, Flux<byte[]>, Publisher<T>> read) {
        return Flux.error(() -> TaskRequestException.refused("The transport given to TaskClient.builder().transport"
                + " cannot stream: it does not implement TaskTransport.stream"));
    }

    /**
     * Tells whether the transport calls {@link TaskRequest#markSent()} just before a request leaves. Of one that does
     * not, every request that it was given is taken for sent. The default does not.
     *
     * @return true when it does
     */
    default boolean marksSent() {
        return false;
    }

    /**
     * Frees what the transport holds. The default does nothing.
     *
     * @return a cold {@link Mono} that completes when everything is freed
     */
    default Mono<Void> closeAsync() {
        return Mono.empty();
    }
}
