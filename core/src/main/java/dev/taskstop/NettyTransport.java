package dev.taskstop;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.timeout.ReadTimeoutException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.Connection;
import reactor.netty.NettyOutbound;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.Http2AllocationStrategy;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClient.RequestSender;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.transport.AddressUtils;

/** The transport on Reactor Netty: HTTP/2 where TLS negotiates it, HTTP/1.1 else, from a pool of its own. */
final class NettyTransport implements TaskTransport {

    /** Below the idle time-outs of usual servers and balancers, so that they rarely close a connection first. */
    private static final Duration MAX_IDLE = Duration.ofSeconds(20);

    private static final Duration MAX_LIFE = Duration.ofMinutes(5);
    private static final double LIFE_VARIANCE = 0.2;

    private final ConnectionProvider pool;
    private final HttpClient client;
    private final Map<String, Sender> senders = new ConcurrentHashMap<>();
    private final Duration requestTimeout;
    private final Consumer<Connection> limitTime;
    private final NettyStreams streams;

    /** Checks that a pool which the customizer brings has room for the concurrency. */
    NettyTransport(
            Origin origin,
            boolean priorKnowledge,
            int concurrency,
            Duration connectTimeout,
            Duration requestTimeout,
            UnaryOperator<HttpClient> customizer) {
        this.requestTimeout = requestTimeout;
        this.limitTime = connection -> Http1Guard.limit(connection, requestTimeout);
        this.pool = pool("taskstop", concurrency);
        Function<ConnectionProvider, HttpClient> clients =
                connections -> client(connections, origin, priorKnowledge, connectTimeout, requestTimeout, customizer);
        this.client = clients.apply(pool);
        checkRoom(client.configuration().connectionProvider(), concurrency);
        this.streams = new NettyStreams(
                pool("taskstop-streams", NettyStreams.MAX_OPEN), concurrency, NettyStreams.MAX_SILENCE, clients);
    }

    private static HttpClient client(
            ConnectionProvider pool,
            Origin origin,
            boolean priorKnowledge,
            Duration connectTimeout,
            Duration requestTimeout,
            UnaryOperator<HttpClient> customizer) {
        HttpClient base = HttpClient.create(pool)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis())
                .headers(headers -> headers.set(HttpHeaderNames.HOST, origin.authority())
                        .set(HttpHeaderNames.USER_AGENT, origin.userAgent())
                        .set(HttpHeaderNames.ACCEPT, "application/json"));
        if (origin.isSecure()) {
            base = base.secure().protocol(HttpProtocol.H2, HttpProtocol.HTTP11);
        } else {
            base = base.protocol(priorKnowledge ? HttpProtocol.H2C : HttpProtocol.HTTP11);
        }
        // What keeps the key and the outcome safe is set last, so that no customizer can undo it.
        return to(origin, customizer.apply(base))
                .doOnChannelInit((observer, channel, address) ->
                        Silence.watch(channel.pipeline(), requestTimeout, priorKnowledge))
                .responseTimeout(requestTimeout)
                .followRedirect(false)
                .disableRetry(true);
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

    /** Requests of one method mostly have one body, so that all but the path and the key is put together once. */
    private RequestSender sender(TaskRequest request) {
        Sender known = senders.get(request.method());
        if (known == null || known.body != request.body()) {
            known = new Sender(request.body(), sender(client, request));
            senders.put(request.method(), known);
        }
        return known.sender;
    }

    private static RequestSender sender(HttpClient client, TaskRequest request) {
        byte[] body = request.body();
        HttpClient worded = body == null
                ? client
                : client.headers(headers -> headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                        .set(HttpHeaderNames.CONTENT_LENGTH, body.length));
        return worded.request(HttpMethod.valueOf(request.method()));
    }

    @Override
    public Mono<TaskResponse> exchange(TaskRequest request) {
        return Mono.defer(() -> {
            Exchange exchange = new Exchange(request);
            return sender(request)
                    .uri(request.target())
                    .send(exchange::write)
                    .response(exchange::read)
                    .single()
                    // An answer that comes just as its subscriber goes would keep its connection for ever.
                    .doOnDiscard(Connection.class, Connection::dispose)
                    .onErrorMap(exchange::classify);
        });
    }

    @Override
    public <T> Flux<T> stream(TaskRequest request, BiFunction<TaskResponse, Flux<byte[]>, Publisher<T>> read) {
        return streams.open(http -> {
            Exchange exchange = new Exchange(request);
            return sender(http, request)
                    .uri(request.target())
                    .send(exchange::write)
                    .response((head, content) -> exchange.stream(head, content, read))
                    .doOnDiscard(Connection.class, Connection::dispose)
                    .onErrorMap(exchange::wasNotSent, failure -> TaskRequestException.notSent(request, failure));
        });
    }

    @Override
    public boolean marksSent() {
        return true;
    }

    @Override
    public Mono<Void> closeAsync() {
        return Mono.when(pool.disposeLater(), streams.closeAsync());
    }

    private static ConnectionProvider pool(String name, int connections) {
        return ConnectionProvider.builder(name)
                .maxConnections(connections)
                .allocationStrategy(Http2AllocationStrategy.builder()
                        .maxConnections(connections)
                        .strictConnectionReuse(true)
                        .build())
                .pendingAcquireMaxCount(-1)
                .maxIdleTime(MAX_IDLE)
                .maxLifeTime(MAX_LIFE)
                .maxLifeTimeVariance(LIFE_VARIANCE)
                .evictInBackground(MAX_IDLE)
                .lifo()
                .build();
    }

    private static void checkRoom(ConnectionProvider pool, int concurrency) {
        int connections = pool.maxConnections();
        if (connections >= 0 && connections < concurrency) {
            throw new IllegalArgumentException("The connection pool given to httpClient has room for " + connections
                    + " connections, fewer than the concurrency of " + concurrency
                    + ": give it more room, or lower TaskClient.builder().concurrency");
        }
    }

    /** What the requests of one method and body have in common. */
    private static final class Sender {

        private final byte @Nullable [] body;
        private final RequestSender sender;

        Sender(byte @Nullable [] body, RequestSender sender) {
            this.body = body;
            this.sender = sender;
        }
    }

    /** A request leaves, or fails before; whichever comes first. */
    private enum Stage {
        WAITING,
        SENT,
        NOT_SENT
    }

    /** One request on its way: whether it has left decides what a failure means. */
    private final class Exchange {

        private final TaskRequest request;

        private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);
        private volatile @Nullable NettyOutbound sent;

        Exchange(TaskRequest request) {
            this.request = request;
        }

        /** Called when there is a connection; at times after a failure to connect, which then has been told already. */
        Publisher<Void> write(HttpClientRequest head, NettyOutbound outbound) {
            request.markSent();
            if (!stage.compareAndSet(Stage.WAITING, Stage.SENT) && stage.get() == Stage.NOT_SENT) {
                outbound.withConnection(Connection::dispose);
                return Mono.never();
            }
            sent = outbound;
            withConnection(limitTime);
            head.requestHeaders().set(HttpHeaderNames.AUTHORIZATION, request.authorization());
            byte[] body = request.body();
            return body == null ? outbound : outbound.sendObject(Unpooled.wrappedBuffer(body));
        }

        Publisher<TaskResponse> read(HttpClientResponse head, ByteBufFlux content) {
            if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
                return Mono.error(() -> new ProtocolException("What comes before an answer came as the answer"));
            }
            withConnection(limitTime);
            ResponseBody body = new ResponseBody(request.maxBodyBytes(), requestTimeout);
            return content.any(body::addAndTestIfTooLarge)
                    .map(truncated -> new TaskResponse(
                            head.status().code(), head.responseHeaders()::get, body.toByteArray(), truncated));
        }

        <T> Publisher<T> stream(
                HttpClientResponse head,
                ByteBufFlux content,
                BiFunction<TaskResponse, Flux<byte[]>, Publisher<T>> read) {
            int status = head.status().code();
            if (status < 200 || status > 299) {
                return Mono.from(read(head, content)).flatMapMany(refusal -> read.apply(refusal, Flux.empty()));
            }
            TaskResponse begun = new TaskResponse(status, head.responseHeaders()::get, new byte[0], false);
            // Deferred, since only what fails once it is subscribed to gives its connection back.
            return Flux.defer(() -> read.apply(begun, content.asByteArray()));
        }

        /** What is written before a proxy has let the connection through is not sent. */
        Throwable classify(Throwable failure) {
            if (failure instanceof ReadTimeoutException) {
                withConnection(connection -> Silence.probeIfTooLong(connection.channel()));
            }
            return wasNotSent(failure)
                    ? TaskRequestException.notSent(request, failure)
                    : TaskRequestException.noAnswer(request, failure);
        }

        /** Does nothing where there never was a connection. */
        private void withConnection(Consumer<Connection> action) {
            NettyOutbound outbound = sent;
            if (outbound != null) {
                outbound.withConnection(action);
            }
        }

        boolean wasNotSent(Throwable failure) {
            return stage.compareAndSet(Stage.WAITING, Stage.NOT_SENT) || failure instanceof ProxyConnectException;
        }
    }
}
