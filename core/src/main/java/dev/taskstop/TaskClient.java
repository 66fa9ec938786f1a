package dev.taskstop;

import java.net.URI;
import java.time.Duration;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Stops tasks. One client is for one key; it is safe for use by many threads and meant to be shared, because its calls
 * share a connection pool, a bound on what is in flight and a pause when the server asks for one.
 *
 * <p>Every publisher that it returns is cold: nothing is sent before a subscription, each subscription sends anew, and
 * whether the client is closed is looked at on subscription. Signals come from the threads of the HTTP client or of
 * {@link TaskClientBuilder#scheduler}. Cancelling a subscription gives up what was not sent; it stops no task, except with
 * {@link #stopOnCancel}.
 */
public interface TaskClient {

    /**
     * Starts to build a client.
     *
     * @return a builder
     * @throws IllegalStateException when SLF4J or Jackson is missing on the class path or too old
     */
    static TaskClientBuilder builder() {
        return new TaskClientBuilder();
    }

    /**
     * Builds a client from the environment variables {@code BLACKBOX_API_KEY} and, where it is set,
     * {@code BLACKBOX_BASE_URL}.
     *
     * @return a client
     * @throws IllegalStateException when there is no key, or a library on the class path is missing or too old
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
     * ({@link TaskResponseException.Reason#NOT_ACTIVE}, with the state; perhaps by this stop, where the
     * {@linkplain TaskException#isOutcomeUnknown outcome is unknown}), does not exist, or the server refuses;
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
     * Stops many tasks. Here two at once: the answer to the stop of {@code a} is lost, and found out by asking;
     * {@code c} does not exist.
     *
     * <pre>{@code
     * taskIds   ──a──b───────────────c───────────────d─────────|
     * a           PATCH ─────── lost     PATCH ── 400   GET ── stopped
     * b              PATCH ──── 200
     * c                              PATCH ───── 404
     * d                                              PATCH ───────────────── 200
     * results   ─────────────────────B───────────────C─────────────────A─────────D|
     * }</pre>
     *
     * <p>On subscription the ids are subscribed to, and each is stopped as {@link #stop} does. Signals exactly one
     * result for each id, in the order in which the stops end unless told otherwise. What went wrong with one task is
     * its result, not an error of the whole.
     *
     * <p>At most {@link StopAllOptions#withConcurrency concurrency} tasks are being stopped at once, beside some that
     * are set aside because they have to wait for another attempt, and no more ids are requested ahead; the next one
     * is requested when a result is taken. So the memory in use depends on the concurrency, not on the number of ids.
     * Only tasks that are {@linkplain StopAllOptions#withConfirm(Duration) watched} when they have been stopped come on
     * top of it.
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
     * Stops the tasks of a list that are active.
     *
     * <p>On subscription the list is read and its tasks are stopped as {@link #stopAll(Publisher, StopAllOptions)}
     * does. Stopping changes the list while it is read, so it is read again until no task turns up that was not seen
     * before; tasks that were created after the first page was read are left alone. That is told by the server's clocks, to
     * 2 seconds; where the list shows that these differ, up to half a minute more is allowed for. Signals one result for
     * each task. Pages are read as demand and concurrency need them; the ids that were seen are kept in memory.
     *
     * <p>Cancelling cancels the reading, whatever waits, and the exchanges in flight. When the list cannot be read it
     * fails with a {@link TaskException}, after the results so far; with {@link UnsupportedOperationException}, before
     * anything is sent, for a query that the dialect does not have.
     *
     * @param query which tasks; its status is {@link TaskQuery.Status#ACTIVE} whatever it says
     * @param options how to go about it; {@link StopAllOptions#withDryRun} shows what would be stopped
     * @return a cold {@link Flux} of one result for each task
     */
    Flux<StopResult> stopActive(TaskQuery query, StopAllOptions options);

    /**
     * Stops what matches now, and at each interval again, until cancelled: {@link #stopActive} in rounds.
     *
     * <p>On subscription the first round begins when it is requested. Another one begins an interval after the one before
     * began, or as soon as that has ended and another one is requested, if that is later. So rounds never overlap, none is
     * made up for, and a subscriber that requests nothing has nothing stopped. Signals each round when it has ended. A
     * round that fails, because the list cannot be read, is a value as well, and the next one begins at its time; so is
     * one whose key is refused.
     *
     * <p>Cancelling ends the wait, or the round that is under way, as it does with {@link #stopActive}. Closing the client
     * ends the sweep with an error, after the round that is under way. Fails else with
     * {@link UnsupportedOperationException}, before anything is sent, for a query that the dialect does not have.
     *
     * @param query which tasks, for example those {@linkplain TaskQuery#olderThan older than} some hours
     * @param every from the beginning of one round to that of the next; above zero, up to 36,500 days
     * @param options how to go about each round: deadline and maximum are a round's
     * @return a cold {@link Flux} of the rounds, without end
     */
    Flux<Sweep> sweep(TaskQuery query, Duration every, StopAllOptions options);

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
     * Asks for all about a task that helps to see what a stop left behind, once: its agents, sandboxes and follow-ups,
     * branches and pull request. It is a large answer; to learn the state, {@link #status} is the cheap question.
     *
     * <p>On subscription the request waits for its turn, for as long as {@link StopRetry#withDeadline} at the most, and
     * is sent; it is not tried again. Signals the details, then completes. Cancelling gives the request up. Fails with
     * a {@link TaskException}, as {@link #stop} does.
     *
     * <p>See the page <em>Get task</em> of the API's documentation.
     *
     * @param taskId the task's id
     * @return a cold {@link Mono} of the details
     */
    Mono<TaskDetails> details(String taskId);

    /**
     * Lists tasks.
     *
     * <p>On subscription the first page is read; the next one when the tasks of the one before were taken and more is
     * requested. What the server does not pick out is passed over here; see {@link TaskQuery}. A page that cannot be
     * read for a reason that passes is tried again as {@link StopRetry} says. Cancelling gives the page up. Fails with a
     * {@link TaskException}, or with {@link UnsupportedOperationException} for a query that the dialect does not have.
     * The list is read by offset: what is created, begins or ends meanwhile may make it show a task twice, or leave one
     * out.
     *
     * <p>A page of more than 1 MiB is read again in smaller pieces. A task that cannot be read, because it has no id or no
     * state, or is more than 1 MiB by itself, is passed over; the log tells how many there were, once for each list.
     *
     * <p>See the page <em>Task list</em> of the API's documentation. The Agent API v1 lists one state at a time, so there
     * the tasks that are active come in two lists, those that wait first; and so do those that failed.
     *
     * @param query which tasks
     * @return a cold {@link Flux} of the tasks, in the server's order
     */
    Flux<TaskSummary> list(TaskQuery query);

    /**
     * Waits until a task has ended.
     *
     * <p>On subscription the task's status is asked for, and again at growing intervals
     * ({@link TaskClientBuilder#pollInterval}), until it has ended. Signals that status, then completes. A question
     * that fails for a reason that passes is tried again; when it fails as often in a row as {@link StopRetry} allows
     * attempts, or for another reason, so does the wait. A 429 uses up its deadline, not the
     * attempts. There is no time limit: use {@link Mono#timeout} or {@link #awaitOrStop}. Cancelling ends the wait and
     * stops no task.
     *
     * @param taskId the task's id
     * @return a cold {@link Mono} of the status with which the task ended
     */
    Mono<TaskStatus> awaitDone(String taskId);

    /**
     * Waits until a task has ended, and stops it when that takes too long. A question mark asks for the status.
     *
     * <pre>{@code
     *                  subscription                 timeout
     * ends in time     ?──?───?────? completed                      Finished
     * takes too long   ?──?───?─────?──────────────PATCH ── 200     Stopped
     * ends just then   ?──?───?─────?──────────────PATCH ── 400 ?   Finished
     * }</pre>
     *
     * <p>On subscription it waits as {@link #awaitDone} does, but questions that fail for a reason that passes are
     * tried again until the time is up. Then the waiting ends, a question that hangs among it, and the task is stopped
     * as {@link #stop} does. Signals {@link TaskOutcome.Finished} when the task ended by itself, also when that was in
     * the last moment and the stop came too late, and {@link TaskOutcome.Stopped} when it was stopped; then completes.
     *
     * <p>Cancelling ends the wait; no task is stopped for it, but a stop that was sent may still have its effect. Fails
     * with a {@link TaskException} when the task is not there, the key is refused, or the stop fails.
     *
     * @param taskId the task's id
     * @param timeout how long the task may take, from the subscription; above zero, up to 36,500 days
     * @return a cold {@link Mono} of the outcome
     */
    default Mono<TaskOutcome> awaitOrStop(String taskId, Duration timeout) {
        return awaitOrStop(taskId, timeout, AwaitOptions.defaults());
    }

    /**
     * Waits until a task has ended, and stops it when that takes too long, as told.
     *
     * @param taskId the task's id
     * @param timeout how long the task may take, from the subscription; above zero, up to 36,500 days
     * @param options how to wait; with {@link AwaitOptions#withLogStream} its log stream tells when it ended
     * @return a cold {@link Mono} of the outcome
     * @see #awaitOrStop(String, Duration)
     */
    Mono<TaskOutcome> awaitOrStop(String taskId, Duration timeout, AwaitOptions options);

    /**
     * Waits for many tasks, and stops those that take too long: {@link #awaitOrStop} for each. Signals exactly one
     * outcome for each id, as the races end; what goes wrong with one task is {@link TaskOutcome.Failed}. At most
     * {@link AwaitOptions#withConcurrency concurrency} tasks are waited for at once, and the time of each runs from the
     * moment that its id was taken. Cancelling ends all waits; an error of the ids' publisher comes after the outcomes
     * of the ids before it.
     *
     * @param taskIds the tasks' ids
     * @param timeout how long each task may take; above zero, up to 36,500 days
     * @param options how to wait
     * @return a cold {@link Flux} of one outcome for each id
     */
    Flux<TaskOutcome> awaitOrStopAll(Publisher<String> taskIds, Duration timeout, AwaitOptions options);

    /**
     * Stops a task when work of one's own that waits for it takes too long:
     * {@code work.transform(client.stopOnTimeout(id, timeout))}.
     *
     * <p>On subscription the work is subscribed to. When it ends in time its signals are passed on and nothing is sent.
     * When the time is up the task is stopped as {@link #stop} does, while the work goes on: if it ends meanwhile, or
     * the task turns out to have ended, its signals are passed on. Else the work is cancelled and the result fails with
     * {@link java.util.concurrent.TimeoutException}; it has a cause when the task could not be stopped. Cancelling
     * cancels the work and stops no task.
     *
     * @param taskId the task's id
     * @param timeout how long the work may take, from the subscription; above zero, up to 36,500 days
     * @param <T> what the work gives
     * @return an operator for {@link Mono#transform}
     */
    <T> Function<Mono<T>, Mono<T>> stopOnTimeout(String taskId, Duration timeout);

    /**
     * Stops a task when the subscriber of work of one's own goes away:
     * {@code work.transform(client.stopOnCancel(id))}. Only with this operator does cancelling stop a task.
     *
     * <p>Signals and demand are the work's own. When the subscription is cancelled before the work has ended, the work
     * is cancelled and the task is stopped, once, as {@link #stop} does, without anybody waiting for it: a
     * {@link StopListener} hears what becomes of that stop, and a task that may have survived it is named in the log.
     *
     * @param taskId the task's id
     * @param <T> what the work gives
     * @return an operator for {@link Mono#transform}
     */
    <T> Function<Mono<T>, Mono<T>> stopOnCancel(String taskId);

    /**
     * Returns the tasks that are to be stopped when this process ends.
     *
     * @return the same instance at each call
     */
    ActiveTasks activeTasks();

    /**
     * Streams a task's log from its beginning.
     *
     * @param taskId the task's id
     * @return a cold {@link Flux} of the log, ended by {@link TaskLogEvent.Complete}
     * @see #logs(String, long)
     */
    default Flux<TaskLogEvent> logs(String taskId) {
        return logs(taskId, 0);
    }

    /**
     * Streams a task's log: what it has logged, and what it logs and how its state changes until it ends.
     *
     * <p>On subscription the request waits for its turn, for as long as {@link StopRetry#withDeadline} at the most, and
     * is sent. Signals the events as they come, each index of the log once and ascending; then
     * {@link TaskLogEvent.Complete}, then completes.
     *
     * <p>A stream that breaks off is resumed after the last index that came: when the connection is lost, when the
     * server fails or ends the stream too soon, and when nothing comes for 2 minutes. The waits before that, and how
     * often in a row it is tried without anything new, are those of {@link StopRetry}; a stream that was open for
     * longer than its longest backoff is not counted. A 429 is waited for, as long as the deadline allows. Then the
     * last failure is signalled.
     *
     * <p>Demand reaches the connection: one that takes slowly slows the server, and no more than some chunks are held.
     * Taking nothing for 2 minutes lets the stream be resumed later, which loses nothing.
     *
     * <p>While it is open a stream counts for none of the client's {@link TaskClientBuilder#concurrency}, and it has a
     * connection apart from those of the other calls; over HTTP/2, streams share connections. A client has 10,000 of
     * them open at the most; one more fails at once.
     *
     * <p>Cancelling closes the stream; it does not stop the task. Closing the client ends the stream with an error.
     * Events come from the threads of the HTTP client.
     *
     * <p>Fails with a {@link TaskException}: {@link TaskResponseException} when the server refuses, as for a task that
     * does not exist; {@link TaskRequestException} when the stream broke off too often, or nothing was sent;
     * {@link TaskDecodingException} when an event of a kind that is known is no JSON or has more than 64 KiB.
     *
     * <p>The Agent API v1 has no indices and tells a log from its beginning each time: its entries are counted here, and
     * what was signalled before, or comes before {@code fromIndex}, is passed over. There the level of an entry is the
     * kind of its event, such as {@code text-delta}, its step the tool, and an entry of more than 64 KiB has its index
     * only; neither the beginning of the stream nor a change of the state is told.
     *
     * <p>See the page <em>Stream logs</em> of the API's documentation.
     *
     * @param taskId the task's id
     * @param fromIndex the index of the first log entry to signal, from 0 up
     * @return a cold {@link Flux} of the log, ended by {@link TaskLogEvent.Complete}
     * @throws IllegalArgumentException when the index is negative
     */
    Flux<TaskLogEvent> logs(String taskId, long fromIndex);

    /**
     * Tells what the bound on requests in flight looks like right now. Sends nothing.
     *
     * @return a snapshot
     */
    GateState gateState();

    /**
     * Tells where the requests of this client go. Sends nothing.
     *
     * @return the base address that the client was built with, or the dialect's public one
     */
    URI baseUrl();

    /**
     * Closes the client: on subscription, calls that wait or come later fail as not sent, those in flight are waited
     * for, log streams are ended with an error, then the connections are closed. Does not block, and may be subscribed
     * to more than once. Cancelling only stops the waiting.
     *
     * @return a cold {@link Mono} that completes when the client is closed
     */
    Mono<Void> closeAsync();
}
