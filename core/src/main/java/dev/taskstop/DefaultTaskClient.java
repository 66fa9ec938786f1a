package dev.taskstop;

import static java.util.Objects.requireNonNull;

import dev.taskstop.Gate.Priority;
import dev.taskstop.StopResult.Stopped;
import java.net.URI;
import java.time.Duration;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** The entry to the stages: bulk stop and races, one stop, gate, API call. */
final class DefaultTaskClient implements TaskClient {

    private final ApiCalls api;
    private final Gate gate;
    private final Duration patience;
    private final StatusPoller status;
    private final ListPages list;
    private final OneStop oneStop;
    private final BulkStop bulkStop;
    private final Sweeps sweeps;
    private final AwaitOrStop await;
    private final ActiveTasks activeTasks;
    private final LogStream logStream;
    private final CallObserver observer;

    /** Puts the stages together. */
    DefaultTaskClient(
            ApiCalls api,
            Gate gate,
            StopRetry retry,
            int concurrency,
            Duration pollInterval,
            Scheduler scheduler,
            CallObserver observer,
            StopListener listener) {
        this.api = api;
        this.gate = gate;
        this.patience = retry.deadline();
        this.status = new StatusPoller(api, gate, retry.deadline(), pollInterval, scheduler);
        this.list = new ListPages(api, gate, retry.deadline(), retry.asOftenAsAStop(scheduler));
        this.oneStop = new OneStop(api, gate, retry, scheduler, observer, listener);
        BulkStopRevival revival = new BulkStopRevival(api, gate, status, list, retry.deadline());
        this.bulkStop = new BulkStop(oneStop, status, list, revival, concurrency, retry, scheduler, listener);
        this.sweeps = new Sweeps(bulkStop, list, scheduler);
        this.logStream = new LogStream(api, gate, retry, scheduler);
        this.await = new AwaitOrStop(status, logStream, oneStop, retry, scheduler);
        this.activeTasks = new DefaultActiveTasks(bulkStop, status, observer);
        this.observer = observer;
    }

    @Override
    public Mono<StoppedTask> stop(String taskId) {
        requireNonNull(taskId, "taskId");
        return own(oneStop.stop(taskId, BulkStopState.NONE).flatMap(DefaultTaskClient::stoppedOrError));
    }

    @Override
    public Flux<StopResult> stopAll(Publisher<String> taskIds, StopAllOptions options) {
        requireNonNull(taskIds, "taskIds");
        requireNonNull(options, "options");
        return own(bulkStop.stopAll(taskIds, options));
    }

    @Override
    public Flux<StopResult> stopActive(TaskQuery query, StopAllOptions options) {
        requireNonNull(query, "query");
        requireNonNull(options, "options");
        return own(bulkStop.stopActive(query, options));
    }

    @Override
    public Flux<Sweep> sweep(TaskQuery query, Duration every, StopAllOptions options) {
        requireNonNull(query, "query");
        requireNonNull(options, "options");
        return own(sweeps.sweep(query, Durations.requirePositive("every", every), options));
    }

    @Override
    public Mono<TaskStatus> status(String taskId) {
        return own(status.once(requireNonNull(taskId, "taskId"), Priority.POLL));
    }

    @Override
    public Mono<TaskDetails> details(String taskId) {
        requireNonNull(taskId, "taskId");
        return own(Mono.defer(() -> {
            String problem = TaskIds.problem(taskId);
            return problem == null
                    ? gate.pass(Gate.Priority.POLL, () -> api.details(taskId), () -> patience)
                    : Mono.error(TaskRequestException.refused(problem));
        }));
    }

    @Override
    public Flux<TaskSummary> list(TaskQuery query) {
        return own(list.list(requireNonNull(query, "query")));
    }

    @Override
    public Mono<TaskStatus> awaitDone(String taskId) {
        return own(await.ended(requireNonNull(taskId, "taskId")));
    }

    @Override
    public Mono<TaskOutcome> awaitOrStop(String taskId, Duration timeout, AwaitOptions options) {
        requireNonNull(taskId, "taskId");
        requireNonNull(options, "options");
        return own(await.endedOrStopped(taskId, Durations.requirePositive("timeout", timeout), options));
    }

    @Override
    public Flux<TaskOutcome> awaitOrStopAll(Publisher<String> taskIds, Duration timeout, AwaitOptions options) {
        requireNonNull(taskIds, "taskIds");
        requireNonNull(options, "options");
        return own(await.endedOrStoppedAll(taskIds, Durations.requirePositive("timeout", timeout), options));
    }

    @Override
    public <T> Function<Mono<T>, Mono<T>> stopOnTimeout(String taskId, Duration timeout) {
        requireNonNull(taskId, "taskId");
        Function<Mono<T>, Mono<T>> stopOnTimeout =
                await.stopOnTimeout(taskId, Durations.requirePositive("timeout", timeout));
        return work -> observer.fromCaller(stopOnTimeout.apply(work));
    }

    @Override
    public <T> Function<Mono<T>, Mono<T>> stopOnCancel(String taskId) {
        Function<Mono<T>, Mono<T>> stopOnCancel = await.stopOnCancel(requireNonNull(taskId, "taskId"));
        return work -> observer.fromCaller(stopOnCancel.apply(work));
    }

    @Override
    public ActiveTasks activeTasks() {
        return activeTasks;
    }

    @Override
    public Flux<TaskLogEvent> logs(String taskId, long fromIndex) {
        requireNonNull(taskId, "taskId");
        if (fromIndex < 0) {
            throw new IllegalArgumentException("fromIndex takes a number from 0 up, not " + fromIndex);
        }
        return own(logStream.logs(taskId, fromIndex));
    }

    @Override
    public GateState gateState() {
        return gate.state();
    }

    @Override
    public URI baseUrl() {
        return api.baseUrl();
    }

    @Override
    public Mono<Void> closeAsync() {
        return Mono.fromRunnable(logStream::close)
                .then(Mono.fromRunnable(sweeps::close))
                .then(gate.closeAsync())
                .then(api.closeAsync());
    }

    /** A call of the library's own: no onErrorContinue of its subscriber reaches into it. */
    private <T> Mono<T> own(Mono<T> call) {
        return observer.fromCaller(call.onErrorStop());
    }

    private <T> Flux<T> own(Flux<T> call) {
        return observer.fromCaller(call.onErrorStop());
    }

    /** An error is signalled without demand, which a map would wait for. */
    private static Mono<StoppedTask> stoppedOrError(StopResult result) {
        return result instanceof Stopped stopped
                ? Mono.just(stopped.task())
                : Mono.error(() -> StopResults.error(result));
    }
}
