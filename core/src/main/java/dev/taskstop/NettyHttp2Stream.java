package dev.taskstop;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2UnknownFrame;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;

/**
 * Looks at the frames of one request over HTTP/2: whether it leaves, whether the server says that it never looked at
 * it, and what of the answer is none.
 *
 * <p>Written by hand because Reactor Netty 1.3.7 takes a 102 or 103 for the answer, takes what a frame of unknown type
 * holds for content, and tells neither that a stream was refused nor that a request was never written. It goes when
 * {@code ReactorNettyTest} fails in all of these.
 */
final class NettyHttp2Stream extends ChannelDuplexHandler {

    private static final String NAME = "taskstop.http2";

    private final NettyExchange exchange;
    private boolean answered;
    private @Nullable ChannelPromise lastWrite;

    private NettyHttp2Stream(NettyExchange exchange) {
        this.exchange = exchange;
    }

    /** Gives null for what is no stream of HTTP/2. */
    static @Nullable NettyHttp2Stream watch(Connection stream, NettyExchange exchange) {
        if (!(stream.channel() instanceof Http2StreamChannel)) {
            return null;
        }
        NettyHttp2Stream watching = new NettyHttp2Stream(exchange);
        stream.channel().pipeline().addBefore(NettyPipeline.H2ToHttp11Codec, NAME, watching);
        return watching;
    }

    /** Whether flow control has let all of the request through. */
    boolean isWritten() {
        ChannelPromise promise = lastWrite;
        return promise != null && promise.isSuccess();
    }

    @Override
    public void write(ChannelHandlerContext context, Object frame, ChannelPromise promise) {
        boolean first = lastWrite == null;
        if (first && !exchange.leaves()) {
            ReferenceCountUtil.release(frame);
            promise.setFailure(new ClosedChannelException());
            ChannelFuture unused = context.close();
            return;
        }
        lastWrite = promise.unvoid();
        ChannelFuture written = context.write(frame, lastWrite);
        // What fails before anything was flushed was refused on this side: by the server's settings or its GOAWAY.
        if (first && written.isDone() && !written.isSuccess()) {
            exchange.hasNotLeft();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
        if (frame instanceof Http2UnknownFrame || (frame instanceof Http2HeadersFrame head && isInterim(head))) {
            ReferenceCountUtil.release(frame);
            context.read();
        } else {
            context.fireChannelRead(frame);
        }
    }

    /** An end cannot come before what it is the end of; that one is left to fail. */
    private boolean isInterim(Http2HeadersFrame head) {
        answered = true;
        CharSequence status = head.headers().status();
        return status != null
                && status.length() == 3
                && status.charAt(0) == '1'
                && !"101".contentEquals(status)
                && !head.isEndStream();
    }

    /** Both come before the stream is closed; a GOAWAY only where the stream is above its last. RFC 9113, 8.7. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        boolean refused =
                event instanceof Http2ResetFrame reset && reset.errorCode() == Http2Error.REFUSED_STREAM.code();
        if (!answered && (refused || event instanceof Http2GoAwayFrame)) {
            exchange.wasNotProcessed();
        }
        context.fireUserEventTriggered(event);
    }
}
