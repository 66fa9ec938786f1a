package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.taskstop.TaskRequestException.Reason;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ServerSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.client.HttpClient;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

/** What cannot succeed soon is not tried again: each handshake that is bound to fail is one too many. */
class HopelessHandshakesTest {

    private static final int ATTEMPTS = 3;
    private static final int IDS = 5;

    @RegisterExtension
    final Wire wire = new Wire();

    private final AtomicInteger connections = new AtomicInteger();

    private enum Why {
        NOBODY_TRUSTS_IT(RawTls.ADDRESS, RawTls.negotiating("http/1.1"), http -> http),
        IT_IS_ANOTHER_HOST("https://127.0.0.1", RawTls.negotiating("http/1.1"), RawTls.TRUSTING),
        IT_SPEAKS_NO_TLS(RawTls.ADDRESS, ServerSocketFactory.getDefault(), RawTls.TRUSTING),
        NO_CIPHER_IS_COMMON(RawTls.ADDRESS, RawTls.negotiating("http/1.1"), HopelessHandshakesTest::withOldCiphers);

        private final String address;

        @SuppressWarnings("ImmutableEnumChecker")
        private final ServerSocketFactory sockets;

        @SuppressWarnings("ImmutableEnumChecker")
        private final UnaryOperator<HttpClient> customizer;

        Why(String address, ServerSocketFactory sockets, UnaryOperator<HttpClient> customizer) {
            this.address = address;
            this.sockets = sockets;
            this.customizer = customizer;
        }
    }

    private enum Call {
        STOP(client -> client.stop(ID)),
        STATUS(client -> client.status(ID)),
        DETAILS(client -> client.details(ID)),
        LIST(client -> client.list(TaskQuery.all())),
        STOP_ACTIVE(client -> client.stopActive(TaskQuery.active(), StopAllOptions.defaults())),
        AWAIT_DONE(client -> client.awaitDone(ID)),
        LOGS(client -> client.logs(ID));

        @SuppressWarnings("ImmutableEnumChecker")
        private final Function<TaskClient, Publisher<?>> on;

        Call(Function<TaskClient, Publisher<?>> on) {
            this.on = on;
        }
    }

    /** For certificates of RSA, which this server has none of. */
    private static HttpClient withOldCiphers(HttpClient http) {
        GenericSslContextSpec<SslContextBuilder> old = Http11SslContextSpec.forClient()
                .configure(tls -> tls.trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .protocols("TLSv1.2")
                        .ciphers(List.of("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")));
        return http.secure(spec -> spec.sslContext(old));
    }

    static Stream<Arguments> calls() {
        return Arrays.stream(Why.values())
                .flatMap(why -> Arrays.stream(Call.values()).map(call -> arguments(why, call)));
    }

    private TaskClient client(RawServer server, UnaryOperator<HttpClient> customizer) {
        return wire.client(
                server.url(),
                settings -> settings.retry(Wire.QUICK.withMaxAttempts(ATTEMPTS)).httpClient(customizer));
    }

    private void refuse(RawServer.Peer peer) throws IOException {
        connections.incrementAndGet();
        peer.say(RawServer.json(400, "{\"error\":\"The plain HTTP request was sent to HTTPS port\"}"));
        peer.next();
    }

    @ParameterizedTest
    @MethodSource("calls")
    void they_are_not_repeated(Why why, Call call) throws IOException {
        try (RawServer server = new RawServer(why.address, why.sockets, this::refuse)) {
            TaskException failure = Wire.failure(call.on.apply(client(server, why.customizer)));

            assertThat(failure)
                    .isInstanceOfSatisfying(
                            TaskRequestException.class,
                            unsent -> assertThat(unsent.reason()).isEqualTo(Reason.NOT_SENT));
            assertThat(connections).hasValue(1);
        }
    }

    @Test
    void each_id_of_a_batch_costs_one_at_the_most() throws IOException {
        try (RawServer server = new RawServer(RawTls.ADDRESS, RawTls.negotiating("http/1.1"), this::refuse)) {
            TaskClient client = client(server, http -> http);

            List<StopResult> results = Wire.values(client.stopAll(Flux.fromIterable(Wire.ids(IDS))));

            assertThat(results).hasSize(IDS).hasOnlyElementsOfType(StopResult.Failed.class);
            assertThat(connections).hasValueLessThanOrEqualTo(IDS);
        }
    }

    @Test
    void one_that_breaks_off_is_tried_again() throws IOException {
        RawServer.Conversation gone = peer -> connections.incrementAndGet();
        try (RawServer server = new RawServer(RawTls.ADDRESS, ServerSocketFactory.getDefault(), gone)) {
            Wire.failure(client(server, RawTls.TRUSTING).stop(ID));

            assertThat(connections).hasValue(ATTEMPTS);
        }
    }
}
