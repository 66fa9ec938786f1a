package dev.taskstop.reliability;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import okhttp3.tls.HeldCertificate;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

/** A certificate for the loopback address that signs itself, made for one run; as PEM files for the server. */
record Certificate(X509Certificate trusted, Path chain, Path key) {

    private static final Duration HANDSHAKE = Duration.ofSeconds(1);

    static Certificate create(Path directory) throws IOException {
        HeldCertificate held = new HeldCertificate.Builder()
                .commonName("reliability")
                .addSubjectAlternativeName("127.0.0.1")
                .build();
        return new Certificate(
                held.certificate(),
                Files.writeString(directory.resolve("certificate.pem"), held.certificatePem()),
                Files.writeString(directory.resolve("key.pem"), held.privateKeyPkcs8Pem()));
    }

    /** A client that trusts it, and nothing else, and does not wait long for a handshake that got stuck. */
    HttpClient trustedBy(HttpClient client, boolean http2) {
        GenericSslContextSpec<?> trust = http2
                ? Http2SslContextSpec.forClient().configure(builder -> builder.trustManager(trusted))
                : Http11SslContextSpec.forClient().configure(builder -> builder.trustManager(trusted));
        return (http2 ? client : client.protocol(HttpProtocol.HTTP11))
                .secure(spec -> spec.sslContext(trust).handshakeTimeout(HANDSHAKE));
    }
}
