package dev.taskstop;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;

/**
 * The HTTP client of what streams: it has a pool of its own, so that a stream, which over HTTP/1.1 keeps a connection
 * for as long as it is open, takes none that a stop needs. Made when the first stream is opened.
 */
final class NettyStreams {

    /** Held for as long as somebody wants them; the bound is there for what opens them without an end. */
    static final int MAX_OPEN = 10_000;

    /**
     * How long a stream may be silent. A task may well be, and then the stream is opened again at the cost of one
     * request; a peer that vanished without a word is noticed. Keep-alive probes of TCP would tell nothing of what is
     * behind a proxy, and begin after two hours where they are not tuned. Shorter than the four minutes and more after
     * which usual networks forget a silent connection.
     */
    static final Duration MAX_SILENCE = Duration.ofMinutes(2);

    private final ConnectionProvider pool;
    private final Duration maxSilence;
    private final Mono<Client> client;
    private final AtomicInteger open = new AtomicInteger();

    /**
     * Creates the streams.
     *
     * @param concurrency what others need of a pool that is not the streams' own
     * @param clients makes a client for a pool; its time-out is for the beginning of an answer
     */
    NettyStreams(
            ConnectionProvider pool,
            int concurrency,
            Duration maxSilence,
            Function<ConnectionProvider, HttpClient> clients) {
        this.pool = pool;
        this.maxSilence = maxSilence;
        this.client = Mono.fromCallable(() -> {
                    HttpClient http = clients.apply(pool)
                            .headers(headers -> headers.set(HttpHeaderNames.ACCEPT, "text/event-stream"))
                            .doOnResponse(this::allowSilence);
                    return new Client(http, room(http.configuration().connectionProvider(), concurrency));
                })
                // A customizer may read certificates; the first stream may be opened on a thread that must not block.
                .subscribeOn(Schedulers.boundedElastic())
                .cache();
    }

    <T> Flux<T> open(Function<HttpClient, Flux<T>> stream) {
        return client.flatMapMany(known -> Flux.using(
                () -> enter(known.room()), place -> stream.apply(known.http()), place -> open.decrementAndGet()));
    }

    Mono<Void> closeAsync() {
        return pool.disposeLater();
    }

    private int room(ConnectionProvider used, int concurrency) {
        boolean shared = used != pool && used.maxConnections() >= 0;
        return shared ? Math.min(MAX_OPEN, used.maxConnections() - concurrency) : MAX_OPEN;
    }

    private int enter(int room) {
        int opened = open.incrementAndGet();
        if (opened > room) {
            open.decrementAndGet();
            throw TaskRequestException.refused("Nothing was sent: the client has room for " + Math.max(0, room)
                    + " log streams at once. A pool given to httpClient has to have room for them beside the"
                    + " concurrency");
        }
        return opened;
    }

    private void allowSilence(HttpClientResponse head, Connection connection) {
        ChannelPipeline pipeline = connection.channel().pipeline();
        if (head.status().code() / 100 != 2) {
            return;
        }
        Http1Guard.noLimit(connection);
        if (pipeline.get(NettyPipeline.ResponseTimeoutHandler) != null) {
            pipeline.replace(
                    NettyPipeline.ResponseTimeoutHandler,
                    NettyPipeline.ResponseTimeoutHandler,
                    new ReadTimeoutHandler(maxSilence.toMillis(), TimeUnit.MILLISECONDS));
        }
    }

    private record Client(HttpClient http, int room) {}
}
