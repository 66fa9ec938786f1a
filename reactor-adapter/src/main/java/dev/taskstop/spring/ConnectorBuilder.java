package dev.taskstop.spring;

import io.netty.util.AttributeKey;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.HttpComponentsClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JdkClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JettyClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.http.client.reactive.ClientHttpConnector;
import reactor.netty.http.HttpDecoderSpec;
import reactor.netty.transport.ProxyProvider;

/**
 * Builds the connectors of a {@code WebClient} so that they keep what the client relies on: a request is sent once, the
 * key follows no redirect, and what the properties say is done or refused.
 */
final class ConnectorBuilder {

    /** No bound of its own: how many requests are in flight is the client's to say, and how many streams are open. */
    static final int MAX_CONNECTIONS = 10_000;

    private static final int MAX_HEADER_BYTES = 64 * 1024;

    private static final AttributeKey<Object> OWNER = AttributeKey.valueOf(ConnectorBuilder.class, "owner");

    /** By name: the types of those that are not on the class path cannot be named otherwise. */
    private static final String SPRING = "org.springframework.http.client.reactive.";

    private static final String JDK = SPRING + "JdkClientHttpConnector";

    /** Sends anew only what has not left. */
    private static final String JETTY = SPRING + "JettyClientHttpConnector";

    private static final String JDK_RETRIES = "jdk.httpclient.enableAllMethodRetry";

    private final ClientHttpConnectorBuilder<?> builder;
    private final boolean sendsOnce;

    private ConnectorBuilder(ClientHttpConnectorBuilder<?> builder, boolean sendsOnce) {
        this.builder = builder;
        this.sendsOnce = sendsOnce;
    }

    static ConnectorBuilder of(ClientHttpConnectorBuilder<?> builder, TaskstopProperties properties) {
        if (properties.http2PriorKnowledge()) {
            throw new InvalidSettingException(
                    "http2-prior-knowledge", "it has no effect on a web-client, whose protocol is its connector's");
        }
        @Nullable Consumer<ProxyProvider.TypeSpec> proxy = ProxySettings.read(properties.proxy());
        if (builder instanceof ReactorClientHttpConnectorBuilder reactor) {
            ReactorClientHttpConnectorBuilder once = reactor.withHttpClientCustomizer(http ->
                    ReactorAnswers.watchedOn(reading(http).disableRetry(true).followRedirect(false)));
            return new ConnectorBuilder(
                    proxy == null ? once : once.withHttpClientCustomizer(http -> http.proxy(proxy)), true);
        }
        if (proxy != null) {
            throw new InvalidSettingException(
                    "proxy.host",
                    "of the connectors of a web-client it can be told to Reactor Netty's only: set"
                            + " spring.http.clients.reactive.connector=reactor, or tell the proxy to the application's"
                            + " ClientHttpConnectorBuilder and take this property away");
        }
        if (builder instanceof HttpComponentsClientHttpConnectorBuilder apache) {
            return new ConnectorBuilder(ApacheConnector.adjusted(apache), true);
        }
        return new ConnectorBuilder(
                builder instanceof JdkClientHttpConnectorBuilder jdk
                        ? jdk.withHttpClientCustomizer(http -> http.followRedirects(HttpClient.Redirect.NEVER))
                        : builder,
                false);
    }

    /** @param maxSilence how long an exchange that goes on may be silent */
    ClientHttpConnector build(HttpClientSettings settings, Duration maxSilence) {
        ClientHttpConnector connector = adjusted(maxSilence).build(settings);
        String type = connector.getClass().getName();
        boolean known = sendsOnce || isJetty(connector) || (type.equals(JDK) && !jdkSendsTwice());
        if (!known) {
            throw new InvalidSettingException(
                    "transport",
                    "the web-client's " + connector.getClass().getSimpleName() + " may send a stop a second time by"
                            + " itself, which cannot be switched off from here"
                            + (type.equals(JDK)
                                    ? ": take the system property " + JDK_RETRIES + " away"
                                    : ": make its ClientHttpConnectorBuilder by ClientHttpConnectorBuilder.reactor(),"
                                            + " httpComponents(), jetty() or jdk()"));
        }
        return connector;
    }

    /** As much as the client's own transport reads of the headers that a proxy or gateway adds; unless it is told more. */
    private static reactor.netty.http.client.HttpClient reading(reactor.netty.http.client.HttpClient http) {
        boolean untold = http.configuration().decoder().maxHeaderSize() == HttpDecoderSpec.DEFAULT_MAX_HEADER_SIZE;
        return untold ? http.httpResponseDecoder(http1 -> http1.maxHeaderSize(MAX_HEADER_BYTES)) : http;
    }

    private ClientHttpConnectorBuilder<?> adjusted(Duration maxSilence) {
        if (builder instanceof ReactorClientHttpConnectorBuilder reactor) {
            // Its pool is the application's, and in it connections of other attributes have room of their own.
            Object owner = new Object();
            return reactor.withHttpClientCustomizer(http -> http.attr(OWNER, owner));
        }
        return builder instanceof JettyClientHttpConnectorBuilder jetty
                ? JettyConnector.adjusted(jetty, maxSilence)
                : builder;
    }

    static boolean isJetty(ClientHttpConnector connector) {
        return connector.getClass().getName().equals(JETTY);
    }

    /** Its own client takes any value but an explicit no for a yes. */
    private static boolean jdkSendsTwice() {
        String value = System.getProperty(JDK_RETRIES);
        return value != null && (value.isEmpty() || Boolean.parseBoolean(value));
    }
}
