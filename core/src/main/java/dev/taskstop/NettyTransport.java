package dev.taskstop;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.EOFException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.Http2AllocationStrategy;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.ConnectionProvider.ConnectionMetadata;
import reactor.netty.transport.AddressUtils;

/** The transport on Reactor Netty: HTTP/2 where TLS negotiates it, HTTP/1.1 else, from a pool of its own. */
final class NettyTransport implements TaskTransport {

    /** Below the idle time-outs of usual servers and balancers, so that they rarely close a connection first. */
    private static final Duration MAX_IDLE = Duration.ofSeconds(20);

    /** Eight times what Reactor Netty and Netty take: nobody needs the headers that a proxy or gateway adds. */
    private static final int MAX_HEADER_BYTES = 64 * 1024;

    private static final Duration MAX_LIFE = Duration.ofMinutes(5);
    private static final double LIFE_VARIANCE = 0.2;

    private final Origin origin;
    private final boolean priorKnowledge;
    private final Duration connectTimeout;
    private final Duration requestTimeout;
    private final UnaryOperator<HttpClient> customizer;
    private final ConnectionProvider pool;
    private final NettyClients clients;
    private final NettyStreams streams;
    private final NettyDeadlines deadlines;

    /** Checks that a pool which the customizer brings has room for the concurrency. */
    NettyTransport(
            Origin origin,
            boolean priorKnowledge,
            int concurrency,
            Duration connectTimeout,
            Duration requestTimeout,
            UnaryOperator<HttpClient> customizer) {
        this.origin = origin;
        this.priorKnowledge = priorKnowledge;
        this.connectTimeout = connectTimeout;
        this.requestTimeout = requestTimeout;
        this.customizer = customizer;
        this.deadlines = new NettyDeadlines(requestTimeout);
        this.pool = pool("taskstop", concurrency);
        this.clients = new NettyClients(
                all -> {
                    HttpClient client = client(pool, all, false);
                    checkRoom(client.configuration().connectionProvider(), concurrency);
                    return client;
                },
                all -> client(pool, all, true));
        this.streams = new NettyStreams(pool("taskstop-streams", NettyStreams.MAX_OPEN), concurrency, this::client);
    }

    /** Makes one client; called on a thread that may block, because a customizer may read certificates. */
    private HttpClient client(ConnectionProvider connections, NettyClients clients, boolean http11Only) {
        boolean neverHttp2 = http11Only || (!origin.isSecure() && !priorKnowledge);
        HttpClient base = HttpClient.create(neverHttp2 ? new NettyPool(connections) : connections)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis())
                .httpResponseDecoder(http1 -> http1.maxHeaderSize(MAX_HEADER_BYTES))
                .http2Settings(http2 -> http2.maxHeaderListSize(MAX_HEADER_BYTES))
                .headers(headers -> headers.set(HttpHeaderNames.HOST, origin.authority())
                        .set(HttpHeaderNames.USER_AGENT, origin.userAgent())
                        .set(HttpHeaderNames.ACCEPT, "application/json")
                        // Said, because a server may choose when nothing is said.
                        .set(HttpHeaderNames.ACCEPT_ENCODING, HttpHeaderValues.IDENTITY));
        if (origin.isSecure()) {
            base = base.secure().protocol(HttpProtocol.H2, HttpProtocol.HTTP11);
        } else if (priorKnowledge) {
            base = base.protocol(HttpProtocol.H2C);
        }
        // Else HTTP/1.1, which is spoken unless something else is said. To say it would read the JDK's certificates.
        HttpClient there = to(origin, customizer.apply(base));
        if (there.configuration().isAcceptGzip()) {
            there = there.headers(NettyTransport::withoutIdentity);
        }
        if (http11Only) {
            there = there.protocol(HttpProtocol.HTTP11);
        }
        // What keeps the key and the outcome safe is set last, so that no customizer can undo it.
        return there.doOnChannelInit((observer, channel, address) ->
                        NettyHttp2Connection.watch(channel.pipeline(), requestTimeout, clients, http11Only))
                .responseTimeout(null)
                .followRedirect(false)
                .disableRetry(true);
    }

    /** A customizer that asks for compression adds to what was there. */
    private static void withoutIdentity(HttpHeaders headers) {
        List<String> rest = headers.getAll(HttpHeaderNames.ACCEPT_ENCODING).stream()
                .filter(encoding -> !encoding.contentEquals(HttpHeaderValues.IDENTITY))
                .toList();
        headers.set(HttpHeaderNames.ACCEPT_ENCODING, rest);
    }

    /** Fixes the address once, so that a request says its path only: a whole address would be parsed for each. */
    private static HttpClient to(Origin origin, HttpClient client) {
        InetSocketAddress address = AddressUtils.createUnresolved(origin.host(), origin.port());
        HttpClient there = client.remoteAddress(() -> address);
        HttpClientConfig given = there.configuration();
        if (given.baseUrl() != null) {
            there = there.baseUrl("");
        }
        if (given.isSecure() != origin.isSecure()) {
            there = origin.isSecure() ? there.secure() : there.noSSL();
        }
        return there;
    }

    /** The time-out covers all of it: the wait for a connection, the writing, the head, the body. */
    @Override
    public Mono<TaskResponse> exchange(TaskRequest request) {
        return Mono.defer(() -> {
            NettyExchange exchange = new NettyExchange(request);
            return clients.with(client -> client.send(request, exchange, exchange::read))
                    // After a cancel or the time-out, Reactor Netty may still complete, with nothing.
                    .singleOrEmpty()
                    // Not timeout, which drops an error that comes at that moment, and so logs it.
                    .takeUntilOther(deadlines.of(exchange))
                    .switchIfEmpty(Mono.error(() -> new EOFException("The connection ended without an answer")))
                    .onErrorMap(exchange::classify);
        });
    }

    /** The time-out covers all of it until the answer begins. */
    @Override
    public <T> Flux<T> stream(TaskRequest request, BiFunction<TaskResponse, Flux<byte[]>, Publisher<T>> read) {
        return Flux.defer(() -> {
            NettyExchange exchange = new NettyExchange(request);
            BiFunction<TaskResponse, Flux<byte[]>, Publisher<T>> limited =
                    StreamSilence.limited(read, StreamSilence.LIMIT);
            return streams.open(client ->
                            client.send(request, exchange, (head, content) -> exchange.stream(head, content, limited)))
                    .takeUntilOther(deadlines.of(exchange))
                    .switchIfEmpty(
                            Mono.defer(() -> exchange.isLate() ? Mono.error(TimeoutException::new) : Mono.empty()))
                    .onErrorMap(exchange::classifyStream);
        });
    }

    @Override
    public boolean marksSent() {
        return true;
    }

    @Override
    public Mono<Void> closeAsync() {
        return Mono.when(closed(pool.disposeLater()), closed(streams.closeAsync()));
    }

    /** What an event loop that has ended left open nobody can close. */
    private static Mono<Void> closed(Mono<Void> pool) {
        return pool.onErrorComplete(RejectedExecutionException.class);
    }

    /** Strict, so that those who wait share a connection that is being opened; {@code NettyPool} is for HTTP/1.1. */
    private static ConnectionProvider pool(String name, int connections) {
        return ConnectionProvider.builder(name)
                .maxConnections(connections)
                .allocationStrategy(Http2AllocationStrategy.builder()
                        .maxConnections(connections)
                        .strictConnectionReuse(true)
                        .build())
                .pendingAcquireMaxCount(-1)
                .evictionPredicate(NettyTransport::isOver)
                .maxLifeTime(MAX_LIFE)
                .maxLifeTimeVariance(LIFE_VARIANCE)
                .evictInBackground(MAX_IDLE)
                .lifo()
                .build();
    }

    /**
     * What the pool looks at by itself where nothing else is said, and besides: an event loop that has ended at once may
     * have left its connections open. To hand one over would stop the pool for good, because the loop takes no more work.
     */
    private static boolean isOver(Connection connection, ConnectionMetadata use) {
        Channel channel = connection.channel();
        return !channel.isActive()
                || channel.eventLoop().isShuttingDown()
                || !connection.isPersistent()
                || use.idleTime() >= MAX_IDLE.toMillis();
    }

    private static void checkRoom(ConnectionProvider pool, int concurrency) {
        int connections = pool.maxConnections();
        if (connections >= 0 && connections < concurrency) {
            throw new IllegalArgumentException("The connection pool given to httpClient has room for " + connections
                    + " connections, fewer than the concurrency of " + concurrency
                    + ": give it more room, or lower TaskClient.builder().concurrency");
        }
    }
}
