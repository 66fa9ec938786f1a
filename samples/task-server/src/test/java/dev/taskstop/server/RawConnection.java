package dev.taskstop.server;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A connection of HTTP/1.1 that is kept, written to as it comes and read answer by answer. */
final class RawConnection implements AutoCloseable {

    private static final int MILLIS_TO_AN_ANSWER = 20_000;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3}) ");
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");
    private static final Pattern CHUNKED = Pattern.compile("(?i)\r\ntransfer-encoding: *chunked\r\n");

    private final Socket socket = new Socket();
    private final PushbackInputStream in;

    record Answer(int status, String head, String body) {}

    RawConnection(URI server) throws IOException {
        socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
        socket.setSoTimeout(MILLIS_TO_AN_ANSWER);
        socket.setTcpNoDelay(true);
        in = new PushbackInputStream(socket.getInputStream());
    }

    void send(String requests) throws IOException {
        socket.getOutputStream().write(requests.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Waits for the first byte of an answer. */
    void awaitAnswer() throws IOException {
        in.unread(next());
    }

    /**
     * Reads an answer, and passes over what is only said before it.
     *
     * @param toHead whether it is to a HEAD, and has no body whatever its headers say
     */
    Answer read(boolean toHead) throws IOException {
        String head = head();
        Matcher status = STATUS.matcher(head);
        if (!status.lookingAt()) {
            throw new IOException("no answer: " + head);
        }
        int code = Integer.parseInt(status.group(1));
        if (code < 200) {
            return read(toHead);
        }
        boolean empty = toHead || code == 204;
        return new Answer(code, head, empty ? "" : body(head));
    }

    private String body(String head) throws IOException {
        if (!CHUNKED.matcher(head).find()) {
            Matcher length = LENGTH.matcher(head);
            return length.find() ? bytes(Integer.parseInt(length.group(1))) : "";
        }
        StringBuilder body = new StringBuilder();
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
            body.append(bytes(size));
            bytes(2);
        }
        bytes(2);
        return body.toString();
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(line("\r\n").strip(), 16);
    }

    private String head() throws IOException {
        return line("\r\n\r\n");
    }

    private String line(String end) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        String text = "";
        while (!text.endsWith(end)) {
            line.write(next());
            text = line.toString(StandardCharsets.ISO_8859_1);
        }
        return text;
    }

    private String bytes(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the connection ends within an answer");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private int next() throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EOFException("the connection ends before an answer");
        }
        return next;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
