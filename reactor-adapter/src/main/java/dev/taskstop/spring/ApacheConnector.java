package dev.taskstop.spring;

import org.springframework.boot.http.client.reactive.HttpComponentsClientHttpConnectorBuilder;

/** In a class of its own, which is loaded only where Apache's HTTP client is on the class path. */
final class ApacheConnector {

    private ApacheConnector() {}

    /**
     * By default it sends anew what was answered by a 429 or 503, stops among them, and what broke off; and it opens five
     * connections, for which the other requests wait until their time is up.
     */
    static HttpComponentsClientHttpConnectorBuilder adjusted(HttpComponentsClientHttpConnectorBuilder builder) {
        return builder.withHttpClientCustomizer(client -> client.disableAutomaticRetries())
                .withConnectionManagerCustomizer(pool -> pool.setMaxConnPerRoute(ConnectorBuilder.MAX_CONNECTIONS)
                        .setMaxConnTotal(ConnectorBuilder.MAX_CONNECTIONS));
    }
}
