package dev.taskstop;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** One call of the API: the dialect words the request, the transport carries it, the dialect reads the answer. */
final class TaskApi {

    private final TaskDialect dialect;
    private final Origin origin;
    private final TaskTransport transport;
    private final Scheduler clock;

    TaskApi(TaskDialect dialect, Origin origin, TaskTransport transport, Scheduler clock) {
        this.dialect = dialect;
        this.origin = origin;
        this.transport = transport;
        this.clock = clock;
    }

    /** Sends one stop request; every failure is a {@link TaskException}. */
    Mono<StoppedTask> stop(String taskId) {
        TaskRequest request = dialect.stopRequest(origin, taskId);
        return exchange(request, response -> dialect.readStopped(request, response, taskId));
    }

    /** Asks once how a task is; every failure is a {@link TaskException}. */
    Mono<TaskStatus> status(String taskId) {
        TaskRequest request = dialect.statusRequest(origin, taskId);
        return exchange(request, response -> dialect.readStatus(request, response, taskId));
    }

    Mono<Void> closeAsync() {
        return transport.closeAsync();
    }

    private <T> Mono<T> exchange(TaskRequest request, Function<TaskResponse, T> read) {
        return transport
                .exchange(request)
                .switchIfEmpty(Mono.error(() -> new IllegalStateException("The transport completed without an answer")))
                .onErrorMap(e -> !(e instanceof TaskException), e -> TaskRequestException.noAnswer(request, e))
                .map(response -> {
                    if (response.isSuccess()) {
                        return read.apply(response);
                    }
                    throw dialect.readRefusal(request, response, now());
                });
    }

    private Instant now() {
        return Instant.ofEpochMilli(clock.now(TimeUnit.MILLISECONDS));
    }
}
