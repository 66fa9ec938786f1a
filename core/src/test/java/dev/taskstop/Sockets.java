package dev.taskstop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import javax.net.ServerSocketFactory;

/** Sockets for a server: they send at once, and may be reset when they are closed rather than ended. */
final class Sockets extends ServerSocketFactory {

    private final boolean reset;

    /** Without these, each answer of the mock server waits 40 ms for the acknowledgement of its own first part. */
    static final ServerSocketFactory PROMPT = new Sockets(false);

    static final ServerSocketFactory RESETTING = new Sockets(true);

    private Sockets(boolean reset) {
        this.reset = reset;
    }

    @Override
    public ServerSocket createServerSocket() throws IOException {
        return new ServerSocket() {
            @Override
            public Socket accept() throws IOException {
                Socket socket = super.accept();
                socket.setTcpNoDelay(true);
                if (reset) {
                    socket.setSoLinger(true, 0);
                }
                return socket;
            }
        };
    }

    @Override
    public ServerSocket createServerSocket(int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, InetAddress address) {
        throw new UnsupportedOperationException();
    }
}
