package dev.taskstop.spring;

import dev.taskstop.TaskClientBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.util.List;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslOptions;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

/** Takes certificates, trust, ciphers and protocols from an SSL bundle; HTTP/2 is negotiated as without one. */
final class SslCustomizer implements TaskClientCustomizer {

    private final SslBundle bundle;

    SslCustomizer(SslBundle bundle) {
        this.bundle = bundle;
    }

    @Override
    public void customize(TaskClientBuilder builder) {
        GenericSslContextSpec<?> context = Http2SslContextSpec.forClient().configure(this::configure);
        builder.httpClient(http -> http.secure(spec -> spec.sslContext(context)));
    }

    private void configure(SslContextBuilder ssl) {
        ssl.keyManager(bundle.getManagers().getKeyManagerFactory())
                .trustManager(bundle.getManagers().getTrustManagerFactory());
        SslOptions options = bundle.getOptions();
        if (options.getCiphers() != null) {
            ssl.ciphers(List.of(options.getCiphers()), SupportedCipherSuiteFilter.INSTANCE);
        }
        if (options.getEnabledProtocols() != null) {
            ssl.protocols(options.getEnabledProtocols());
        }
    }
}
