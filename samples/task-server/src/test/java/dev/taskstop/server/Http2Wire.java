package dev.taskstop.server;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/** A connection of HTTP/2 that is written to and read from frame by frame. */
final class Http2Wire implements AutoCloseable {

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RESET = 3;
    static final int SETTINGS = 4;
    static final int GO_AWAY = 7;
    static final int WINDOW_UPDATE = 8;

    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    private final Socket socket = new Socket();
    private final DataInputStream in;

    /** A frame that was read. */
    static final class Frame {

        private final int type;
        private final int flags;
        private final int stream;
        private final byte[] payload;

        Frame(int type, int flags, int stream, byte[] payload) {
            this.type = type;
            this.flags = flags;
            this.stream = stream;
            this.payload = payload;
        }

        int type() {
            return type;
        }

        int stream() {
            return stream;
        }

        byte[] payload() {
            return payload;
        }

        boolean isLast() {
            return (type == HEADERS || type == DATA) && (flags & END_STREAM) != 0;
        }

        int number(int at) {
            return ByteBuffer.wrap(payload).getInt(at);
        }
    }

    Http2Wire(TaskServer server) throws IOException {
        socket.connect(new InetSocketAddress(
                server.baseUrl().getHost(), server.baseUrl().getPort()));
        socket.setSoTimeout((int) TestClient.PATIENCE.toMillis());
        in = new DataInputStream(socket.getInputStream());
        socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        write(SETTINGS, 0, 0, new byte[0]);
    }

    /** Sends a stop request. */
    void stop(int stream, TaskServer server, String id) throws IOException {
        stop(stream, server, id, TestClient.STOP);
    }

    /** Sends a stop request with a body that may have white space around it. */
    void stop(int stream, TaskServer server, String id, String body) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        header(block, ":method", "PATCH");
        header(block, ":scheme", "http");
        header(block, ":authority", "localhost");
        header(block, ":path", "/api/tasks/" + id);
        header(block, "authorization", "Bearer " + server.key());
        header(block, "content-type", "application/json");
        write(HEADERS, END_HEADERS, stream, block.toByteArray());
        write(DATA, END_STREAM, stream, body.getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads on to a frame. */
    Frame await(Predicate<Frame> wanted) throws IOException {
        Frame frame;
        do {
            byte[] head = in.readNBytes(9);
            int length = ((head[0] & 255) << 16) | ((head[1] & 255) << 8) | (head[2] & 255);
            int stream = ByteBuffer.wrap(head).getInt(5) & Integer.MAX_VALUE;
            frame = new Frame(head[3], head[4], stream, in.readNBytes(length));
        } while (!wanted.test(frame));
        return frame;
    }

    private void write(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
        socket.getOutputStream().write(frame.array());
    }

    /** A literal that no table learns: there is nothing to be read differently. */
    private static void header(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        text(block, name);
        text(block, value);
    }

    private static void text(ByteArrayOutputStream block, String text) {
        block.write(text.length());
        block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
