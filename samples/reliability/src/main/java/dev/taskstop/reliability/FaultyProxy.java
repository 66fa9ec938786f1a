package dev.taskstop.reliability;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Carries bytes to a server and back, and goes wrong at byte positions that a seed chooses. */
final class FaultyProxy implements AutoCloseable {

    /** What happens to a connection at one position of one direction. */
    enum Fault {
        /** It is ended before the first byte. */
        REFUSE,
        /** It is ended, both ways. */
        CUT,
        /** It is reset. */
        RESET,
        /** Nothing is carried any more, and nobody is told. */
        STALL,
        /** What follows comes later. */
        DELAY,
        /** One byte becomes another. */
        GARBLE,
        /** A part comes twice. */
        DUPLICATE
    }

    /** What TCP itself never does, so that only TLS can be expected to notice. */
    static final Set<Fault> ONLY_OVER_TLS = Set.of(Fault.GARBLE, Fault.DUPLICATE);

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final int BACKLOG = 1_024;
    private static final int MAX_DELAY_MILLIS = 600;
    private static final int CONNECT_MILLIS = 1_000;
    private static final int CHUNK = 8_192;

    private final InetSocketAddress server;
    private final long seed;
    private final List<Fault> faults;
    private final double share;
    private final int span;
    private final Consumer<Fault> injected;
    private final ServerSocket listener;
    private final AtomicInteger connections = new AtomicInteger();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile boolean closed;

    /**
     * Starts it.
     *
     * @param server where to carry the bytes to
     * @param faults what may go wrong
     * @param share of the connections that go wrong
     * @param span they do so within so many bytes
     * @param injected is told of each fault that came about
     */
    FaultyProxy(
            InetSocketAddress server, long seed, List<Fault> faults, double share, int span, Consumer<Fault> injected)
            throws IOException {
        this.server = server;
        this.seed = seed;
        this.faults = faults;
        this.share = share;
        this.span = span;
        this.injected = injected;
        this.listener = new ServerSocket(0, BACKLOG, LOOPBACK);
        threads.execute(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = listener.accept();
                open.add(client);
                threads.execute(() -> carry(client, new SplittableRandom(seed + connections.getAndIncrement())));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void carry(Socket client, SplittableRandom random) {
        boolean goesWrong = random.nextDouble() < share;
        Fault fault = faults.get(random.nextInt(faults.size()));
        boolean onTheWayBack = random.nextBoolean();
        double early = random.nextDouble();
        int at = (int) (span * early * early);
        if (goesWrong && fault == Fault.REFUSE) {
            injected.accept(fault);
            end(client);
            return;
        }
        Socket upstream = new Socket();
        open.add(upstream);
        try {
            client.setTcpNoDelay(true);
            upstream.setTcpNoDelay(true);
            upstream.connect(server, CONNECT_MILLIS);
        } catch (IOException e) {
            end(client);
            end(upstream);
            return;
        }
        Pump there = new Pump(client, upstream, random.split());
        Pump back = new Pump(upstream, client, random.split());
        if (goesWrong) {
            (onTheWayBack ? back : there).goWrong(fault, at);
        }
        threads.execute(there);
        back.run();
    }

    private void end(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone, which is what was asked for.
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        listener.close();
        open.forEach(this::end);
        threads.shutdownNow();
    }

    /** One direction of a connection. */
    private final class Pump implements Runnable {

        private final Socket from;
        private final Socket to;
        private final SplittableRandom random;
        private Fault fault = Fault.DELAY;
        private long faultAt = Long.MAX_VALUE;
        private long carried;
        private boolean stalled;

        Pump(Socket from, Socket to, SplittableRandom random) {
            this.from = from;
            this.to = to;
            this.random = random;
        }

        void goWrong(Fault fault, int at) {
            this.fault = fault;
            this.faultAt = at;
        }

        @Override
        public void run() {
            byte[] chunk = new byte[CHUNK];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int size = in.read(chunk); size > 0; size = in.read(chunk)) {
                    if (!stalled) {
                        carry(chunk, size, out);
                    }
                }
            } catch (IOException e) {
                // One side has gone; the other is told by the end of its socket.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                end(from);
                end(to);
            }
        }

        private void carry(byte[] chunk, int size, OutputStream out) throws IOException, InterruptedException {
            long until = faultAt - carried;
            carried += size;
            if (until >= size) {
                out.write(chunk, 0, size);
                return;
            }
            int before = (int) until;
            out.write(chunk, 0, before);
            injected.accept(fault);
            faultAt = Long.MAX_VALUE;
            switch (fault) {
                case REFUSE, CUT -> throw new IOException("cut");
                case RESET -> {
                    from.setSoLinger(true, 0);
                    to.setSoLinger(true, 0);
                    throw new IOException("reset");
                }
                case STALL -> {
                    stalled = true;
                    return;
                }
                case DELAY -> TimeUnit.MILLISECONDS.sleep(1 + random.nextInt(MAX_DELAY_MILLIS));
                case GARBLE -> chunk[before] ^= (byte) (1 + random.nextInt(255));
                case DUPLICATE -> out.write(chunk, before, size - before);
            }
            out.write(chunk, before, size - before);
        }
    }
}
