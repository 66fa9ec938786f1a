package dev.taskstop;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.util.ReferenceCountUtil;
import java.net.ProtocolException;
import java.time.Duration;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;

/** What Reactor Netty lets through of an HTTP/1.1 answer that would do harm. A connection gets it once. */
final class Http1Guard {

    private static final long NONE = Long.MAX_VALUE;

    private Http1Guard() {}

    /** What comes on this connection later than this, counted from now, ends it. */
    static void limit(Connection connection, Duration time) {
        if (connection.channel().parent() != null) {
            return; // a stream of HTTP/2
        }
        ChannelPipeline pipeline = connection.channel().pipeline();
        Drip drip = pipeline.get(Drip.class);
        if (drip == null && pipeline.context(NettyPipeline.HttpCodec) != null) {
            drip = new Drip();
            pipeline.addBefore(NettyPipeline.HttpCodec, "taskstop.drip", drip);
            pipeline.addAfter(NettyPipeline.HttpCodec, "taskstop.head", new Head());
        }
        if (drip != null) {
            drip.start = System.nanoTime();
            drip.maxNanos = time.toNanos();
        }
    }

    static void noLimit(Connection connection) {
        Drip drip = connection.channel().pipeline().get(Drip.class);
        if (drip != null) {
            drip.maxNanos = NONE;
        }
    }

    /**
     * Gives up an answer that drips. The time-out for silence begins anew with each byte, so a head or a trailer that
     * comes byte by byte could take for hours. It looks at the clock when bytes come, and so needs no timer.
     */
    private static final class Drip extends ChannelInboundHandlerAdapter {

        private long start;
        private long maxNanos = NONE;

        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            if (System.nanoTime() - start <= maxNanos) {
                context.fireChannelRead(bytes);
                return;
            }
            ReferenceCountUtil.release(bytes);
            context.fireExceptionCaught(ReadTimeoutException.INSTANCE);
            var unused = context.close();
        }
    }

    /**
     * Passes over what may come before an answer: Reactor Netty does so with a 100, but takes a 103 for the answer, and
     * then the answer for that to the next request. And what is no HTTP is not repeated in an error, which others log.
     */
    private static final class Head extends ChannelInboundHandlerAdapter {

        private boolean passingOver;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpResponse head) {
                passingOver = head.status().code() > 101 && head.status().code() < 200;
            }
            if (passingOver) {
                passingOver = !(message instanceof LastHttpContent);
                ReferenceCountUtil.release(message);
                context.read();
                return;
            }
            if (message instanceof HttpObject part && part.decoderResult().isFailure()) {
                String kind = part.decoderResult().cause().getClass().getSimpleName();
                part.setDecoderResult(DecoderResult.failure(new ProtocolException("This is no HTTP: " + kind)));
            }
            context.fireChannelRead(message);
        }
    }
}
