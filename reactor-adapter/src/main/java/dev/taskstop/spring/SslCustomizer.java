package dev.taskstop.spring;

import dev.taskstop.TaskClientBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

/** Takes certificates, trust, ciphers and protocols from an SSL bundle; HTTP/2 is negotiated as without one. */
final class SslCustomizer implements TaskClientCustomizer {

    private final SslBundle bundle;

    private SslCustomizer(SslBundle bundle) {
        this.bundle = bundle;
    }

    static SslCustomizer of(TaskstopProperties.Ssl ssl, ObjectProvider<SslBundles> bundles) {
        return new SslCustomizer(bundle(String.valueOf(Texts.read("ssl.bundle", ssl.bundle())), bundles));
    }

    /**
     * Opens a bundle now, rather than with the first connection.
     *
     * @throws InvalidSettingException where there is none of this name, or it cannot be opened
     */
    static SslBundle bundle(String name, ObjectProvider<SslBundles> bundles) {
        SslBundles known = bundles.getIfAvailable();
        if (known == null) {
            throw new InvalidSettingException("ssl.bundle", "this application has no SSL bundles");
        }
        try {
            SslBundle bundle = known.getBundle(name);
            bundle.getManagers().getKeyManagerFactory();
            bundle.getManagers().getTrustManagerFactory();
            return bundle;
        } catch (NoSuchSslBundleException e) {
            throw new InvalidSettingException(
                    "ssl.bundle",
                    "there is no SSL bundle named " + name + " under spring.ssl.bundle; there are "
                            + known.getBundleNames());
        } catch (RuntimeException e) {
            throw new InvalidSettingException(
                    "ssl.bundle", "the SSL bundle " + name + " cannot be opened: " + e.getMessage());
        }
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
