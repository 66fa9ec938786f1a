package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Stopped;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import okhttp3.Protocol;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

/** Certificates of both sides: who is not known by one does not get, or does not give, the key. */
class CertificatesTest {

    private static final int IDS = 50;

    private static final HeldCertificate AUTHORITY =
            new HeldCertificate.Builder().certificateAuthority(0).build();
    private static final HeldCertificate STRANGER =
            new HeldCertificate.Builder().certificateAuthority(0).build();

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    private static HeldCertificate.Builder certificate(HeldCertificate authority) {
        return new HeldCertificate.Builder().signedBy(authority).addSubjectAlternativeName("localhost");
    }

    private void serve(HeldCertificate certificate, Protocol... protocols) {
        server.useHttps(new HandshakeCertificates.Builder()
                .heldCertificate(certificate)
                .addTrustedCertificate(AUTHORITY.certificate())
                .build()
                .sslSocketFactory());
        server.setProtocols(List.of(protocols));
        Wire.dispatch(server, Wire::running);
    }

    private TaskClient client(Consumer<SslContextBuilder> tls) {
        GenericSslContextSpec<SslContextBuilder> spec = Http2SslContextSpec.forClient()
                .configure(builder -> tls.accept(builder.trustManager(AUTHORITY.certificate())));
        return wire.client(
                URI.create("https://localhost:" + server.getPort()),
                settings -> settings.retry(Wire.QUICK.withMaxAttempts(2))
                        .httpClient(http -> http.secure(secure -> secure.sslContext(spec))));
    }

    private static void showing(SslContextBuilder tls, HeldCertificate certificate) {
        tls.keyManager(certificate.keyPair().getPrivate(), certificate.certificate());
    }

    @ParameterizedTest
    @EnumSource(
            value = Protocol.class,
            names = {"HTTP_2", "HTTP_1_1"})
    void a_server_that_asks_for_a_certificate_gets_it_over(Protocol protocol) throws InterruptedException {
        serve(
                certificate(AUTHORITY).build(),
                protocol == Protocol.HTTP_2
                        ? new Protocol[] {Protocol.HTTP_2, Protocol.HTTP_1_1}
                        : new Protocol[] {Protocol.HTTP_1_1});
        server.requireClientAuth();
        HeldCertificate own = certificate(AUTHORITY).commonName("stopper").build();
        TaskClient client = client(tls -> showing(tls, own));

        List<StopResult> results = Wire.values(client.stopAll(Flux.fromIterable(Wire.ids(IDS))));

        assertThat(results).hasSize(IDS).allMatch(Stopped.class::isInstance);
        List<RecordedRequest> requests = Wire.requests(server);
        assertThat(requests).hasSize(IDS).allSatisfy(request -> {
            assertThat(request.getVersion()).isEqualTo(protocol == Protocol.HTTP_2 ? "HTTP/2" : "HTTP/1.1");
            assertThat(request.getHandshake()).isNotNull();
            assertThat(request.getHandshake().peerCertificates()).contains(own.certificate());
        });
    }

    @Test
    void a_client_without_the_certificate_that_is_asked_for_is_told_nothing_and_says_so() {
        serve(certificate(AUTHORITY).build(), Protocol.HTTP_2, Protocol.HTTP_1_1);
        server.requireClientAuth();

        assertThat(Wire.failure(client(tls -> {}).stop(ID))).isInstanceOf(TaskRequestException.class);
        assertThat(Wire.failure(client(tls -> showing(tls, STRANGER)).stop(ID)))
                .isInstanceOf(TaskRequestException.class);

        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void certificates_are_read_on_no_thread_that_must_not_block() {
        serve(certificate(AUTHORITY).build(), Protocol.HTTP_1_1);
        Wire.dispatch(
                server,
                request -> LogBodies.stream(StubLogs.complete("completed")).build());

        assertThat(Wire.values(client(tls -> {}).logs(ID).subscribeOn(Schedulers.parallel())))
                .hasSize(1);
    }

    /** In days from now. */
    @ParameterizedTest
    @CsvSource({"-30,-1", "1,30"})
    void the_key_is_not_sent_to_a_server_whose_certificate_is_not_good_today(int from, int until) {
        long now = System.currentTimeMillis();
        serve(
                certificate(AUTHORITY)
                        .validityInterval(now + TimeUnit.DAYS.toMillis(from), now + TimeUnit.DAYS.toMillis(until))
                        .build(),
                Protocol.HTTP_2,
                Protocol.HTTP_1_1);

        assertNeverSent();
    }

    @Test
    void the_key_is_not_sent_to_a_server_with_the_certificate_of_another_authority() {
        serve(certificate(STRANGER).build(), Protocol.HTTP_2, Protocol.HTTP_1_1);

        assertNeverSent();
    }

    /** The name in the subject alone has meant nothing for many years. */
    @Test
    void the_key_is_not_sent_to_a_server_that_has_its_name_in_the_subject_only() {
        serve(
                new HeldCertificate.Builder()
                        .signedBy(AUTHORITY)
                        .commonName("localhost")
                        .addSubjectAlternativeName("elsewhere.example")
                        .build(),
                Protocol.HTTP_2,
                Protocol.HTTP_1_1);

        assertNeverSent();
    }

    private void assertNeverSent() {
        TaskException failure = Wire.failure(client(tls -> {}).stop(ID));

        assertThat(failure).isInstanceOf(TaskRequestException.class).hasMessageContaining("was not sent");
        assertThat(failure.isOutcomeUnknown()).isFalse();
        assertThat(server.getRequestCount()).isZero();
    }
}
