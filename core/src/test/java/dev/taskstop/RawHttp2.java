package dev.taskstop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/** One connection of HTTP/2, frame by frame: a server says what a test wants, in the order that it wants. */
final class RawHttp2 {

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int UNKNOWN = 0x2a;

    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    static final int PADDED = 8;
    static final int ACK = 1;

    static final int MAX_CONCURRENT_STREAMS = 3;
    static final int INITIAL_WINDOW_SIZE = 4;
    static final int MAX_HEADER_LIST_SIZE = 6;

    static final int NO_ERROR = 0;
    static final int REFUSED_STREAM = 7;
    static final int ENHANCE_YOUR_CALM = 11;

    private static final int PREFACE = 24;

    /** What a server does with one connection, until it returns. */
    interface Conversation {
        void hold(RawHttp2 connection) throws IOException;
    }

    /** A request that has arrived, with its body or without. */
    record Request(int stream, String method, String path) {

        String taskId() {
            return Wire.taskId(path);
        }

        boolean isStop() {
            return method.equals("PATCH");
        }
    }

    private final RawServer.Peer peer;
    private final DataInputStream in;
    private final DefaultHttp2HeadersDecoder headers = new DefaultHttp2HeadersDecoder();
    private final Map<Integer, Request> withoutBody = new HashMap<>();
    private boolean answerAtOnce;

    private RawHttp2(RawServer.Peer peer) {
        this.peer = peer;
        this.in = new DataInputStream(peer.in);
    }

    /** Begins on a connection that is prepared otherwise. */
    static RawHttp2 on(RawServer.Peer peer) throws IOException {
        RawHttp2 connection = new RawHttp2(peer);
        connection.in.readNBytes(PREFACE);
        return connection;
    }

    static RawServer server(boolean tls, Conversation conversation) throws IOException {
        RawServer.Conversation raw = peer -> conversation.hold(on(peer));
        return tls
                ? new RawServer(RawTls.ADDRESS, RawTls.negotiating("h2"), raw)
                : new RawServer("http://127.0.0.1", ServerSocketFactory.getDefault(), raw);
    }

    /** Answers pings, and gives the next request when all of it has arrived; null when the client has gone. */
    @Nullable
    Request next() throws IOException {
        while (true) {
            int length;
            try {
                length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            } catch (IOException e) {
                return null;
            }
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            byte[] payload = in.readNBytes(length);
            if (type == PING && (flags & ACK) == 0) {
                frame(PING, ACK, 0, payload);
            } else if (type == HEADERS) {
                Request request = request(stream, payload);
                if (answerAtOnce || (flags & END_STREAM) != 0) {
                    return request;
                }
                withoutBody.put(stream, request);
            } else if (type == DATA && (flags & END_STREAM) != 0 && withoutBody.containsKey(stream)) {
                return withoutBody.remove(stream);
            }
        }
    }

    /** From now on a request is given as soon as its head has arrived. */
    RawHttp2 notAwaitingBodies() {
        answerAtOnce = true;
        return this;
    }

    private Request request(int stream, byte[] block) throws IOException {
        ByteBuf bytes = Unpooled.wrappedBuffer(block);
        try {
            Http2Headers decoded = headers.decodeHeaders(stream, bytes);
            return new Request(
                    stream, decoded.method().toString(), decoded.path().toString());
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
    }

    RawHttp2 settings(int... namesAndValues) throws IOException {
        ByteBuffer payload = ByteBuffer.allocate(namesAndValues.length / 2 * 6);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            payload.putShort((short) namesAndValues[i]).putInt(namesAndValues[i + 1]);
        }
        return frame(SETTINGS, 0, 0, payload.array());
    }

    RawHttp2 head(Request request, int status, int flags) throws IOException {
        // Literal without indexing, its name from the static table: RFC 7541, 6.2.2.
        byte[] code = Integer.toString(status).getBytes(US_ASCII);
        byte[] block = new byte[2 + code.length];
        block[0] = 8;
        block[1] = (byte) code.length;
        System.arraycopy(code, 0, block, 2, code.length);
        return frame(HEADERS, END_HEADERS | flags, request.stream(), block);
    }

    /** The block of a head: each field literal, without indexing, with a new name. RFC 7541, 6.2.2. */
    static byte[] block(String... namesAndValues) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i++) {
            if (i % 2 == 0) {
                block.write(0);
            }
            block.write(namesAndValues[i].length());
            block.writeBytes(namesAndValues[i].getBytes(US_ASCII));
        }
        return block.toByteArray();
    }

    RawHttp2 body(Request request, String body) throws IOException {
        return frame(DATA, END_STREAM, request.stream(), body.getBytes(ISO_8859_1));
    }

    RawHttp2 answer(Request request, int status, String body) throws IOException {
        return head(request, status, 0).body(request, body);
    }

    RawHttp2 reset(Request request, int error) throws IOException {
        return frame(
                RST_STREAM,
                0,
                request.stream(),
                ByteBuffer.allocate(4).putInt(error).array());
    }

    RawHttp2 goAway(int lastStream, int error) throws IOException {
        return frame(
                GOAWAY,
                0,
                0,
                ByteBuffer.allocate(8).putInt(lastStream).putInt(error).array());
    }

    RawHttp2 unknown(Request request, String content) throws IOException {
        return frame(UNKNOWN, 0, request.stream(), content.getBytes(ISO_8859_1));
    }

    RawHttp2 frame(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(payload.length >> 16);
        bytes.write(payload.length >> 8);
        bytes.write(payload.length);
        bytes.write(type);
        bytes.write(flags);
        bytes.writeBytes(ByteBuffer.allocate(4).putInt(stream).array());
        bytes.writeBytes(payload);
        peer.say(bytes.toByteArray());
        return this;
    }

    /** Answers as the API does when every task is running, until the client has gone. */
    void answerAll() throws IOException {
        for (Request request = next(); request != null; request = next()) {
            answerWell(request);
        }
    }

    RawHttp2 answerWell(Request request) throws IOException {
        return answer(
                request,
                200,
                request.isStop() ? Wire.stopped(request.taskId()) : Wire.status(request.taskId(), "processing"));
    }
}
