package dev.taskstop.room;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A network between the browser and the control room that can be cut, and stalled; its port stays the same. */
final class Relay implements AutoCloseable {

    private final ExecutorService pumps = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "relay");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final int port;
    private volatile int target;
    private @Nullable ServerSocket listener;
    private boolean stalled;

    Relay(int target) {
        this.target = target;
        this.port = listen(0);
    }

    int port() {
        return port;
    }

    void leadTo(int newTarget) {
        target = newTarget;
    }

    /** Ends all connections, and refuses new ones. */
    void cut() {
        close(listener);
        sockets.forEach(Relay::close);
    }

    /** Takes back what was done. */
    synchronized void mend() {
        stalled = false;
        notifyAll();
        if (listener == null || listener.isClosed()) {
            listen(port);
        }
    }

    /** Nothing passes any more, and nobody is told. */
    synchronized void stall() {
        stalled = true;
    }

    private synchronized void awaitFlow() throws InterruptedException {
        while (stalled) {
            wait();
        }
    }

    private int listen(int wanted) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
            listener = socket;
            pumps.execute(() -> accept(socket));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocket socket) {
        try {
            while (!socket.isClosed()) {
                Socket near = socket.accept();
                sockets.add(near);
                if (socket.isClosed()) {
                    close(near);
                }
                pumps.execute(() -> connect(near));
            }
        } catch (IOException e) {
            close(socket);
        }
    }

    private void connect(Socket near) {
        try {
            Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.add(far);
            pumps.execute(() -> pump(near, far));
            pump(far, near);
        } catch (IOException e) {
            close(near);
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[16 << 10];
        try {
            InputStream in = from.getInputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                awaitFlow();
                to.getOutputStream().write(buffer, 0, read);
            }
        } catch (IOException e) {
            // One of the two is gone, and so is the other.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(from);
            sockets.remove(to);
            close(from);
            close(to);
        }
    }

    private static void close(@Nullable AutoCloseable socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        mend();
        cut();
        pumps.shutdownNow();
    }
}
