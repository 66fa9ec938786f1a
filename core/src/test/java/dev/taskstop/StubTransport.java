package dev.taskstop;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A transport that answers from a script: each task gets its replies in turn, and the last one ever after. */
final class StubTransport implements TaskTransport {

    /** What comes of one request. */
    interface Reply {
        Mono<TaskResponse> to(TaskRequest request, String taskId);

        default Reply after(Duration delay) {
            return (request, taskId) -> Mono.delay(delay).then(to(request, taskId));
        }
    }

    private final Map<String, List<Reply>> script = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    final List<String> requests = new CopyOnWriteArrayList<>();
    final AtomicInteger cancelled = new AtomicInteger();
    final AtomicInteger peak = new AtomicInteger();

    StubTransport() {
        onStop(stopped());
        onStatus(status("processing"));
    }

    StubTransport onStop(Reply... replies) {
        script.put("PATCH", List.of(replies));
        return this;
    }

    StubTransport onStop(String taskId, Reply... replies) {
        script.put("PATCH " + taskId, List.of(replies));
        return this;
    }

    StubTransport onStatus(Reply... replies) {
        script.put("GET", List.of(replies));
        return this;
    }

    /** A client on this transport, with waits that a test can count on. */
    TaskClientBuilder client() {
        return TaskClient.builder()
                .apiKey("bb_test")
                .transport(this)
                .retry(StopRetry.defaults().withJitter(0));
    }

    long stopRequests() {
        return requests.stream().filter(r -> r.startsWith("PATCH")).count();
    }

    long statusRequests() {
        return requests.stream().filter(r -> r.startsWith("GET")).count();
    }

    @Override
    public Mono<TaskResponse> exchange(TaskRequest request) {
        return Mono.defer(() -> {
            String taskId = Path.of(request.uri().getPath()).getName(2).toString();
            String call = request.method() + " " + taskId;
            requests.add(call);
            List<Reply> replies = script.getOrDefault(call, script.getOrDefault(request.method(), List.of()));
            int nth = counts.computeIfAbsent(call, c -> new AtomicInteger()).getAndIncrement();
            peak.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
            AtomicBoolean ended = new AtomicBoolean();
            return replies.get(Math.min(nth, replies.size() - 1))
                    .to(request, taskId)
                    .doOnTerminate(() -> {
                        if (ended.compareAndSet(false, true)) {
                            inFlight.decrementAndGet();
                        }
                    })
                    .doOnCancel(() -> {
                        if (ended.compareAndSet(false, true)) {
                            inFlight.decrementAndGet();
                            cancelled.incrementAndGet();
                        }
                    });
        });
    }

    static Reply stopped() {
        return (request, taskId) -> Mono.just(response(200, """
                {"message":"Task stopped successfully","task":{"id":"%s","userId":"user@example.com",\
                "status":"stopped","error":"Task was stopped by user",\
                "updatedAt":"2024-01-15T10:30:00.000Z","completedAt":"2024-01-15T10:30:00.000Z"}}""".formatted(taskId)));
    }

    static Reply status(String state) {
        return (request, taskId) -> Mono.just(
                response(200, """
                {"taskId":"%s","status":"%s","progress":45,"isDone":%b,"error":null,\
                "createdAt":"2024-01-15T10:00:00.000Z","updatedAt":null,"completedAt":null}""".formatted(taskId, state, TaskState.of(state).isEnded())));
    }

    static Reply answer(int status, String body, String... headers) {
        return (request, taskId) -> Mono.just(response(status, body, headers));
    }

    static Reply answer(int status) {
        return answer(status, "{\"error\":\"no\"}");
    }

    static Reply lost() {
        return (request, taskId) ->
                Mono.error(() -> TaskRequestException.noAnswer(request, new java.io.IOException("reset")));
    }

    static Reply notSent() {
        return (request, taskId) ->
                Mono.error(() -> TaskRequestException.notSent(request, new java.net.ConnectException("refused")));
    }

    static Reply silence() {
        return (request, taskId) -> Mono.never();
    }

    static TaskResponse response(int status, String body, String... headers) {
        Map<String, @Nullable String> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < headers.length; i += 2) {
            byName.put(headers[i], headers[i + 1]);
        }
        return new TaskResponse(status, byName::get, body.getBytes(StandardCharsets.UTF_8), false);
    }
}
