package dev.taskstop.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.Http2AllocationStrategy;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** The loop that one writes oneself: Reactor Netty's client in a {@code flatMap}, no retry, no time-out. */
final class ReactorNettyContender implements Contender {

    private static final Duration CLOSING = Duration.ofSeconds(10);
    private static final int STREAMS_A_CONNECTION = 100;
    private static final byte[] BODY = Target.STOP_BODY.getBytes(UTF_8);

    private final Target target;
    private final ConnectionProvider pool;
    private final HttpClient client;

    ReactorNettyContender(Target target) {
        this.target = target;
        this.pool = pool(target);
        this.client = client(target, pool);
    }

    /** An allocation strategy for HTTP/2 would bind HTTP/1.1, too: to one connection. */
    static ConnectionProvider pool(Target target) {
        ConnectionProvider.Builder pool = ConnectionProvider.builder("contender")
                .maxConnections(target.inFlight())
                .pendingAcquireMaxCount(-1)
                .lifo();
        int connections = (target.inFlight() + STREAMS_A_CONNECTION - 1) / STREAMS_A_CONNECTION;
        return target.protocol() == Protocol.HTTP_1
                ? pool.build()
                : pool.allocationStrategy(Http2AllocationStrategy.builder()
                                .maxConnections(connections)
                                .build())
                        .build();
    }

    static HttpClient client(Target target, ConnectionProvider pool) {
        return withoutHeaders(target, pool)
                .headers(headers -> headers.set(HttpHeaderNames.AUTHORIZATION, target.authorization())
                        .set(HttpHeaderNames.ACCEPT, Target.CONTENT_TYPE)
                        .set(HttpHeaderNames.CONTENT_TYPE, Target.CONTENT_TYPE)
                        .set(HttpHeaderNames.CONTENT_LENGTH, BODY.length));
    }

    static HttpClient withoutHeaders(Target target, ConnectionProvider pool) {
        HttpClient client = HttpClient.create(pool).disableRetry(true);
        return switch (target.protocol()) {
            case HTTP_1 -> client.protocol(HttpProtocol.HTTP11);
            case HTTP_2 -> client.protocol(HttpProtocol.H2C);
            case HTTP_2_TLS -> Trust.of(target.certificate(), client.protocol(HttpProtocol.H2));
        };
    }

    @Override
    public long stop(Iterator<String> ids) {
        return Objects.requireNonNull(Flux.fromIterable(() -> ids)
                .flatMap(this::stop, target.inFlight())
                .count()
                .block());
    }

    private Mono<StopAnswer.Task> stop(String id) {
        return client.request(HttpMethod.PATCH)
                .uri(target.stopUri(id))
                .send((request, outbound) -> outbound.sendObject(Unpooled.wrappedBuffer(BODY)))
                .responseSingle((head, content) -> content.asByteArray()
                        .map(body -> StopAnswer.read(head.status().code(), body, id)));
    }

    @Override
    public void close() {
        pool.disposeLater().block(CLOSING);
    }
}
