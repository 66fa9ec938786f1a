package dev.taskstop;

import static java.util.Objects.requireNonNull;

import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Stopped;
import java.time.Duration;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The entry to the stages: bulk stop, one stop, gate, API call. */
final class DefaultTaskClient implements TaskClient {

    private final TaskApi api;
    private final Gate gate;
    private final Duration patience;
    private final OneStop oneStop;
    private final BulkStop bulkStop;

    DefaultTaskClient(TaskApi api, Gate gate, Duration patience, OneStop oneStop, BulkStop bulkStop) {
        this.api = api;
        this.gate = gate;
        this.patience = patience;
        this.oneStop = oneStop;
        this.bulkStop = bulkStop;
    }

    @Override
    public Mono<StoppedTask> stop(String taskId) {
        requireNonNull(taskId, "taskId");
        return oneStop.stop(taskId, Batch.NONE)
                .flatMap(DefaultTaskClient::stoppedOrError)
                .onErrorStop();
    }

    @Override
    public Flux<StopResult> stopAll(Publisher<String> taskIds, StopAllOptions options) {
        requireNonNull(taskIds, "taskIds");
        requireNonNull(options, "options");
        return bulkStop.stopAll(taskIds, options).onErrorStop();
    }

    @Override
    public Mono<TaskStatus> status(String taskId) {
        String problem = TaskIds.problem(requireNonNull(taskId, "taskId"));
        if (problem != null) {
            return Mono.error(() -> TaskRequestException.refused(problem));
        }
        return gate.pass(() -> api.status(taskId), () -> patience).onErrorStop();
    }

    @Override
    public GateState gateState() {
        return gate.state();
    }

    @Override
    public Mono<Void> closeAsync() {
        return gate.closeAsync().then(api.closeAsync());
    }

    private static Mono<StoppedTask> stoppedOrError(StopResult result) {
        if (result instanceof Stopped stopped) {
            return Mono.just(stopped.task());
        }
        if (result instanceof AlreadyEnded ended) {
            return Mono.error(TaskResponseException.notActive(ended.state()));
        }
        if (result instanceof NotFound) {
            return Mono.error(TaskResponseException.notFound());
        }
        if (result instanceof Failed failed) {
            return Mono.error(failed.error());
        }
        return Mono.error(new IllegalStateException("A stop outside a batch cannot be skipped"));
    }
}
