package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ConnectTimeoutTest {

    private static final Duration TIMEOUT = Duration.ofMillis(300);

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    /** Tells the time-outs of the connections that a stop and a log stream are given. */
    private Queue<Integer> connectTimeouts(UnaryOperator<TaskClientBuilder> settings) {
        Wire.dispatch(
                server,
                request -> request.getTarget().contains("/stream")
                        ? LogBodies.stream(LogBodies.entries(0, 1)).build()
                        : Wire.running(request));
        Queue<Integer> millis = new ConcurrentLinkedQueue<>();
        TaskClient client = wire.client(
                server,
                builder -> settings.apply(builder)
                        .httpClient(http -> http.doOnConnected(connection ->
                                millis.add(connection.channel().config().getConnectTimeoutMillis()))));

        Wire.value(client.stop(ID));
        Wire.values(client.logs(ID).take(1));

        return millis;
    }

    @Test
    void a_connection_may_take_ten_seconds_unless_told_otherwise() {
        assertThat(connectTimeouts(settings -> settings)).containsExactly(10_000, 10_000);
    }

    @Test
    void a_connection_may_take_as_long_as_it_is_told() {
        assertThat(connectTimeouts(settings -> settings.connectTimeout(Duration.ofMillis(2_345))))
                .containsExactly(2_345, 2_345);
    }

    @Test
    void the_connect_timeout_of_a_customizer_goes_before() {
        assertThat(connectTimeouts(settings -> settings.httpClient(
                                http -> http.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 1_234))
                        .connectTimeout(Duration.ofSeconds(2))))
                .containsExactly(1_234, 1_234);
    }

    @Test
    void a_server_that_accepts_no_connection_is_given_up_after_the_time_out() throws IOException {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket first = connect(full);
                Socket second = connect(full)) {
            TaskClient client = wire.client(
                    URI.create("http://127.0.0.1:" + full.getLocalPort()),
                    settings -> settings.connectTimeout(TIMEOUT).retry(Wire.ONCE));

            long start = System.nanoTime();
            TaskException failure = Wire.failure(client.stop(ID));

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(TIMEOUT);
            assertThat(failure)
                    .isInstanceOf(TaskRequestException.class)
                    .hasMessageStartingWith("PATCH /api/tasks/{taskId} was not sent")
                    .hasCauseInstanceOf(ConnectTimeoutException.class)
                    .hasStackTraceContaining("timed out after " + TIMEOUT.toMillis() + " ms");
            assertThat(failure.isOutcomeUnknown()).isFalse();
            assertThat(first.isConnected() && second.isConnected()).isTrue();
        }
    }

    /** Nobody accepts it: Linux completes one more than the backlog, and answers none after that. */
    private static Socket connect(ServerSocket server) throws IOException {
        return new Socket(server.getInetAddress(), server.getLocalPort());
    }
}
