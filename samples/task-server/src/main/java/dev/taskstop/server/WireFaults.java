package dev.taskstop.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2SettingsFrame;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import reactor.netty.http.server.HttpServerResponse;

/** What happens to the connection of an answer, beside the answer. */
final class WireFaults {

    private static final List<HttpResponseStatus> INTERIM =
            List.of(HttpResponseStatus.PROCESSING, HttpResponseStatus.EARLY_HINTS);

    private WireFaults() {}

    /** Lets something happen to the connection, and returns the bytes that are to be sent as the body. */
    static ByteBuf apply(ServerAnswer.OnWire answer, HttpServerResponse response) {
        ByteBuf[] content = {answer.body().content()};
        response.withConnection(connection -> {
            Channel channel = connection.channel();
            boolean http2 = channel instanceof Http2StreamChannel;
            switch (answer.kind()) {
                case GO_AWAY -> sayGoodbye(channel, http2, response);
                case GO_AWAY_OPEN -> write(http2, channel.parent(), new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
                case CLOSED_WINDOW -> {
                    Http2Settings noRoom = new Http2Settings().initialWindowSize(0);
                    write(http2, channel.parent(), new DefaultHttp2SettingsFrame(noRoom));
                }
                case CLOSED_CONNECTION_WINDOW -> {
                    if (http2) {
                        giveNoRoomBack(channel.parent());
                    }
                }
                case INTERIM -> INTERIM.forEach(status -> interim(channel, http2, status));
                case SURPLUS -> {
                    if (!http2) {
                        // The length in the head is that of the first body; what comes behind it is the next answer.
                        content[0] = Unpooled.wrappedBuffer(content[0], raw(answer.surplus()));
                    }
                }
                default -> throw new IllegalStateException(answer.kind() + " happens elsewhere");
            }
        });
        return content[0];
    }

    /** Refuses the stream, or closes the connection where there are no streams. */
    static void refuse(HttpServerResponse response) {
        response.withConnection(connection -> {
            Channel channel = connection.channel();
            if (channel instanceof Http2StreamChannel) {
                DefaultHttp2ResetFrame refused = new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM);
                ChannelFuture unused = channel.pipeline().firstContext().writeAndFlush(refused);
            } else {
                ChannelFuture unused = channel.close();
            }
        });
    }

    /** Closing an HTTP/2 connection says GOAWAY first, and waits for the streams that are open. */
    private static void sayGoodbye(Channel channel, boolean http2, HttpServerResponse response) {
        if (http2) {
            ChannelFuture unused = channel.parent().close();
        } else {
            response.keepAlive(false);
        }
    }

    /**
     * What HTTP/2 lets a receiver do to the window of a connection is to give nothing back of what was used: no setting
     * makes it smaller.
     */
    private static void giveNoRoomBack(Channel connection) {
        Http2Connection http2 = connection.pipeline().get(Http2FrameCodec.class).connection();
        Http2LocalFlowController window = http2.local().flowController();
        connection.eventLoop().execute(() -> {
            try {
                window.incrementWindowSize(
                        http2.connectionStream(), -window.initialWindowSize(http2.connectionStream()));
            } catch (Http2Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static void write(boolean http2, Channel connection, Object frame) {
        if (http2) {
            ChannelFuture unused = connection.writeAndFlush(frame);
        }
    }

    /** Written past the codec of the answer, which knows of one answer to a request only. */
    private static void interim(Channel channel, boolean http2, HttpResponseStatus status) {
        if (http2) {
            DefaultHttp2Headers headers = new DefaultHttp2Headers();
            headers.status(status.codeAsText());
            ChannelFuture unused =
                    channel.pipeline().firstContext().writeAndFlush(new DefaultHttp2HeadersFrame(headers, false));
        } else {
            ChannelHandlerContext codec = channel.pipeline().context(HttpServerCodec.class);
            String head = "HTTP/1.1 " + status + "\r\n\r\n";
            ChannelFuture unused = codec.writeAndFlush(Unpooled.copiedBuffer(head, StandardCharsets.US_ASCII));
        }
    }

    private static ByteBuf raw(ServerAnswer.Body answer) {
        String head = "HTTP/1.1 " + HttpResponseStatus.valueOf(answer.status()) + "\r\nContent-Type: "
                + answer.contentType() + "\r\nContent-Length: "
                + answer.content().readableBytes() + "\r\n\r\n";
        return Unpooled.wrappedBuffer(
                Unpooled.copiedBuffer(head, StandardCharsets.US_ASCII),
                answer.content().retainedDuplicate());
    }
}
