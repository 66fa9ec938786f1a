package dev.taskstop;

import io.netty.resolver.AddressResolverGroup;
import java.net.SocketAddress;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.transport.TransportConfig;

/**
 * A pool for HTTP/1.1 that lets go of who does not wait any more: it leaves the queue, and a connection that is being
 * opened for it is kept for the next.
 *
 * <p>Written by hand because Reactor Netty 1.3.7 does not tell its pool of a cancel while a connection is waited for:
 * each request that was cancelled still gets its connection, and closes it. It goes when {@code ReactorNettyTest} fails
 * in this.
 */
final class NettyPool implements ConnectionProvider {

    private final ConnectionProvider pool;

    NettyPool(ConnectionProvider pool) {
        this.pool = pool;
    }

    @Override
    public Mono<? extends Connection> acquire(
            TransportConfig config,
            ConnectionObserver observer,
            @Nullable Supplier<? extends SocketAddress> remoteAddress,
            @Nullable AddressResolverGroup<?> resolver) {
        Mono<? extends Connection> connection = pool.acquire(config, observer, remoteAddress, resolver);
        NettyExchange exchange = observer.currentContext().getOrDefault(NettyExchange.class, null);
        return exchange == null ? connection : connection.doOnSubscribe(exchange::connects);
    }

    @Override
    public void disposeWhen(SocketAddress address) {
        pool.disposeWhen(address);
    }

    @Override
    public Mono<Void> disposeLater() {
        return pool.disposeLater();
    }

    @Override
    public boolean isDisposed() {
        return pool.isDisposed();
    }

    @Override
    public int maxConnections() {
        return pool.maxConnections();
    }

    @Override
    public @Nullable Map<SocketAddress, Integer> maxConnectionsPerHost() {
        return pool.maxConnectionsPerHost();
    }

    @Override
    public @Nullable Builder mutate() {
        return pool.mutate();
    }

    @Override
    public @Nullable String name() {
        return pool.name();
    }
}
