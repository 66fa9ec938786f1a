package dev.taskstop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A transport whose streams follow a script: each opening gets the next answer, and the last one ever after. */
final class StubLogs implements TaskTransport {

    /** What comes of one opening: a status 2xx has chunks, another one a body; a publisher that never gives one is late. */
    record Answer(TaskResponse head, Flux<String> chunks) {}

    private final List<Mono<Answer>> script = new ArrayList<>();
    final StubTransport others = new StubTransport();
    final List<Long> openedFrom = new CopyOnWriteArrayList<>();
    final AtomicInteger closed = new AtomicInteger();
    final AtomicLong requestedChunks = new AtomicLong();

    @SafeVarargs
    StubLogs(Mono<Answer>... script) {
        for (Mono<Answer> answer : script) {
            this.script.add(answer);
        }
    }

    TaskClientBuilder client() {
        return TaskClient.builder()
                .apiKey("bb_test")
                .transport(this)
                .retry(StopRetry.defaults().withJitter(0));
    }

    @Override
    public Mono<TaskResponse> exchange(TaskRequest request) {
        return others.exchange(request);
    }

    @Override
    public <T> Flux<T> stream(TaskRequest request, BiFunction<TaskResponse, Flux<byte[]>, Publisher<T>> read) {
        return Flux.defer(() -> {
            String query = request.uri().getQuery();
            openedFrom.add(query == null ? 0 : Long.valueOf(query.replaceAll("^fromIndex=(\\d+)&.*", "$1")));
            AtomicBoolean isOpen = new AtomicBoolean(true);
            Runnable close = () -> {
                if (isOpen.compareAndSet(true, false)) {
                    closed.incrementAndGet();
                }
            };
            return script.get(Math.min(openedFrom.size(), script.size()) - 1)
                    .flatMapMany(answer -> read.apply(answer.head(), chunks(answer)))
                    .doOnTerminate(close)
                    .doOnCancel(close);
        });
    }

    /** Hidden from fusion, which would bypass the demand. */
    private Flux<byte[]> chunks(Answer answer) {
        return answer.chunks().hide().doOnRequest(requestedChunks::addAndGet).map(chunk -> chunk.getBytes(UTF_8));
    }

    /** A stream that gives these chunks; the server then ends it. */
    static Mono<Answer> stream(String... chunks) {
        return stream(Flux.just(chunks));
    }

    static Mono<Answer> stream(Flux<String> chunks) {
        return Mono.just(new Answer(StubTransport.response(200, "", "Content-Type", "text/event-stream"), chunks));
    }

    /** A stream that goes on without a word after these chunks. */
    static Mono<Answer> open(String... chunks) {
        return stream(Flux.just(chunks).concatWith(Flux.never()));
    }

    static Mono<Answer> refusal(int status, String... headers) {
        return Mono.just(new Answer(StubTransport.response(status, "{}", headers), Flux.empty()));
    }

    static String connected() {
        return "event: connected\ndata: {}\n\n";
    }

    static String log(long index) {
        return "event: log\ndata: {\"index\":%d,\"log\":{\"type\":\"info\",\"message\":\"m%d\"}}\n\n"
                .formatted(index, index);
    }

    static String status(String state) {
        return "event: status\ndata: {\"status\":\"%s\",\"error\":null}\n\n".formatted(state);
    }

    static String complete(String state) {
        return "event: complete\ndata: {\"status\":\"%s\",\"totalLogs\":2}\n\n".formatted(state);
    }

    static String error() {
        return "event: error\ndata: {\"error\":\"e\"}\n\n";
    }
}
