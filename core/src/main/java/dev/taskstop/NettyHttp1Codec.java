package dev.taskstop;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.proxy.ProxyHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.ProtocolException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.http.client.HttpResponseDecoderSpec;

/**
 * Netty's codec of HTTP/1.1 for one exchange after the other: an answer is one only if all of it came after the request
 * had been written. Any other byte ends the connection, so that nothing is taken for the answer to something else.
 *
 * <p>An answer's end is told when all that was read with it has been looked at; only then the connection is free, and
 * what was read cannot meet a request that is written meanwhile. What lies in the socket already when a request is to be
 * written is read before it.
 *
 * <p>Written by hand because Reactor Netty 1.3.7 takes what was read together with an answer for the answer to the next
 * request, takes a 102 or 103 for an answer, and repeats what is no HTTP in its error, which others log. It goes when
 * {@code ReactorNettyTest} fails in the first two.
 */
final class NettyHttp1Codec extends CombinedChannelDuplexHandler<NettyHttp1Codec.Answers, NettyHttp1Codec.Requests> {

    private enum State {
        /** Nothing is asked for. */
        FREE,
        /** A request is to be written, or is being written. */
        ASKING,
        /** A request has been written; what comes is its answer. */
        AWAITING,
        /** Something came that nobody asked for. */
        SPOILT
    }

    private State state = State.FREE;
    private @Nullable NettyExchange exchange;
    private final boolean once;

    private NettyHttp1Codec(HttpDecoderConfig config, boolean once) {
        this.once = once;
        init(new Answers(config), new Requests());
    }

    /**
     * Puts the codec in the place of Reactor Netty's, unless it is there already; false where there is none, or one that
     * may yet become HTTP/2.
     *
     * @param once whether the connection is to be closed after one exchange
     */
    static boolean watch(Connection connection, NettyExchange exchange, HttpResponseDecoderSpec decoder, boolean once) {
        ChannelPipeline pipeline = connection.channel().pipeline();
        NettyHttp1Codec codec = pipeline.get(NettyHttp1Codec.class);
        if (codec == null) {
            if (pipeline.get(HttpClientCodec.class) == null || pipeline.get(NettyPipeline.H2CUpgradeHandler) != null) {
                return false;
            }
            codec = new NettyHttp1Codec(config(decoder), once);
            pipeline.replace(NettyPipeline.HttpCodec, NettyPipeline.HttpCodec, codec);
        }
        codec.exchange = exchange;
        return true;
    }

    private static HttpDecoderConfig config(HttpResponseDecoderSpec decoder) {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(decoder.maxInitialLineLength())
                .setMaxHeaderSize(decoder.maxHeaderSize())
                .setValidateHeaders(decoder.validateHeaders())
                .setInitialBufferSize(decoder.initialBufferSize())
                .setAllowDuplicateContentLengths(decoder.allowDuplicateContentLengths())
                .setAllowPartialChunks(decoder.allowPartialChunks());
    }

    final class Requests extends HttpRequestEncoder {

        private boolean pending;

        /** Written a little later: what has come by now, and no request asked for, is seen before. */
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
            if (!(message instanceof HttpRequest)) {
                super.write(context, message, promise);
                return;
            }
            if (state == State.FREE) {
                state = State.ASKING;
            }
            pending = true;
            context.read();
            EventExecutor loop = context.executor();
            // What is executed may run before anything is read; what is then scheduled runs after the next read.
            loop.execute(() -> {
                ScheduledFuture<?> unused =
                        loop.schedule(() -> sendWhenOpen(context, message, promise.unvoid()), 0, NANOSECONDS);
            });
        }

        @Override
        public void flush(ChannelHandlerContext context) throws Exception {
            if (!pending) {
                super.flush(context);
            }
        }

        /** Through a proxy, what is written before the way is open waits there: it has not left, and may never. */
        private void sendWhenOpen(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ProxyHandler proxy = context.pipeline().get(ProxyHandler.class);
            if (proxy == null) {
                send(context, message, promise);
                return;
            }
            Future<Channel> unused = proxy.connectFuture().addListener(way -> {
                if (way.isSuccess()) {
                    send(context, message, promise);
                } else {
                    keepBack(context, message, promise, way.cause());
                }
            });
        }

        private void send(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            NettyExchange leaving = exchange;
            if (state != State.ASKING || !context.channel().isActive() || leaving == null || !leaving.leaves()) {
                keepBack(context, message, promise, new ClosedChannelException());
                return;
            }
            pending = false;
            promise.addListener(written -> {
                if (written.isSuccess() && state == State.ASKING) {
                    state = State.AWAITING;
                }
            });
            try {
                super.write(context, message, promise);
            } catch (Exception e) {
                promise.tryFailure(e);
            }
            if (promise.isDone() && !promise.isSuccess()) {
                leaving.hasNotLeft();
            }
            context.flush();
        }

        private void keepBack(ChannelHandlerContext context, Object message, ChannelPromise promise, Throwable cause) {
            pending = false;
            ReferenceCountUtil.release(message);
            ChannelFuture unused = context.close();
            promise.tryFailure(cause);
        }
    }

    final class Answers extends HttpResponseDecoder {

        private boolean interim;
        private @Nullable Object end;

        Answers(HttpDecoderConfig config) {
            super(config);
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf bytes, List<Object> out) throws Exception {
            if (state != State.AWAITING) {
                state = State.SPOILT;
                if (end != null) {
                    giveToNobody(context);
                }
                bytes.skipBytes(bytes.readableBytes());
                return;
            }
            int before = out.size();
            super.decode(context, bytes, out);
            for (int i = before; i < out.size(); ) {
                if (passes(context, (HttpObject) out.get(i))) {
                    i++;
                } else {
                    out.remove(i);
                }
            }
        }

        private boolean passes(ChannelHandlerContext context, HttpObject part) {
            if (part.decoderResult().isFailure()) {
                String kind = part.decoderResult().cause().getClass().getSimpleName();
                part.setDecoderResult(DecoderResult.failure(new ProtocolException("This is no HTTP: " + kind)));
                state = State.SPOILT;
                giveToNobody(context);
                return true;
            }
            if (part instanceof HttpResponse head) {
                interim = head.status().codeClass() == HttpStatusClass.INFORMATIONAL
                        && !HttpResponseStatus.SWITCHING_PROTOCOLS.equals(head.status());
            }
            if (interim) {
                interim = !(part instanceof LastHttpContent);
                ReferenceCountUtil.release(part);
                context.read();
                return false;
            }
            if (part instanceof LastHttpContent) {
                state = State.FREE;
                end = part;
                return false;
            }
            return true;
        }

        /** Reactor Netty then closes the connection at the end of the exchange. */
        private static void giveToNobody(ChannelHandlerContext context) {
            Connection.from(context.channel()).markPersistent(false);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) throws Exception {
            Object last = end;
            end = null;
            if (last != null) {
                if (once) {
                    giveToNobody(context);
                }
                context.fireChannelRead(last);
            }
            super.channelReadComplete(context);
            if (state == State.SPOILT) {
                ChannelFuture unused = context.close();
            }
        }

        /** Where a connection ends, nothing is read any more. */
        @Override
        protected void decodeLast(ChannelHandlerContext context, ByteBuf bytes, List<Object> out) throws Exception {
            super.decodeLast(context, bytes, out);
            if (end != null) {
                out.add(end);
                end = null;
            }
        }

        @Override
        protected void handlerRemoved0(ChannelHandlerContext context) throws Exception {
            ReferenceCountUtil.release(end);
            end = null;
            super.handlerRemoved0(context);
        }
    }
}
