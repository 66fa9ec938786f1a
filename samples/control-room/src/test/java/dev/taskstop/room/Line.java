package dev.taskstop.room;

import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/** What lies between the control room and the task server of the moment: it holds stops back, or fails them. */
final class Line implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** Its own, because the application takes the shared ones with it when it ends. */
    private final LoopResources loops = LoopResources.create("line", 1, true);

    private final ConnectionProvider connections = ConnectionProvider.create("line");
    private final HttpClient client = HttpClient.create(connections).runOn(loops);
    private final DisposableServer server;
    private volatile URI target = URI.create("http://127.0.0.1:1");
    private volatile Hold hold = new Hold(Integer.MAX_VALUE);
    private volatile Hold listHold = new Hold(Integer.MAX_VALUE);
    private volatile Predicate<String> failing = path -> false;
    private volatile Predicate<String> forgetful = path -> false;

    /** Lets so many stops pass, and keeps the others until it is released. */
    private static final class Hold {
        private final AtomicInteger left;
        private final Sinks.Empty<Void> released = Sinks.empty();

        Hold(int stops) {
            this.left = new AtomicInteger(stops);
        }

        Mono<Void> turn() {
            return left.getAndDecrement() > 0 ? Mono.empty() : released.asMono();
        }
    }

    Line() {
        server = HttpServer.create()
                .runOn(loops)
                .host("127.0.0.1")
                .port(0)
                .handle(this::pass)
                .bindNow(LIMIT);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    /** Leads to another server, without faults, and holds nothing back. */
    void leadTo(URI newTarget) {
        target = newTarget;
        release();
        failing = path -> false;
        forgetful = path -> false;
    }

    /** Lets only so many stops pass. */
    void holdAfter(int stops) {
        hold = new Hold(stops);
    }

    /** Lets no list pass. */
    void holdLists() {
        listHold = new Hold(0);
    }

    /** Lets pass what was held back, and what comes. */
    void release() {
        List<Hold> released = List.of(hold, listHold);
        hold = new Hold(Integer.MAX_VALUE);
        listHold = new Hold(Integer.MAX_VALUE);
        released.forEach(it -> it.released.tryEmitEmpty());
    }

    /** Which stops get a 500 and have no effect, by their path. */
    void failing(Predicate<String> paths) {
        failing = paths;
    }

    /** Which stops get a 500 and have their effect all the same. */
    void forgetful(Predicate<String> paths) {
        forgetful = paths;
    }

    private Flux<Void> pass(HttpServerRequest request, HttpServerResponse response) {
        if (!request.method().equals(HttpMethod.PATCH)) {
            boolean isList = request.uri().startsWith("/api/tasks?");
            return (isList ? listHold.turn() : Mono.<Void>empty())
                    .thenMany(Flux.defer(() -> forward(request, response, false)));
        }
        return hold.turn()
                .thenMany(Flux.defer(() -> failing.test(request.uri())
                        ? Flux.from(request.receive()
                                .then(Mono.from(response.status(500).send())))
                        : forward(request, response, forgetful.test(request.uri()))));
    }

    private Flux<Void> forward(HttpServerRequest request, HttpServerResponse response, boolean forget) {
        HttpClient.RequestSender sender = client.headers(
                        headers -> headers.setAll(request.requestHeaders()).remove("Host"))
                .request(request.method())
                .uri(target + request.uri());
        HttpClient.ResponseReceiver<?> receiver = request.method().equals(HttpMethod.GET)
                ? sender
                : sender.send(request.receive().retain());
        return receiver.response((answer, body) -> {
            response.status(forget ? 500 : answer.status().code());
            String type = answer.responseHeaders().get("Content-Type");
            response.header("Content-Type", Objects.requireNonNullElse(type, "text/plain"));
            Flux<byte[]> bytes = body.asByteArray();
            return response.sendByteArray(forget ? bytes.filter(it -> false) : bytes);
        });
    }

    @Override
    public void close() {
        server.disposeNow(LIMIT);
        connections.dispose();
        loops.dispose();
    }
}
