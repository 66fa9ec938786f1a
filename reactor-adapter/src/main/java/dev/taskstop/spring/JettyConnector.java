package dev.taskstop.spring;

import java.time.Duration;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.WWWAuthenticationProtocolHandler;
import org.eclipse.jetty.util.component.LifeCycle;
import org.springframework.boot.http.client.reactive.JettyClientHttpConnectorBuilder;

/** In a class of its own, which is loaded only where Jetty's HTTP client is on the class path. */
final class JettyConnector {

    private JettyConnector() {}

    /**
     * By default it ends what is silent for thirty seconds, be it a log or an answer that may take longer; it opens 64
     * connections; and a 401 that names no other way to log in is a failure to it, and no answer. What it is told about
     * redirects by the application counts, for a request whose body it has not read yet.
     *
     * @param maxSilence how long an exchange that goes on may be silent
     */
    static JettyClientHttpConnectorBuilder adjusted(JettyClientHttpConnectorBuilder builder, Duration maxSilence) {
        return builder.withHttpClientCustomizer(client -> {
            client.setIdleTimeout(Math.max(client.getIdleTimeout(), maxSilence.toMillis()));
            client.setFollowRedirects(false);
            client.setMaxConnectionsPerDestination(ConnectorBuilder.MAX_CONNECTIONS);
            client.setMaxRequestsQueuedPerDestination(ConnectorBuilder.MAX_CONNECTIONS);
            client.addEventListener(new Started(client));
        });
    }

    /** What handles a 401 is only there when the client has started. */
    private record Started(HttpClient client) implements LifeCycle.Listener {

        @Override
        public void lifeCycleStarted(LifeCycle event) {
            client.getProtocolHandlers().remove(WWWAuthenticationProtocolHandler.NAME);
        }
    }
}
