package dev.taskstop.spring;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.http.client.HttpClient;

/**
 * Holds a connection of Reactor Netty's over HTTP/1.1 to one answer for each request, as the client's own transport does
 * it: what nobody asked for ends the connection, and what comes before an answer, such as a 103, is passed over. The end of
 * an answer is told when all that was read with it has been looked at, so that nothing of that meets the next request.
 */
final class ReactorAnswers extends ChannelDuplexHandler {

    private boolean asked;
    private boolean interim;
    private boolean spoilt;
    private @Nullable Object end;

    private ReactorAnswers() {}

    static HttpClient watchedOn(HttpClient http) {
        return http.doOnRequest(
                (request, connection) -> watch(connection.channel().pipeline()));
    }

    private static void watch(ChannelPipeline pipeline) {
        boolean http1 =
                pipeline.get(HttpClientCodec.class) != null && pipeline.get(NettyPipeline.H2CUpgradeHandler) == null;
        if (http1 && pipeline.get(ReactorAnswers.class) == null) {
            ReactorAnswers answers = new ReactorAnswers();
            pipeline.addBefore(NettyPipeline.HttpCodec, null, answers.new Bytes());
            pipeline.addAfter(NettyPipeline.HttpCodec, null, answers);
        }
    }

    /** In front of the codec: what nobody asked for need not be an answer. */
    private final class Bytes extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            if (asked) {
                context.fireChannelRead(bytes);
            } else {
                spoil(context, bytes);
            }
        }
    }

    private void spoil(ChannelHandlerContext context, Object surplus) {
        ReferenceCountUtil.release(surplus);
        spoilt = true;
        giveToNobody(context);
    }

    /** Reactor Netty then closes the connection at the end of the exchange. */
    private static void giveToNobody(ChannelHandlerContext context) {
        Connection.from(context.channel()).markPersistent(false);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpRequest) {
            asked = true;
        }
        ChannelFuture unused = context.write(message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object part) {
        if (!asked) {
            spoil(context, part);
            return;
        }
        if (part instanceof HttpResponse head) {
            boolean before = head.status().codeClass() == HttpStatusClass.INFORMATIONAL;
            interim = before && !HttpResponseStatus.SWITCHING_PROTOCOLS.equals(head.status());
            if (before && !interim) {
                giveToNobody(context);
            }
        }
        if (interim) {
            interim = !(part instanceof LastHttpContent);
            ReferenceCountUtil.release(part);
            context.read();
        } else if (part instanceof LastHttpContent) {
            asked = false;
            end = part;
        } else {
            context.fireChannelRead(part);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        Object last = end;
        end = null;
        if (last != null) {
            context.fireChannelRead(last);
        }
        context.fireChannelReadComplete();
        if (spoilt) {
            ChannelFuture unused = context.close();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        ReferenceCountUtil.release(end);
        end = null;
    }
}
