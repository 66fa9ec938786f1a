package dev.taskstop;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * The HTTP clients of what streams: they have a pool of their own, so that a stream, which over HTTP/1.1 keeps a
 * connection for as long as it is open, takes none that a stop needs. Made when the first stream is opened.
 */
final class NettyStreams {

    /** Held for as long as somebody wants them; the bound is there for what opens them without an end. */
    static final int MAX_OPEN = 10_000;

    /** Makes a client for a pool. */
    interface Maker {
        HttpClient client(ConnectionProvider pool, NettyClients clients, boolean http11Only);
    }

    private final ConnectionProvider pool;
    private final Mono<Room> room;
    private final AtomicInteger open = new AtomicInteger();

    /**
     * Creates the streams.
     *
     * @param concurrency what others need of a pool that is not the streams' own
     */
    NettyStreams(ConnectionProvider pool, int concurrency, Maker maker) {
        this.pool = pool;
        this.room = Guard.mono(() -> {
                    AtomicInteger places = new AtomicInteger();
                    NettyClients clients = new NettyClients(
                            all -> {
                                HttpClient http = maker.client(pool, all, false);
                                places.set(room(http.configuration().connectionProvider(), concurrency));
                                return streaming(http);
                            },
                            all -> streaming(maker.client(pool, all, true)));
                    return Mono.just(new Room(clients, places.get()));
                })
                // A customizer may read certificates; the first stream may be opened on a thread that must not block.
                .subscribeOn(Schedulers.boundedElastic())
                .cache();
    }

    private static HttpClient streaming(HttpClient http) {
        return http.headers(headers -> headers.set(HttpHeaderNames.ACCEPT, "text/event-stream"));
    }

    <T> Flux<T> open(Function<NettyClient, Flux<T>> stream) {
        return Guard.mono(() -> room)
                .flatMapMany(known -> Flux.using(
                        () -> enter(known.places()),
                        place -> known.clients().with(stream),
                        place -> open.decrementAndGet()));
    }

    Mono<Void> closeAsync() {
        return pool.disposeLater();
    }

    private int room(ConnectionProvider used, int concurrency) {
        boolean own = used == pool || used instanceof NettyPool;
        return own || used.maxConnections() < 0 ? MAX_OPEN : Math.min(MAX_OPEN, used.maxConnections() - concurrency);
    }

    private int enter(int places) {
        int opened = open.incrementAndGet();
        if (opened > places) {
            open.decrementAndGet();
            throw TaskRequestException.refused("Nothing was sent: the client has room for " + Math.max(0, places)
                    + " log streams at once. A pool given to httpClient has to have room for them beside the"
                    + " concurrency");
        }
        return opened;
    }

    private record Room(NettyClients clients, int places) {}
}
