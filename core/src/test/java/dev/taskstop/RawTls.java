package dev.taskstop;

import static java.util.Objects.requireNonNull;

import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.function.UnaryOperator;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.client.HttpClient;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

/** TLS for raw servers: sockets that negotiate one protocol, and a client that trusts them and offers both. */
final class RawTls extends ServerSocketFactory {

    private static final HeldCertificate AUTHORITY =
            new HeldCertificate.Builder().certificateAuthority(0).build();

    private static final HandshakeCertificates SERVER = new HandshakeCertificates.Builder()
            .heldCertificate(new HeldCertificate.Builder()
                    .signedBy(AUTHORITY)
                    .addSubjectAlternativeName("localhost")
                    .build())
            .build();

    static final UnaryOperator<HttpClient> TRUSTING = client -> client.secure(spec -> spec.sslContext(trust()));

    static final String ADDRESS = "https://localhost";

    private final String protocol;

    private RawTls(String protocol) {
        this.protocol = protocol;
    }

    /** Sockets that negotiate a protocol, by its name in ALPN. */
    static ServerSocketFactory negotiating(String protocol) {
        return new RawTls(protocol);
    }

    private static GenericSslContextSpec<SslContextBuilder> trust() {
        return Http2SslContextSpec.forClient()
                .configure(builder -> builder.trustManager(requireNonNull(AUTHORITY.certificate())));
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, InetAddress address) throws IOException {
        SSLServerSocket socket = (SSLServerSocket)
                SERVER.sslContext().getServerSocketFactory().createServerSocket(port, backlog, address);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {protocol});
        socket.setSSLParameters(parameters);
        return socket;
    }

    @Override
    public ServerSocket createServerSocket(int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) {
        throw new UnsupportedOperationException();
    }
}
