package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.taskstop.StopResult.Stopped;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.URI;
import java.security.cert.CertPathBuilderException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import okhttp3.Protocol;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.client.HttpClient;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

class TlsTest {

    private static final int AT_ONCE = 64;

    private static final HeldCertificate AUTHORITY =
            new HeldCertificate.Builder().certificateAuthority(0).build();

    private static final TrustManager TRUST = new HandshakeCertificates.Builder()
            .addTrustedCertificate(AUTHORITY.certificate())
            .build()
            .trustManager();

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    private static final UnaryOperator<HttpClient> TRUSTING =
            trusting(Http2SslContextSpec.forClient().configure(builder -> builder.trustManager(TRUST)));

    /** Trust in the authority, in the forms in which Reactor Netty takes it. */
    static Stream<Arguments> trusting() throws SSLException {
        SslContext ready = SslContextBuilder.forClient().trustManager(TRUST).build();
        UnaryOperator<HttpClient> http11 =
                trusting(Http11SslContextSpec.forClient().configure(builder -> builder.trustManager(TRUST)));
        UnaryOperator<HttpClient> plain = client -> client.secure(spec -> spec.sslContext(ready));
        return Stream.of(
                argumentSet("Http2SslContextSpec", TRUSTING),
                argumentSet("Http11SslContextSpec", http11),
                argumentSet("a ready SslContext", plain));
    }

    private static UnaryOperator<HttpClient> trusting(GenericSslContextSpec<SslContextBuilder> trust) {
        return client -> client.secure(spec -> spec.sslContext(trust));
    }

    private void serve(String host, Protocol... protocols) {
        HeldCertificate certificate = new HeldCertificate.Builder()
                .signedBy(AUTHORITY)
                .addSubjectAlternativeName(host)
                .build();
        server.useHttps(new HandshakeCertificates.Builder()
                .heldCertificate(certificate)
                .build()
                .sslSocketFactory());
        server.setProtocols(List.of(protocols));
        Wire.dispatch(server, Wire::running);
    }

    private TaskClient client(UnaryOperator<TaskClientBuilder> settings) {
        return wire.client(URI.create("https://localhost:" + server.getPort()), settings);
    }

    @Test
    void a_customizer_that_brings_trust_for_HTTP_2_keeps_HTTP_2_where_the_server_offers_it()
            throws InterruptedException {
        serve("localhost", Protocol.HTTP_2, Protocol.HTTP_1_1);

        Wire.value(client(settings -> settings.httpClient(TRUSTING)).stop(ID));

        assertThat(Wire.requests(server)).singleElement().satisfies(request -> {
            assertThat(request.getVersion()).isEqualTo("HTTP/2");
            assertThat(request.getHandshake()).isNotNull();
        });
    }

    @Test
    void a_customizer_cannot_take_TLS_off_a_secure_address() {
        serve("localhost", Protocol.HTTP_2, Protocol.HTTP_1_1);
        TaskClient client = client(
                settings -> settings.retry(Wire.ONCE).httpClient(TRUSTING).httpClient(HttpClient::noSSL));

        TaskException failure = Wire.failure(client.stop(ID));

        assertThat(failure).hasRootCauseInstanceOf(CertPathBuilderException.class);
        assertThat(server.getRequestCount()).isZero();
    }

    @ParameterizedTest
    @MethodSource("trusting")
    void a_customizer_that_brings_trust_in_any_form_works_with_a_server_of_both_protocols(
            UnaryOperator<HttpClient> trusting) {
        serve("localhost", Protocol.HTTP_2, Protocol.HTTP_1_1);

        assertThat(Wire.value(client(settings -> settings.httpClient(trusting)).stop(ID))
                        .taskId())
                .isEqualTo(ID);
    }

    @ParameterizedTest
    @MethodSource("trusting")
    void a_customizer_that_brings_trust_speaks_HTTP_1_1_where_the_server_offers_no_more(
            UnaryOperator<HttpClient> trusting) throws InterruptedException {
        serve("localhost", Protocol.HTTP_1_1);

        Wire.value(client(settings -> settings.httpClient(trusting)).stop(ID));

        assertThat(Wire.requests(server))
                .singleElement()
                .satisfies(request -> assertThat(request.getVersion()).isEqualTo("HTTP/1.1"));
    }

    @Test
    void a_server_that_negotiates_no_protocol_is_spoken_to_in_HTTP_1_1() throws InterruptedException {
        serve("localhost", Protocol.HTTP_1_1);
        server.setProtocolNegotiationEnabled(false);

        Wire.value(client(settings -> settings.httpClient(TRUSTING)).stop(ID));

        assertThat(Wire.requests(server))
                .singleElement()
                .satisfies(request -> assertThat(request.getVersion()).isEqualTo("HTTP/1.1"));
    }

    @Test
    void many_stops_at_once_share_few_HTTP_2_connections() throws InterruptedException {
        serve("localhost", Protocol.HTTP_2, Protocol.HTTP_1_1);
        dispatchTogether(AT_ONCE);
        TaskClient client = client(settings -> settings.concurrency(AT_ONCE).httpClient(TRUSTING));

        List<StopResult> results = Wire.values(client.stopAll(Flux.fromIterable(Wire.ids(AT_ONCE))));

        assertThat(results)
                .hasSize(AT_ONCE)
                .allSatisfy(result -> assertThat(result).isInstanceOf(Stopped.class));
        assertThat(client.gateState().peakInFlight()).isEqualTo(AT_ONCE);
        List<RecordedRequest> requests = Wire.requests(server);
        assertThat(requests)
                .hasSize(AT_ONCE)
                .extracting(RecordedRequest::getVersion)
                .containsOnly("HTTP/2");
        assertThat(requests.stream().map(RecordedRequest::getConnectionIndex).distinct())
                .hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void as_many_stops_as_allowed_really_run_at_once_over_HTTP_1_1() throws InterruptedException {
        serve("localhost", Protocol.HTTP_1_1);
        dispatchTogether(AT_ONCE);
        TaskClient client = client(settings -> settings.concurrency(AT_ONCE).httpClient(TRUSTING));

        List<StopResult> results = Wire.values(client.stopAll(Flux.fromIterable(Wire.ids(AT_ONCE))));

        assertThat(results)
                .hasSize(AT_ONCE)
                .allSatisfy(result -> assertThat(result).isInstanceOf(Stopped.class));
        assertThat(Wire.requests(server).stream()
                        .map(RecordedRequest::getConnectionIndex)
                        .distinct())
                .hasSize(AT_ONCE);
    }

    /** Answers the first requests only when all of them have arrived, so that they must be on their way at once. */
    private void dispatchTogether(int count) {
        CountDownLatch missing = new CountDownLatch(count);
        Wire.dispatch(server, request -> {
            missing.countDown();
            try {
                return missing.await(8, TimeUnit.SECONDS)
                        ? Wire.running(request)
                        : Wire.json(409, "{\"error\":\"too few at once\"}");
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void the_key_is_not_sent_to_a_server_whose_certificate_nobody_trusts() {
        serve("localhost", Protocol.HTTP_2, Protocol.HTTP_1_1);

        assertNeverSent(client(settings -> settings.retry(Wire.QUICK.withMaxAttempts(2))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"elsewhere.example", "127.0.0.1", "*.localhost"})
    void the_key_is_not_sent_to_a_server_with_the_certificate_of_another_host(String host) {
        serve(host, Protocol.HTTP_2, Protocol.HTTP_1_1);

        assertNeverSent(
                client(settings -> settings.retry(Wire.QUICK.withMaxAttempts(2)).httpClient(TRUSTING)));
    }

    private void assertNeverSent(TaskClient client) {
        TaskException failure = Wire.failure(client.stop(ID));

        assertThat(failure).isInstanceOf(TaskRequestException.class);
        assertThat(failure.isOutcomeUnknown()).isFalse();
        assertThat(server.getRequestCount()).isZero();
    }
}
