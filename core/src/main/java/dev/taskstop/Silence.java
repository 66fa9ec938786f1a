package dev.taskstop;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.channels.NotYetConnectedException;
import java.time.Duration;

/**
 * Ends a connection of HTTP/2 that has gone silent: a request that times out ends its stream only, and the next would be
 * sent over the same dead connection. A server that does not begin is not waited for longer than for an answer.
 */
final class Silence extends ChannelInboundHandlerAdapter {

    private static final long MAX_NANOS_TO_PONG = Duration.ofSeconds(1).toNanos();

    private final long limitNanos;
    private final boolean http2WithoutTls;
    private long since = System.nanoTime();
    private boolean begun;
    private boolean probing;

    private Silence(Duration limit, boolean http2WithoutTls) {
        this.limitNanos = limit.toNanos();
        this.http2WithoutTls = http2WithoutTls;
    }

    /** Looks at what comes on a connection, behind TLS where there is TLS. */
    static void watch(ChannelPipeline pipeline, Duration limit, boolean http2WithoutTls) {
        Silence silence = new Silence(limit, http2WithoutTls);
        ChannelHandlerContext tls = pipeline.context(SslHandler.class);
        if (tls == null) {
            pipeline.addFirst(silence);
        } else {
            pipeline.addAfter(tls.name(), null, silence);
        }
    }

    /** Asks the connection that a stream belongs to for a sign of life, unless bytes came; for its event loop. */
    static void probeIfTooLong(Channel stream) {
        Channel connection = stream.parent();
        Silence silence = connection == null ? null : connection.pipeline().get(Silence.class);
        if (silence != null && System.nanoTime() - silence.since >= silence.limitNanos) {
            silence.probe(connection);
        }
    }

    /** A server that only takes long for its answers still answers a ping at once. */
    private void probe(Channel connection) {
        if (probing) {
            return;
        }
        probing = true;
        long before = since;
        ChannelFuture sent = connection.writeAndFlush(new DefaultHttp2PingFrame(before));
        ScheduledFuture<?> unused = connection
                .eventLoop()
                .schedule(
                        () -> {
                            probing = false;
                            if (since == before) {
                                end(sent.channel());
                            }
                        },
                        Math.min(limitNanos, MAX_NANOS_TO_PONG),
                        NANOSECONDS);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (http2WithoutTls) {
            awaitBeginning(context);
        }
        context.fireChannelActive();
    }

    /** Epoll at times reads before there is a connection; whether there will be one is told by its future. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        if (!(failure instanceof NotYetConnectedException)) {
            context.fireExceptionCaught(failure);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        SslHandler tls = context.pipeline().get(SslHandler.class);
        if (event == SslHandshakeCompletionEvent.SUCCESS
                && tls != null
                && ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol())) {
            awaitBeginning(context);
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        begun = true;
        since = System.nanoTime();
        context.fireChannelRead(message);
    }

    /** A server speaks HTTP/2 without being asked: its settings come first. */
    private void awaitBeginning(ChannelHandlerContext context) {
        ScheduledFuture<?> unused = context.executor()
                .schedule(
                        () -> {
                            if (!begun) {
                                end(context.channel());
                            }
                        },
                        limitNanos,
                        NANOSECONDS);
    }

    private static void end(Channel connection) {
        ChannelFuture unused = connection.close();
    }
}
