package dev.taskstop;

import java.time.Duration;
import java.util.Set;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The tasks that this process started and that should not outlive it. Each client has one.
 *
 * <p>A task is registered while some work waits for it ({@link #track(String, Mono)}), or by hand. A shutdown stops
 * what is registered then, within a time, and names what it could not stop. Safe for use by many threads.
 */
public interface ActiveTasks {

    /**
     * Registers a task while some work runs that waits for it.
     *
     * <p>On subscription the task is registered, then the work is subscribed to; when the work ends, in whatever way,
     * the task is no longer registered. Signals, demand, errors and threads are the work's own. Cancelling cancels the
     * work and stops no task: see {@link TaskClient#stopOnCancel}. After the begin of a shutdown it fails with
     * {@link IllegalStateException}, for an id that cannot be one with {@link IllegalArgumentException}, and the work is
     * not subscribed to.
     *
     * @param taskId the task's id
     * @param work what waits for the task
     * @param <T> what the work gives
     * @return a cold {@link Mono} of what the work gives
     */
    <T> Mono<T> track(String taskId, Mono<T> work);

    /**
     * Registers a task while some work runs that waits for it.
     *
     * @param taskId the task's id
     * @param work what waits for the task
     * @param <T> what the work gives
     * @return a cold {@link Flux} of what the work gives
     * @see #track(String, Mono)
     */
    <T> Flux<T> track(String taskId, Flux<T> work);

    /**
     * Registers a task by hand. A task that is registered twice has to be deregistered twice.
     *
     * @param taskId the task's id
     * @throws IllegalArgumentException when the id cannot be one
     * @throws IllegalStateException after the begin of a shutdown, until {@link #reopen}
     */
    void register(String taskId);

    /**
     * Takes one registration of a task back. A task that is not registered is none of its business.
     *
     * @param taskId the task's id
     */
    void deregister(String taskId);

    /**
     * Tells which tasks are registered.
     *
     * @return a copy of the ids
     */
    Set<String> taskIds();

    /**
     * Stops what is registered.
     *
     * <p>On subscription nothing more can be registered, and the tasks that are registered are stopped as
     * {@link TaskClient#stopAll(org.reactivestreams.Publisher, StopAllOptions)} does, with the grace as its deadline.
     * Signals one result for each task and completes within the grace; a task that is stopped, has ended or is not
     * found is no longer registered, and what is left is named in the log. Subscribing again stops what is left, which
     * may be nothing. Cancelling gives up; what was sent may still have its effect.
     *
     * @param grace how long it may take; above zero, up to 36,500 days
     * @return a cold {@link Flux} of results
     */
    Flux<StopResult> shutdown(Duration grace);

    /**
     * Lets tasks be registered again after a shutdown, for a process that goes on after all.
     */
    void reopen();

    /**
     * Shuts down when the JVM does, on SIGINT and SIGTERM for example, and holds the JVM's end until it is done, for
     * half a second more than the grace at the longest. For programs without a framework that has a life cycle of its own.
     *
     * @param grace how long it may take; above zero, up to 36,500 days
     * @return takes the hook away again when disposed of
     */
    Disposable installShutdownHook(Duration grace);
}
