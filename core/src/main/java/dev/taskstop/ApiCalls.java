package dev.taskstop;

import dev.taskstop.TaskResponseException.Reason;
import java.io.EOFException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** One call of the API: the dialect words the request, the transport carries it, the dialect reads the answer. */
final class ApiCalls {

    private final TaskDialect dialect;
    private final Origin origin;
    private final ApiKey apiKey;
    private final TaskTransport transport;
    private final Scheduler clock;
    private final CallObserver observer;
    private final ApiForbidden forbidden;

    ApiCalls(
            TaskDialect dialect,
            Origin origin,
            ApiKey apiKey,
            TaskTransport transport,
            Scheduler clock,
            CallObserver observer) {
        this.dialect = dialect;
        this.origin = origin;
        this.apiKey = apiKey;
        this.transport = transport;
        this.clock = clock;
        this.observer = observer;
        this.forbidden = new ApiForbidden(dialect.refusalsBeforeQuestion());
    }

    URI baseUrl() {
        return origin.url();
    }

    /**
     * Sends one stop request; every failure is a {@link TaskException}. Gives a task that has ended: an answer that
     * shows another one says nothing about what became of it, and fails as one that cannot be read.
     *
     * @param progress is told what becomes of the request before there is a result
     * @param result makes of the task what is given
     */
    <T> Mono<T> stop(String taskId, Progress<T> progress, Function<StoppedTask, T> result) {
        TaskRequest request = dialect.stopRequest(origin, taskId).onSent(progress::left);
        return exchange(new Call<>(
                request,
                taskId,
                answer -> {
                    StoppedTask task = dialect.readStopped(answer, taskId);
                    if (!task.state().isEnded()) {
                        throw answer.unreadable("shows a task that has not ended ("
                                + task.state().kind() + ")");
                    }
                    return result.apply(task);
                },
                progress::insteadOfSending,
                progress::refused));
    }

    /** What becomes of the request of a stop. */
    interface Progress<T> {

        /** What the stop comes to when there is a key at last, but no more need to send anything; null while there is. */
        @Nullable
        T insteadOfSending();

        /** It leaves. */
        void left();

        /** It was refused by an answer; whether another key helps, or what a 403 is about, is still to be found out. */
        void refused(TaskResponseException refusal);
    }

    /** What is asked, and how its answer is read; the id is null where it is about no single task. */
    private record Call<T>(
            TaskRequest request,
            @Nullable String taskId,
            Function<Answer, T> read,
            Supplier<@Nullable T> insteadOfSending,
            Consumer<TaskResponseException> onRefusal) {}

    /** Asks once how a task is; every failure is a {@link TaskException}. */
    Mono<TaskStatus> status(String taskId) {
        TaskRequest request = dialect.statusRequest(origin, taskId);
        return exchange(about(taskId, request, answer -> dialect.readStatus(answer, taskId)));
    }

    /** Asks once for all about a task; every failure is a {@link TaskException}. */
    Mono<TaskDetails> details(String taskId) {
        TaskRequest request = dialect.detailsRequest(origin, taskId);
        return exchange(about(taskId, request, answer -> dialect.readDetails(answer, taskId)));
    }

    /** Whether a follow-up leaves the id of a stopped task as it is, and starts another one. */
    boolean followUpIsAnotherRun() {
        return dialect.followUpIsAnotherRun();
    }

    /** How lists are read piece by piece. */
    DialectPaging paging() {
        return dialect.paging();
    }

    /** The parameters of each list that a query is about; throws for a query that the API lacks. */
    List<String> listParameters(TaskQuery query) {
        return dialect.listParameters(query);
    }

    /** Asks once for a page of a list; every failure is a {@link TaskException}. */
    Mono<TaskPage> list(String parameters, long offset, int limit) {
        TaskRequest request = dialect.listRequest(origin, parameters, offset, limit);
        return exchange(about(null, request, answer -> dialect.readPage(answer, limit)));
    }

    /**
     * Opens the log stream once; every failure is a {@link TaskException}. It ends with the event that says so; the
     * server's ending it before is a failure.
     *
     * @param begun runs when the server has begun to stream
     */
    Flux<TaskLogEvent> logs(String taskId, long fromIndex, Runnable begun) {
        return Flux.defer(() -> {
            TaskRequest request = dialect.logsRequest(origin, taskId, fromIndex);
            return apiKey.get()
                    .flatMapMany(key -> open(request, key, taskId, begun)
                            .onErrorResume(
                                    ApiCalls::isKeyRefused,
                                    refusal -> apiKey.insteadOf(key)
                                            .flatMapMany(other -> open(request, other, taskId, begun))
                                            .switchIfEmpty(Flux.error(refusal))));
        });
    }

    private Flux<TaskLogEvent> open(TaskRequest request, String key, String taskId, Runnable begun) {
        return transport.<TaskLogEvent>stream(request.withAuthorization(key), (head, chunks) -> {
                    Answer answer = new Answer(request, head);
                    if (!head.isSuccess()) {
                        return Flux.error(dialect.readRefusal(answer, now()));
                    }
                    DialectLogEvents events = dialect.logEvents(answer, taskId);
                    begun.run();
                    // One chunk ahead, so that the socket is read no faster than the events are taken. What came
                    // before a failure is signalled before it, however late it is taken.
                    return chunks.concatMapDelayError(chunk -> Flux.fromIterable(events.feed(chunk)), true, 1)
                            .mapNotNull(events::read);
                })
                .concatWith(Mono.error(EOFException::new))
                .takeUntil(TaskLogEvent.Complete.class::isInstance)
                .onErrorMap(e -> !(e instanceof TaskException), e -> TaskRequestException.brokenOff(request, e));
    }

    Mono<Void> closeAsync() {
        return transport.closeAsync();
    }

    private static <T> Call<T> about(@Nullable String taskId, TaskRequest request, Function<Answer, T> read) {
        return new Call<>(request, taskId, read, () -> null, refusal -> {});
    }

    /** A refused key is replaced once, where there is another; what was asked is then asked with that one. */
    private <T> Mono<T> exchange(Call<T> call) {
        String constant = apiKey.constant();
        if (constant != null) {
            return exchange(call, constant);
        }
        return apiKey.get().flatMap(key -> {
            T instead = call.insteadOfSending().get();
            return instead == null ? exchangeWithThisOrAnother(call, key) : Mono.just(instead);
        });
    }

    private <T> Mono<T> exchangeWithThisOrAnother(Call<T> call, String key) {
        return exchange(call, key)
                .onErrorResume(
                        ApiCalls::isKeyRefused,
                        refusal -> apiKey.insteadOf(key)
                                .filter(other -> call.insteadOfSending().get() == null)
                                .flatMap(other -> exchange(call, other))
                                .switchIfEmpty(Mono.error(refusal)));
    }

    private <T> Mono<T> exchange(Call<T> call, String key) {
        TaskRequest request = call.request();
        return observer.exchange(request, transport.exchange(request.withAuthorization(key)))
                .map(response -> {
                    Answer answer = new Answer(request, response);
                    if (response.isSuccess()) {
                        forbidden.keyIsGood();
                        return call.read().apply(answer);
                    }
                    TaskResponseException refusal = dialect.readRefusal(answer, now());
                    if (ApiForbidden.showsGoodKey(refusal.reason())) {
                        forbidden.keyIsGood();
                    }
                    call.onRefusal().accept(refusal);
                    throw refusal;
                })
                .onErrorResume(
                        ApiCalls::isOpenForbidden,
                        refusal -> call.insteadOfSending().get() == null
                                ? forbidden.settle(call.taskId(), (TaskResponseException) refusal, anyList(key))
                                : Mono.error(refusal));
    }

    /** Whoever asks for it keeps the permit of the call that was refused, so that no other call goes before. */
    private Mono<TaskPage> anyList(String key) {
        TaskRequest request = dialect.probeRequest(origin);
        return exchange(about(null, request, answer -> dialect.readPage(answer, 1)), key);
    }

    private static boolean isOpenForbidden(Throwable failure) {
        return TaskResponseException.isOne(failure, Reason.FORBIDDEN) && !TaskResponseException.isAboutKey(failure);
    }

    private static boolean isKeyRefused(Throwable failure) {
        return TaskResponseException.isOne(failure, Reason.UNAUTHORIZED);
    }

    /** What time it is here. */
    Instant now() {
        return Instant.ofEpochMilli(clock.now(TimeUnit.MILLISECONDS));
    }
}
