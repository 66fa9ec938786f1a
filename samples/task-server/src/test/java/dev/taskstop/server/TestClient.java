package dev.taskstop.server;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client that does what it is told: no retries, every status is an answer. */
final class TestClient {

    static final Duration PATIENCE = Duration.ofSeconds(30);
    static final String STOP = "{\"action\":\"stop\"}";
    static final String CANCEL = "{\"action\":\"cancel\"}";
    static final String JSON = "application/json";

    private final HttpClient http;

    record Reply(int status, HttpHeaders headers, String body) {
        JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }

        String error() {
            return json().path("error").asString();
        }
    }

    TestClient(TaskServer server) {
        this(server, server.key(), HttpProtocol.HTTP11);
    }

    TestClient(TaskServer server, String key, HttpProtocol protocol) {
        this(HttpClient.create(), server, key, protocol);
    }

    /** A client that has one connection only. */
    static TestClient onOneConnection(TaskServer server, HttpProtocol protocol) {
        ConnectionProvider one = ConnectionProvider.builder("one")
                .maxConnections(1)
                .pendingAcquireMaxCount(-1)
                .build();
        return new TestClient(HttpClient.create(one), server, server.key(), protocol);
    }

    private TestClient(HttpClient base, TaskServer server, String key, HttpProtocol protocol) {
        http = base.baseUrl(server.baseUrl().toString())
                .protocol(protocol)
                .disableRetry(true)
                .headers(headers -> headers.set("Authorization", "Bearer " + key));
    }

    Mono<Reply> exchange(HttpMethod method, String path, String contentType, String body) {
        return http.headers(headers -> {
                    if (!contentType.isEmpty()) {
                        headers.set("Content-Type", contentType);
                    }
                })
                .request(method)
                .uri(path)
                .send(Mono.fromSupplier(() -> Unpooled.copiedBuffer(body, StandardCharsets.UTF_8)))
                .responseSingle((response, content) -> content.asString()
                        .defaultIfEmpty("")
                        .map(text -> new Reply(response.status().code(), response.responseHeaders(), text)));
    }

    Mono<Reply> stopping(String taskId) {
        return exchange(HttpMethod.PATCH, "/api/tasks/" + taskId, JSON, STOP);
    }

    Reply stop(String taskId) {
        return await(stopping(taskId));
    }

    Mono<Reply> cancelling(String runId) {
        return exchange(HttpMethod.PATCH, "/api/v1/tasks/" + runId, JSON, CANCEL);
    }

    Reply cancel(String runId) {
        return await(cancelling(runId));
    }

    Reply patch(String taskId, String contentType, String body) {
        return await(exchange(HttpMethod.PATCH, "/api/tasks/" + taskId, contentType, body));
    }

    Reply patchV1(String runId, String body) {
        return await(exchange(HttpMethod.PATCH, "/api/v1/tasks/" + runId, JSON, body));
    }

    Reply post(String path, String body) {
        return await(exchange(HttpMethod.POST, path, JSON, body));
    }

    Reply get(String path) {
        return await(http.get()
                .uri(path)
                .responseSingle((response, content) -> content.asString()
                        .defaultIfEmpty("")
                        .map(text -> new Reply(response.status().code(), response.responseHeaders(), text))));
    }

    static Reply await(Mono<Reply> reply) {
        return Objects.requireNonNull(reply.block(PATIENCE));
    }

    String status(String taskId) {
        return get("/api/tasks/" + taskId + "/status").json().path("status").asString();
    }

    String v1Status(String runId) {
        return get("/api/v1/tasks/" + runId + "/status").json().path("status").asString();
    }
}
