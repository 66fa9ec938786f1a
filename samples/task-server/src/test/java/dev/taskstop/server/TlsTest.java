package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

class TlsTest {

    private static final char[] PASSWORD = "changeit".toCharArray();

    private static Path certificate;
    private static Path privateKey;

    @BeforeAll
    static void createCertificate(@TempDir Path folder) throws Exception {
        Path store = folder.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD),
                        "-alias",
                        "server")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.txt").toFile())
                .start();
        assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        certificate = pem(folder, "CERTIFICATE", keys.getCertificate("server").getEncoded());
        privateKey = pem(folder, "PRIVATE KEY", keys.getKey("server", PASSWORD).getEncoded());
    }

    @ParameterizedTest
    @CsvSource({"HTTP11, HTTP/1.1", "H2, HTTP/2.0"})
    void the_client_chooses_the_protocol_by_alpn(HttpProtocol protocol, String version) {
        GenericSslContextSpec<?> trusting = protocol == HttpProtocol.H2
                ? Http2SslContextSpec.forClient()
                        .configure(ssl -> ssl.trustManager(InsecureTrustManagerFactory.INSTANCE))
                : Http11SslContextSpec.forClient()
                        .configure(ssl -> ssl.trustManager(InsecureTrustManagerFactory.INSTANCE));
        try (TaskServer server = TaskServer.start(TaskServerOptions.defaults().withTls(certificate, privateKey))) {
            String answer = HttpClient.create()
                    .protocol(protocol)
                    .secure(ssl -> ssl.sslContext(trusting))
                    .headers(headers -> headers.set("Authorization", "Bearer " + server.key()))
                    .get()
                    .uri(server.baseUrl() + "/api/tasks")
                    .response()
                    .map(response ->
                            response.version() + " " + response.status().code())
                    .block(TestClient.PATIENCE);

            assertThat(server.baseUrl().getScheme()).isEqualTo("https");
            assertThat(answer).isEqualTo(version + " 200");
        }
    }

    private static Path pem(Path folder, String type, byte[] content) throws Exception {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return Files.writeString(
                folder.resolve(type + ".pem"),
                "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
    }
}
