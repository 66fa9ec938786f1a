package dev.taskstop;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Stopped;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import okhttp3.Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** A network may forget a connection without telling anybody. */
class SilentConnectionTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    @RegisterExtension
    final Wire wire = new Wire();

    @StartStop
    private final MockWebServer server = Wire.server();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger connections = new AtomicInteger();
    private ServerSocket network = server(0);

    private static ServerSocket server(int port) {
        try {
            return new ServerSocket(port, 0, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void serve() {
        server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
        Wire.dispatch(server, Wire::running);
    }

    @AfterEach
    void end() throws IOException {
        network.close();
        threads.shutdownNow();
    }

    /** The first connection carries so many bytes of the server, and then none; the others carry all. */
    private void carry(int bytesOfFirst) {
        try {
            while (true) {
                Socket client = network.accept();
                Socket upstream = new Socket(server.getHostName(), server.getPort());
                int limit = connections.incrementAndGet() == 1 ? bytesOfFirst : Integer.MAX_VALUE;
                threads.execute(() -> copy(client, upstream, Integer.MAX_VALUE));
                threads.execute(() -> copy(upstream, client, limit));
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private static void copy(Socket from, Socket to, int limit) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] chunk = new byte[1_024];
            int left = limit;
            for (int size = in.read(chunk); size > 0; size = in.read(chunk)) {
                out.write(chunk, 0, Math.min(size, left));
                left -= Math.min(size, left);
            }
        } catch (IOException e) {
            // One side has gone.
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 1_000})
    void a_connection_that_has_gone_silent_is_not_used_for_long(int bytesBefore) throws InterruptedException {
        threads.execute(() -> carry(bytesBefore));
        TaskClient client = wire.client(
                URI.create("http://127.0.0.1:" + network.getLocalPort()),
                settings -> settings.http2PriorKnowledge()
                        .requestTimeout(TIMEOUT)
                        .retry(StopRetry.defaults()
                                .withMaxAttempts(6)
                                .withBackoff(Duration.ofMillis(100), Duration.ofSeconds(1))));

        List<StopResult> results = Wire.values(client.stopAll(Flux.fromIterable(Wire.ids(40))));

        assertThat(results).hasSize(40).allMatch(Stopped.class::isInstance);
        // The first attempt, and a second one while the connection is asked for a sign of life.
        Map<String, Long> overTheSilentOne = Wire.requests(server).stream()
                .filter(request -> request.getConnectionIndex() == 0)
                .collect(groupingBy(Wire::taskId, counting()));
        assertThat(overTheSilentOne).allSatisfy((id, times) -> assertThat(times).isLessThanOrEqualTo(2));
        assertThat(connections).hasValueGreaterThan(1);
    }
}
