package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.TaskClient;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

class SslBundleTest {

    private static final String ID = "9qQe2F8Z_nXx9-eJA0BD6";

    private final HeldCertificate authority = new HeldCertificate.Builder()
            .certificateAuthority(0)
            .commonName("an authority")
            .build();
    private final HeldCertificate serverCertificate = new HeldCertificate.Builder()
            .signedBy(authority)
            .addSubjectAlternativeName("localhost")
            .build();
    private final HeldCertificate clientCertificate = new HeldCertificate.Builder()
            .signedBy(authority)
            .commonName("a client")
            .build();

    @StartStop
    final MockWebServer server = server();

    private MockWebServer server() {
        HandshakeCertificates certificates = new HandshakeCertificates.Builder()
                .heldCertificate(serverCertificate, authority.certificate())
                .addTrustedCertificate(authority.certificate())
                .build();
        MockWebServer mock = new MockWebServer();
        mock.useHttps(certificates.sslSocketFactory());
        mock.requireClientAuth();
        return mock;
    }

    private ApplicationContextRunner context() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        TaskstopAutoConfiguration.class,
                        SslAutoConfiguration.class,
                        HttpClientAutoConfiguration.class,
                        ReactiveHttpClientAutoConfiguration.class,
                        WebClientAutoConfiguration.class))
                .withPropertyValues(
                        "taskstop.api-key=bb_test",
                        "taskstop.base-url=https://localhost:" + server.getPort(),
                        "taskstop.retry.max-attempts=1",
                        "spring.ssl.bundle.pem.tasks.truststore.certificate=" + authority.certificatePem(),
                        "spring.ssl.bundle.pem.tasks.keystore.certificate=" + clientCertificate.certificatePem(),
                        "spring.ssl.bundle.pem.tasks.keystore.private-key=" + clientCertificate.privateKeyPkcs8Pem());
    }

    private void assertStops(ApplicationContextRunner context, String protocol) {
        server.enqueue(new MockResponse.Builder()
                .body("{\"task\":{\"id\":\"%s\",\"status\":\"stopped\"}}".formatted(ID))
                .build());
        context.run(started -> {
            Signals.value(started.getBean(TaskClient.class).stop(ID));

            assertThat(server.takeRequest().getVersion()).isEqualTo(protocol);
        });
    }

    @Test
    void the_bundle_brings_trust_and_the_clients_own_certificate_and_http2_is_negotiated() {
        assertStops(context().withPropertyValues("taskstop.ssl.bundle=tasks"), "HTTP/2");
    }

    @Test
    void the_bundle_serves_the_web_client_transport_too() {
        assertStops(
                context().withPropertyValues("taskstop.ssl.bundle=tasks", "taskstop.transport=web-client"), "HTTP/1.1");
    }

    @Test
    void without_the_bundle_the_server_is_not_trusted() {
        context()
                .run(started -> assertThat(Signals.failure(
                                started.getBean(TaskClient.class).stop(ID)))
                        .hasMessageContaining("was not sent"));
        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void a_bundle_that_is_not_there_is_named() {
        context()
                .withPropertyValues("taskstop.ssl.bundle=typo")
                .run(started -> assertThat(started).getFailure().rootCause().hasMessageContaining("typo"));
    }
}
