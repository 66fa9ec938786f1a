package dev.taskstop;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Stops tasks. One client is for one key; it is safe for use by many threads and meant to be shared, since its calls
 * share a connection pool, a bound on what is in flight and a pause when the server asks for one.
 *
 * <p>Every publisher that it returns is cold: nothing is sent before a subscription, each subscription sends anew, and
 * whether the client is closed is looked at on subscription. Signals come from the threads of the HTTP client or of
 * {@link TaskClientBuilder#scheduler}. Cancelling a subscription gives up what was not sent; it never stops a task.
 */
public interface TaskClient {

    /**
     * Starts to build a client.
     *
     * @return a builder
     */
    static TaskClientBuilder builder() {
        return new TaskClientBuilder();
    }

    /**
     * Builds a client from the environment variables {@code BLACKBOX_API_KEY} and, where it is set,
     * {@code BLACKBOX_BASE_URL}.
     *
     * @return a client
     * @throws IllegalStateException when there is no key
     * @throws IllegalArgumentException when one of them is not what it has to be
     */
    static TaskClient fromEnv() {
        return TaskClientBuilder.fromEnv(System.getenv()).build();
    }

    /**
     * Stops one task.
     *
     * <p>On subscription the stop waits for its turn and is sent. A failure of the network or the server is tried
     * again as {@link StopRetry} says, and an outcome that is unknown is resolved by asking for the task's status. A
     * task that is still pending is waited for.
     *
     * <p>Signals the task when this stop ended it, then completes. Cancelling gives the stop up; what was sent before
     * may still have its effect.
     *
     * <p>Fails with a {@link TaskException}: {@link TaskResponseException} when the task had ended before
     * ({@link TaskResponseException.Reason#NOT_ACTIVE}, with the state), does not exist, or the server refuses;
     * {@link TaskRequestException} when there is no answer, or nothing was sent, as for an id that cannot be one;
     * {@link TaskDecodingException} when the answer cannot be read.
     *
     * <p>See the page <em>Cancel task</em> of the API's documentation.
     *
     * @param taskId the task's id
     * @return a cold {@link Mono} of the stopped task
     */
    Mono<StoppedTask> stop(String taskId);

    /**
     * Stops many tasks with {@linkplain StopAllOptions#defaults() the defaults}. Fits
     * {@code ids.transform(client::stopAll)}.
     *
     * @param taskIds the tasks' ids
     * @return a cold {@link Flux} of one result for each id
     * @see #stopAll(Publisher, StopAllOptions)
     */
    default Flux<StopResult> stopAll(Publisher<String> taskIds) {
        return stopAll(taskIds, StopAllOptions.defaults());
    }

    /**
     * Stops many tasks.
     *
     * <p>On subscription the ids are subscribed to, and each is stopped as {@link #stop} does. Signals exactly one
     * result for each id, in the order in which the stops end unless told otherwise. What went wrong with one task is
     * its result, not an error of the whole.
     *
     * <p>At most {@link StopAllOptions#withConcurrency concurrency} tasks are being stopped at once, and no more ids
     * than these are requested ahead; an id is requested when a result is taken. So the memory in use depends on the
     * concurrency, not on the number of ids.
     *
     * <p>A failure that concerns every task, such as a key that is refused, ends the batch: nothing more is sent, and
     * the rest of the ids is {@link StopResult.Skipped}.
     *
     * <p>Cancelling cancels the ids' subscription, whatever waits, and the exchanges in flight. An error of the ids'
     * publisher comes after the results of the ids before it. The ids' order of arrival is that of the requests as far
     * as there is room; results come from the threads that ended the stops, one at a time.
     *
     * @param taskIds the tasks' ids; an id that cannot be one gives {@link StopResult.Failed}, and nothing is sent
     * @param options how to go about it
     * @return a cold {@link Flux} of one result for each id
     */
    Flux<StopResult> stopAll(Publisher<String> taskIds, StopAllOptions options);

    /**
     * Asks how a task is doing, once.
     *
     * <p>On subscription the request waits for its turn, for as long as {@link StopRetry#withDeadline} at the most, and
     * is sent; it is not tried again. Signals the status, then completes. Cancelling gives the request up. Fails with
     * a {@link TaskException}, as {@link #stop} does.
     *
     * <p>See the page <em>Task status</em> of the API's documentation.
     *
     * @param taskId the task's id
     * @return a cold {@link Mono} of the status
     */
    Mono<TaskStatus> status(String taskId);

    /**
     * Tells what the bound on requests in flight looks like right now. Sends nothing.
     *
     * @return a snapshot
     */
    GateState gateState();

    /**
     * Closes the client: on subscription, calls that wait or come later fail as not sent, those in flight are waited
     * for, then the connections are closed. Does not block, and may be subscribed to more than once. Cancelling only
     * stops the waiting.
     *
     * @return a cold {@link Mono} that completes when the client is closed
     */
    Mono<Void> closeAsync();
}
