package dev.taskstop.benchmarks;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** A server whose answers to stops are up to a script; every task that is asked about is running. */
final class ScriptedServer implements AutoCloseable {

    /** What a stop is answered with. */
    interface Script {
        /** Gives the status of the answer, when it is time for it; never for a task that is not answered. */
        Mono<Integer> stop(String taskId);
    }

    private static final String STOPPED = "{\"task\":{\"id\":\"%s\",\"status\":\"stopped\"}}";
    private static final String RUNNING = "{\"taskId\":\"%s\",\"status\":\"processing\",\"isDone\":false}";
    private static final String FAILED = "{\"error\":\"%s failed\"}";

    private final Script script;
    private final Duration latency;
    private final LongAdder stops = new LongAdder();
    private final DisposableServer server;

    /**
     * Starts it on a free port of this machine.
     *
     * @param latency of the answers to questions
     */
    ScriptedServer(Duration latency, Script script) {
        this.latency = latency;
        this.script = script;
        this.server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .route(routes -> routes.route(request -> request.method().name().equals("PATCH"), this::stop)
                        .get("/api/tasks/{id}/status", this::status))
                .bindNow();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    long stops() {
        return stops.sum();
    }

    private Mono<Void> stop(HttpServerRequest request, HttpServerResponse response) {
        stops.increment();
        String taskId = request.path().substring(request.path().lastIndexOf('/') + 1);
        return script.stop(taskId)
                .flatMap(status -> send(response, status, (status == 200 ? STOPPED : FAILED).formatted(taskId)));
    }

    private Mono<Void> status(HttpServerRequest request, HttpServerResponse response) {
        String taskId = Objects.requireNonNull(request.param("id"));
        return Mono.delay(latency).then(Mono.defer(() -> send(response, 200, RUNNING.formatted(taskId))));
    }

    private static Mono<Void> send(HttpServerResponse response, int status, String body) {
        return response.status(status)
                .header("Content-Type", "application/json")
                .sendString(Mono.just(body))
                .then();
    }

    @Override
    public void close() {
        server.disposeNow();
    }
}
