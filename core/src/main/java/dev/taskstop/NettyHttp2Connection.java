package dev.taskstop;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.channels.NotYetConnectedException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection that is of no more use. One that has gone silent: a request that times out ends its stream only, and
 * the next would be sent over the same dead connection. One that does not begin within the time for an answer. One
 * that the server told to go, when its streams have ended. And it tells what was negotiated.
 *
 * <p>Written by hand because of Reactor Netty 1.3.7: its {@code pingAckTimeout} only probes a connection that is idle,
 * and a connection that got a GOAWAY leaves the pool for HTTP/2 but keeps its place among the connections until the
 * server closes it. It goes when {@code ReactorNettyTest} fails in both.
 */
final class NettyHttp2Connection extends ChannelInboundHandlerAdapter {

    private static final long MAX_NANOS_TO_PONG = Duration.ofSeconds(1).toNanos();

    private final long limitNanos;
    private final NettyClients clients;
    private final boolean http11Only;
    private long since = System.nanoTime();
    private boolean begun;
    private boolean probing;
    private boolean counted;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Http2Connection http2;

    private NettyHttp2Connection(Duration limit, NettyClients clients, boolean http11Only) {
        this.limitNanos = limit.toNanos();
        this.clients = clients;
        this.http11Only = http11Only;
    }

    /** Looks at what comes on a connection, behind TLS where there is TLS. */
    static void watch(ChannelPipeline pipeline, Duration limit, NettyClients clients, boolean http11Only) {
        NettyHttp2Connection watching = new NettyHttp2Connection(limit, clients, http11Only);
        ChannelHandlerContext tls = pipeline.context(SslHandler.class);
        if (tls == null) {
            pipeline.addFirst(watching);
        } else {
            pipeline.addAfter(tls.name(), null, watching);
        }
        clients.connects();
        ChannelFuture unused = pipeline.channel().closeFuture().addListener(closed -> clients.ended());
    }

    /**
     * Looks at the connection of a request that got no answer in time. It is asked for a sign of life, unless bytes
     * came; and where not even the request could be written, it is given no other.
     */
    static void timedOut(Channel stream, boolean written) {
        Channel connection = stream.parent();
        if (connection == null) {
            return;
        }
        connection.eventLoop().execute(() -> {
            NettyHttp2Connection watching = connection.pipeline().get(NettyHttp2Connection.class);
            if (watching != null) {
                watching.timedOut(written);
            }
        });
    }

    private void timedOut(boolean written) {
        if (context == null) {
            return;
        }
        if (System.nanoTime() - since >= limitNanos) {
            probe(context);
        }
        if (!written && http2 != null && !http2.goAwayReceived()) {
            try {
                // As Netty does where a connection has no more ids: what can carry nothing more counts as told to go.
                http2.goAwayReceived(Integer.MAX_VALUE, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER);
            } catch (Http2Exception e) {
                end(context);
            }
        }
    }

    /** A server that only takes long for its answers still answers a ping at once. */
    private void probe(ChannelHandlerContext connection) {
        if (probing) {
            return;
        }
        probing = true;
        long before = since;
        ChannelFuture sent = connection.channel().writeAndFlush(new DefaultHttp2PingFrame(before));
        ScheduledFuture<?> unused = sent.channel()
                .eventLoop()
                .schedule(
                        () -> {
                            probing = false;
                            if (since == before) {
                                end(connection);
                            }
                        },
                        Math.min(limitNanos, MAX_NANOS_TO_PONG),
                        NANOSECONDS);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelActive(ChannelHandlerContext connection) {
        // Behind TLS the handlers of HTTP/2 come with the handshake.
        begin(connection);
        connection.fireChannelActive();
    }

    /** Epoll at times reads before there is a connection; whether there will be one is told by its future. */
    @Override
    public void exceptionCaught(ChannelHandlerContext connection, Throwable failure) {
        if (!(failure instanceof NotYetConnectedException)) {
            connection.fireExceptionCaught(failure);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext connection, Object event) {
        SslHandler tls = connection.pipeline().get(SslHandler.class);
        if (event != SslHandshakeCompletionEvent.SUCCESS || tls == null) {
            connection.fireUserEventTriggered(event);
            return;
        }
        boolean overHttp2 = ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol());
        clients.negotiated(overHttp2);
        if (overHttp2 && http11Only) {
            end(connection);
            return;
        }
        connection.fireUserEventTriggered(event);
        begin(connection);
    }

    @Override
    public void channelRead(ChannelHandlerContext connection, Object message) {
        since = System.nanoTime();
        if (!begun) {
            begun = true;
            if (http2 != null) {
                counted = true;
                clients.opened();
            }
        }
        connection.fireChannelRead(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext connection) {
        if (counted) {
            counted = false;
            clients.closed();
        }
        connection.fireChannelInactive();
    }

    /** A server speaks HTTP/2 without being asked: its settings come first. */
    private void begin(ChannelHandlerContext connection) {
        Http2FrameCodec codec = connection.pipeline().get(Http2FrameCodec.class);
        if (codec == null || http2 != null) {
            return;
        }
        http2 = codec.connection();
        http2.addListener(new Ends(connection, http2));
        codec.gracefulShutdownTimeoutMillis(NANOSECONDS.toMillis(limitNanos));
        ScheduledFuture<?> unused = connection
                .executor()
                .schedule(
                        () -> {
                            if (!begun) {
                                end(connection);
                            }
                        },
                        limitNanos,
                        NANOSECONDS);
    }

    /** Past Netty's own close, which waits for the streams. */
    private static void end(ChannelHandlerContext connection) {
        ChannelFuture unused = connection.close();
    }

    /** Closes a connection that was told to go, when the last of its streams has ended. */
    private static final class Ends extends Http2ConnectionAdapter {

        private final ChannelHandlerContext connection;
        private final Http2Connection http2;

        Ends(ChannelHandlerContext connection, Http2Connection http2) {
            this.connection = connection;
            this.http2 = http2;
        }

        @Override
        public void onGoAwayReceived(int lastStream, long error, ByteBuf text) {
            endWhenIdle();
        }

        @Override
        public void onStreamRemoved(Http2Stream stream) {
            if (http2.goAwayReceived()) {
                endWhenIdle();
            }
        }

        /** Later, because what is just being told is of use to the stream that ends. */
        private void endWhenIdle() {
            connection.executor().execute(() -> {
                if (http2.numActiveStreams() == 0) {
                    ChannelFuture unused = connection.channel().close();
                }
            });
        }
    }
}
