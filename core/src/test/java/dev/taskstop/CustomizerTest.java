package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Stopped;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.LoopResources;
import reactor.netty.transport.ProxyProvider.Proxy;

class CustomizerTest {

    @StartStop
    final MockWebServer server = Wire.server();

    @StartStop
    final MockWebServer proxy = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    @Test
    void a_header_that_a_customizer_adds_is_sent() throws InterruptedException {
        Wire.dispatch(server, Wire::running);
        TaskClient client = wire.client(
                server,
                settings -> settings.httpClient(http -> http.headers(headers -> headers.set("X-Team", "platform"))));

        Wire.value(client.stop(ID));

        assertThat(Wire.requests(server)).singleElement().satisfies(request -> {
            assertThat(request.getHeaders().get("X-Team")).isEqualTo("platform");
            assertThat(request.getHeaders().get("Accept")).isEqualTo("application/json");
        });
    }

    @Test
    void a_customizer_cannot_change_the_key_or_the_body() throws InterruptedException {
        Wire.dispatch(server, Wire::running);
        TaskClient client = wire.client(
                server,
                settings -> settings.httpClient(
                        http -> http.headers(CustomizerTest::mislead).baseUrl("http://127.0.0.1:1/elsewhere")));

        Wire.value(client.stop(ID));

        RecordedRequest request = Wire.requests(server).get(0);
        assertThat(request.getTarget()).isEqualTo("/api/tasks/" + ID);
        assertThat(request.getHeaders().values("Authorization")).containsExactly("Bearer " + Wire.KEY);
        assertThat(request.getHeaders().values("Content-Type")).containsExactly("application/json");
        assertThat(request.getHeaders().values("Content-Length")).containsExactly("17");
        assertThat(request.getBody().utf8()).isEqualTo("{\"action\":\"stop\"}");
    }

    private static void mislead(HttpHeaders headers) {
        headers.set("Authorization", "Bearer somebody-else")
                .set("Content-Type", "text/plain")
                .set("Content-Length", 3);
    }

    @Test
    void a_customizer_cannot_send_the_key_elsewhere() {
        Wire.dispatch(server, Wire::running);
        InetSocketAddress elsewhere = InetSocketAddress.createUnresolved("127.0.0.1", 1);
        TaskClient client =
                wire.client(server, settings -> settings.httpClient(http -> http.remoteAddress(() -> elsewhere)));

        Wire.value(client.stop(ID));

        assertThat(server.getRequestCount()).isOne();
    }

    @Test
    void a_customizer_cannot_put_TLS_on_a_plain_address() {
        Wire.dispatch(server, Wire::running);
        TaskClient client = wire.client(server, settings -> settings.httpClient(HttpClient::secure));

        Wire.value(client.stop(ID));

        assertThat(server.getRequestCount()).isOne();
    }

    @Test
    void a_customizer_is_asked_once_for_a_client() {
        Wire.dispatch(server, Wire::running);
        AtomicInteger asked = new AtomicInteger();
        TaskClient client = wire.client(
                server,
                settings -> settings.httpClient(http -> {
                    asked.incrementAndGet();
                    return http;
                }));

        Wire.values(client.stopAll(Flux.fromIterable(Wire.ids(20))));

        assertThat(asked).hasValue(1);
    }

    /** It is asked again for the client of the log streams, and for that of a server with HTTP/1.1 only over TLS. */
    @ParameterizedTest
    @MethodSource("dev.taskstop.UserCodeTest#failures")
    void a_customizer_that_throws_later_ends_nothing(Throwable failure) throws IOException {
        AtomicInteger asked = new AtomicInteger();
        UnaryOperator<HttpClient> once =
                http -> asked.getAndIncrement() == 0 ? RawTls.TRUSTING.apply(http) : UserCodeTest.sneak(failure);
        try (RawServer raw =
                new RawServer(RawTls.ADDRESS, RawTls.negotiating("http/1.1"), CustomizerTest::answerEach)) {
            TaskClient client =
                    wire.client(raw.url(), settings -> settings.retry(Wire.ONCE).httpClient(once));

            assertThat(Wire.values(client.stopAll(Flux.fromIterable(Wire.ids(20)))))
                    .hasOnlyElementsOfType(Stopped.class);
            Wire.failure(client.logs(ID));
            Wire.failure(client.logs(ID));
        }
        assertThat(asked).hasValueGreaterThan(2);
    }

    private static void answerEach(RawServer.Peer peer) throws IOException {
        for (String request = peer.next(); request != null; request = peer.next()) {
            peer.say(RawServer.json(200, Wire.stopped(Wire.taskId(request.split(" ", -1)[1]))));
        }
    }

    @Test
    void a_second_customizer_adds_to_the_first() throws InterruptedException {
        Wire.dispatch(server, Wire::running);
        TaskClient client = wire.client(
                server,
                settings -> settings.httpClient(http -> http.headers(
                                headers -> headers.set("X-Team", "platform").set("X-Room", "1")))
                        .httpClient(http -> http.headers(headers -> headers.set("X-Room", "2"))));

        Wire.value(client.stop(ID));

        assertThat(Wire.requests(server)).singleElement().satisfies(request -> {
            assertThat(request.getHeaders().get("X-Team")).isEqualTo("platform");
            assertThat(request.getHeaders().values("X-Room")).containsExactly("2");
        });
    }

    @Test
    void a_proxy_that_refuses_is_asked_for_a_tunnel_and_never_sees_the_key() throws InterruptedException {
        Wire.dispatch(server, Wire::running);
        Wire.dispatch(proxy, request -> Wire.json(407, ""));
        TaskClient client = wire.client(
                server,
                settings -> settings.retry(Wire.ONCE)
                        .httpClient(http -> http.proxy(
                                spec -> spec.type(Proxy.HTTP).host("127.0.0.1").port(proxy.getPort()))));

        TaskException failure = Wire.failure(client.stop(ID));

        assertThat(failure).isInstanceOf(TaskRequestException.class);
        assertThat(Wire.requests(proxy)).isNotEmpty().allSatisfy(request -> {
            assertThat(request.getRequestLine()).startsWith("CONNECT 127.0.0.1:" + server.getPort());
            assertThat(request.getHeaders().toString()).doesNotContain(Wire.KEY);
        });
        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void the_event_loops_of_a_customizer_carry_the_signals() {
        Wire.dispatch(server, Wire::running);
        LoopResources loops = LoopResources.create("own-loops", 1, true);
        TaskClient client = wire.client(server, settings -> settings.httpClient(http -> http.runOn(loops)));

        String thread =
                Wire.value(client.stop(ID).map(task -> Thread.currentThread().getName()));

        assertThat(thread).startsWith("own-loops");
        loops.disposeLater().subscribe();
    }
}
