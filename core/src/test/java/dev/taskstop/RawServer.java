package dev.taskstop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/** A server that says what a test wants, byte by byte, whatever HTTP has to say about it. */
final class RawServer implements AutoCloseable {

    /** What a server does with one connection, until it returns. */
    interface Conversation {
        void hold(Peer peer) throws IOException;
    }

    private final ServerSocket listening;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    final List<String> requests = new CopyOnWriteArrayList<>();

    private final String address;

    RawServer(Conversation conversation) throws IOException {
        this("http://127.0.0.1", ServerSocketFactory.getDefault(), conversation);
    }

    /** A server on other sockets, those of TLS for example; the address is what a client is told, without a port. */
    RawServer(String address, ServerSocketFactory sockets, Conversation conversation) throws IOException {
        this.address = address;
        listening = sockets.createServerSocket(0, 200, InetAddress.getLoopbackAddress());
        start(() -> {
            while (true) {
                Socket socket = listening.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                start(() -> {
                    try (socket) {
                        conversation.hold(new Peer(socket));
                    }
                });
            }
        });
    }

    /** Answers each request by its first line, and closes the connection where there is no answer. */
    static RawServer answering(Function<String, byte @Nullable []> answers) throws IOException {
        return new RawServer(peer -> {
            for (String request = peer.next(); request != null; request = peer.next()) {
                byte[] answer = answers.apply(request);
                if (answer == null) {
                    return;
                }
                peer.say(answer);
            }
        });
    }

    URI url() {
        return URI.create(address + ":" + listening.getLocalPort());
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // The client or the test closed it.
                    }
                },
                "raw-server");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    /** An answer as it should be. */
    static byte[] json(int status, String body) {
        return bytes("HTTP/1.1 " + status + " X\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body);
    }

    /** The client at the other end. */
    final class Peer {

        final Socket socket;
        final InputStream in;

        Peer(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
        }

        /** Reads a request with its body; gives its first line, or null where there is none. */
        @Nullable
        String next() throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
                int next = in.read();
                if (next < 0) {
                    return null;
                }
                head.append((char) next);
            }
            String text = head.toString();
            String length = text.replaceAll("(?is).*\ncontent-length: (\\d+).*", "$1");
            if (!length.equals(text)) {
                in.readNBytes(Integer.parseInt(length));
            }
            String line = text.substring(0, text.indexOf("\r\n"));
            requests.add(line);
            return line;
        }

        /** Whether the client has ended the connection; waits until it does, or says something. */
        boolean isGone() throws IOException {
            return in.read() < 0;
        }

        void say(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        }
    }
}
