package dev.taskstop.kafka;

import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Answers every stop as it is told at the moment: with a status, and not before a gate is opened. */
final class StubServer implements AutoCloseable {

    private static final String PATH = "api/tasks/";

    private final AtomicInteger requests = new AtomicInteger();
    private volatile int status = 200;
    private volatile Mono<Void> gate = Mono.empty();
    private final DisposableServer server = HttpServer.create()
            .host("127.0.0.1")
            .route(routes -> routes.route(request -> request.path().startsWith(PATH), this::answer))
            .bindNow();

    URI baseUrl() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    int requests() {
        return requests.get();
    }

    void answerWith(int newStatus) {
        status = newStatus;
    }

    /** Lets requests wait from now on until the gate is opened. */
    Sinks.Empty<Void> stall() {
        Sinks.Empty<Void> closed = Sinks.empty();
        gate = closed.asMono();
        return closed;
    }

    private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        String body = "{\"task\":{\"id\":\"%s\",\"status\":\"stopped\"}}"
                .formatted(request.path().substring(PATH.length()));
        return request.receive()
                .then(Mono.fromRunnable(requests::incrementAndGet))
                .then(gate)
                .then(response.status(status)
                        .header("Content-Type", "application/json")
                        .sendString(Mono.just(body))
                        .then());
    }

    @Override
    public void close() {
        server.disposeNow();
    }
}
