package dev.taskstop.room;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties.ForwardHeadersStrategy;
import org.springframework.stereotype.Component;

/** Where the page can be reached from: other machines get it through TLS only, the application's or a proxy's. */
@Component
final class Exposure {

    private final String address;
    private final String host;
    private final boolean everywhere;
    private final boolean tls;

    Exposure(ServerProperties server) {
        InetAddress bound = server.getAddress();
        this.address = bound == null ? "every address" : bound.getHostAddress();
        this.host = host(bound);
        this.everywhere = bound == null || !bound.isLoopbackAddress();
        this.tls = Ssl.isEnabled(server.getSsl());
        if (everywhere && !tls && !hasProxy(server.getForwardHeadersStrategy())) {
            throw new RefusedException(address);
        }
    }

    private static String host(@Nullable InetAddress bound) {
        if (bound == null || bound.isAnyLocalAddress() || bound.getHostAddress().equals("127.0.0.1")) {
            return "localhost";
        }
        return bound instanceof Inet6Address ? "[" + bound.getHostAddress() + "]" : bound.getHostAddress();
    }

    private static boolean hasProxy(@Nullable ForwardHeadersStrategy strategy) {
        return strategy == ForwardHeadersStrategy.NATIVE || strategy == ForwardHeadersStrategy.FRAMEWORK;
    }

    /** Whether other machines can reach it. */
    boolean isEverywhere() {
        return everywhere;
    }

    String address() {
        return address;
    }

    /** What a browser of this machine takes for it. */
    String host() {
        return host;
    }

    String scheme() {
        return tls ? "https" : "http";
    }

    /** Says that the page would be reachable without TLS. */
    static final class RefusedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        RefusedException(String address) {
            super("server.address: the control room does not listen on " + address + " without TLS");
        }
    }

    /** Tells a person what to do about it. */
    static final class Analyzer extends AbstractFailureAnalyzer<RefusedException> {
        @Override
        protected FailureAnalysis analyze(Throwable failure, RefusedException cause) {
            return new FailureAnalysis(
                    cause.getMessage() + ": passwords and stops would cross the network in the clear.",
                    "Set server.ssl.* or server.ssl.bundle; or, behind a proxy that does TLS and says so in"
                            + " X-Forwarded-Proto, server.forward-headers-strategy=native; or leave server.address at"
                            + " 127.0.0.1.",
                    cause);
        }
    }
}
