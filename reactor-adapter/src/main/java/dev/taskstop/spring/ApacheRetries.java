package dev.taskstop.spring;

import org.springframework.boot.http.client.reactive.HttpComponentsClientHttpConnectorBuilder;

/** In a class of its own, which is loaded only where Apache's HTTP client is on the class path. */
final class ApacheRetries {

    private ApacheRetries() {}

    /** By default it sends anew what was answered by a 429 or 503, stops among them, and what broke off. */
    static HttpComponentsClientHttpConnectorBuilder off(HttpComponentsClientHttpConnectorBuilder builder) {
        return builder.withHttpClientCustomizer(client -> client.disableAutomaticRetries());
    }
}
