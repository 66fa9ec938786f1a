package dev.taskstop;

import static dev.taskstop.RawServer.bytes;
import static dev.taskstop.Told.BAD_ID;
import static dev.taskstop.Wire.ID;
import static dev.taskstop.Wire.KEY;
import static dev.taskstop.Wire.answer;
import static dev.taskstop.Wire.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import okhttp3.Protocol;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

/**
 * The key and the e-mail addresses in bodies are in no log line of any level, whoever writes it, in no exception and no
 * text form.
 */
class SecretsTest {

    private static final String REFUSAL =
            "{\"error\":{\"code\":\"x\",\"message\":\"" + Wire.USER + " may not, with " + KEY + "\"}}";

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    @RegisterExtension
    final Told told = new Told();

    private static List<MockResponse> answers() {
        return List.of(
                json(200, Wire.stopped(ID)),
                json(200, Wire.stopped(ID).substring(0, 150)),
                json(200, "<p>" + Wire.USER + KEY + "</p>"),
                json(200, Wire.stopped(Wire.USER)),
                json(200, Wire.stopped(ID) + Wire.USER.repeat(10_000)),
                json(401, REFUSAL),
                json(403, REFUSAL),
                json(404, REFUSAL),
                json(409, REFUSAL),
                json(500, REFUSAL),
                answer(429, REFUSAL).addHeader("Retry-After", "0.001").build(),
                answer(503, REFUSAL).addHeader("Retry-After", "0.001").build(),
                answer(307, REFUSAL)
                        .addHeader("Location", "https://example.com/?key=" + KEY)
                        .build(),
                answer(200, Wire.stopped(ID))
                        .onResponseBody(new SocketEffect.CloseSocket())
                        .build(),
                answer(200, "").onResponseStart(new SocketEffect.CloseSocket()).build(),
                answer(200, "").onResponseStart(SocketEffect.Stall.INSTANCE).build(),
                LogBodies.stream(StubLogs.log(0) + "event: error\ndata: {\"error\":\"" + Wire.USER + "\"}\n\ndata: "
                                + Wire.USER + KEY + "\n\nevent: log\ndata: {\"index\":1," + Wire.USER)
                        .build());
    }

    @Test
    void neither_the_key_nor_an_address_is_told_to_anybody_who_did_not_ask() {
        for (MockResponse answer : answers()) {
            TaskClient client = client("http://127.0.0.1:" + server.getPort(), settings -> settings);
            Wire.dispatch(server, answer, "processing");
            tellOfEveryCall(client);
            Wire.dispatch(server, request -> answer);
            tellOfEveryCall(client);
        }
        told.tell(client("http://127.0.0.1:1", settings -> settings).stop(ID));

        assertThat(told.texts).hasSizeGreaterThan(50);
        told.assertNoSecret();
    }

    @Test
    void nor_over_HTTP_2_and_TLS() {
        serveSecurely();
        for (MockResponse answer : answers()) {
            Wire.dispatch(server, request -> answer);
            tellOfEveryCall(client("https://localhost:" + server.getPort(), SecretsTest::trusting));
        }

        assertThat(told.lines).anyMatch(line -> line.contains("HTTP/2 stream"));
        told.assertNoSecret();
    }

    @Test
    void nor_to_a_server_that_nobody_trusts() {
        serveSecurely();
        Wire.dispatch(server, Wire::running);
        // Each handshake may take its time, and how often one is tried again is a matter of time: twice is enough.
        for (int i = 0; i < 2; i++) {
            tellOfEveryCall(client(
                    "https://localhost:" + server.getPort(),
                    settings -> settings.requestTimeout(Wire.LIMIT).retry(Wire.QUICK.withMaxAttempts(2))));
        }

        assertThat(server.getRequestCount()).isZero();
        told.assertNoSecret();
    }

    /** What is no HTTP may end up in the message of whoever tried to read it. */
    @Test
    void nor_where_what_comes_is_no_HTTP() throws IOException {
        String secret = Wire.USER + " " + KEY;
        String body = Wire.stopped(ID);
        for (String answer : List.of(
                secret + "\r\n\r\n",
                "HTTP/" + secret + " 200 OK\r\n\r\n",
                "HTTP/1.1 " + Wire.USER + " " + KEY + "\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: " + KEY + "\r\n\r\n" + body,
                "HTTP/1.1 200 OK\r\n" + secret + ": \u0000\r\nContent-Length: 2\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nX: \u0000" + secret + "\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Wire.USER + "\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: " + body.indexOf(Wire.USER) + "\r\n\r\n" + body + "\r\n\r\n")) {
            try (RawServer raw = RawServer.answering(request -> bytes(answer))) {
                tellOfEveryCall(client(raw.url().toString(), settings -> settings));
            }
        }

        told.assertNoSecret();
    }

    @Test
    void nor_by_the_text_forms_of_settings_and_requests() {
        TaskClientBuilder builder = TaskClient.builder().apiKey(KEY);
        TaskRequest request = TaskDialect.cloud()
                .stopRequest(new Origin(URI.create("https://cloud.blackbox.ai"), "", false), ID)
                .withAuthorization("Bearer " + KEY);

        assertThat(request).hasToString("PATCH /api/tasks/{taskId}");
        assertThat(request.authorization()).isEqualTo("Bearer " + KEY);
        for (Object value : List.of(
                builder,
                builder.build(),
                ApiKey.of(KEY),
                StopRetry.defaults(),
                StopAllOptions.defaults(),
                AwaitOptions.defaults(),
                TaskQuery.active(),
                StubTransport.response(200, Wire.stopped(ID), "Set-Cookie", KEY))) {
            assertThat(value.toString()).doesNotContain(KEY, Wire.USER);
        }
    }

    private void serveSecurely() {
        HeldCertificate own = new HeldCertificate.Builder()
                .addSubjectAlternativeName("localhost")
                .build();
        server.useHttps(
                new HandshakeCertificates.Builder().heldCertificate(own).build().sslSocketFactory());
        server.setProtocols(List.of(Protocol.HTTP_2, Protocol.HTTP_1_1));
    }

    private static TaskClientBuilder trusting(TaskClientBuilder settings) {
        GenericSslContextSpec<SslContextBuilder> tls = Http2SslContextSpec.forClient()
                .configure(builder -> builder.trustManager(InsecureTrustManagerFactory.INSTANCE));
        return settings.httpClient(http -> http.secure(spec -> spec.sslContext(tls)));
    }

    private TaskClient client(String baseUrl, UnaryOperator<TaskClientBuilder> more) {
        return wire.client(
                URI.create(baseUrl),
                settings -> more.apply(settings.requestTimeout(Duration.ofMillis(200))
                        .concurrency(4)
                        .retry(Wire.QUICK.withMaxAttempts(2).withDeadline(Duration.ofMillis(500)))));
    }

    private void tellOfEveryCall(TaskClient client) {
        told.tell((Object) client);
        told.tell(client.stop(ID));
        told.tell(client.status(ID));
        told.tell(client.logs(ID));
        told.tell(client.list(TaskQuery.all()).take(10));
        told.tell(client.awaitOrStop(ID, Duration.ofMillis(20), AwaitOptions.defaults()));
        told.tell(client.stopAll(Flux.just(ID, "another", BAD_ID)));
        told.tell(client.gateState());
    }
}
