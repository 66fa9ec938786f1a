package dev.taskstop;

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
     *     {@link TaskRequestException#notSent} where the request certainly did not leave; any other error is taken for
     *     a request that may have been sent
     */
    Mono<TaskResponse> exchange(TaskRequest request);

    /**
     * Frees what the transport holds. The default does nothing.
     *
     * @return a cold {@link Mono} that completes when everything is freed
     */
    default Mono<Void> closeAsync() {
        return Mono.empty();
    }
}
