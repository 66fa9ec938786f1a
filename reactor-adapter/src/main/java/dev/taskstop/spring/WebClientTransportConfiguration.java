package dev.taskstop.spring;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.reactive.function.client.WebClient;

/** The transport on the application's {@code WebClient.Builder}, chosen by {@code taskstop.transport=web-client}. */
@Configuration(proxyBeanMethods = false)
@Conditional(BoundConditions.ByWebClient.class)
class WebClientTransportConfiguration {

    private static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofSeconds(10);

    /** The client itself gives up a log that is silent, and knows whether it has asked for more. */
    private static final Duration LONGER_THAN_A_LOG_IS_SILENT = Duration.ofHours(1);

    /** Said before anything is sent, rather than falling back to another transport. */
    @Bean
    @ConditionalOnMissingBean(name = "webClientTransportCustomizer")
    TaskClientCustomizer missingWebClientCustomizer() {
        return builder -> {
            throw new InvalidSettingException(
                    "transport", "web-client needs spring-boot-starter-webclient on the class path");
        };
    }

    /** Keeps the builder's filters and the kind of HTTP client; what keeps the key safe is set anew. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({WebClient.class, ClientHttpConnectorBuilder.class})
    static class Present {

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        TaskClientCustomizer webClientTransportCustomizer(
                TaskstopProperties properties,
                WebClient.Builder webClient,
                ClientHttpConnectorBuilder<?> connectors,
                ObjectProvider<HttpClientSettings> common,
                ObjectProvider<SslBundles> bundles) {
            return builder -> {
                requireTimeouts(properties);
                HttpClientSettings settings =
                        settings(common.getIfAvailable(HttpClientSettings::defaults), properties, bundles);
                ConnectorBuilder connector = ConnectorBuilder.of(connectors, properties);
                Duration timeout =
                        properties.requestTimeout() == null ? DEFAULT_REQUEST_TIMEOUT : properties.requestTimeout();
                builder.transport(WebClientTransport.of(
                        webClient,
                        connector.build(settings.withReadTimeout(timeout), timeout),
                        // A read time-out is to some the time of all, and would end a log that goes on.
                        connector.build(settings.withReadTimeout(null), LONGER_THAN_A_LOG_IS_SILENT),
                        timeout));
            };
        }

        private static HttpClientSettings settings(
                HttpClientSettings common, TaskstopProperties properties, ObjectProvider<SslBundles> bundles) {
            HttpClientSettings settings = common.withRedirects(HttpRedirects.DONT_FOLLOW);
            if (properties.connectTimeout() != null) {
                settings = settings.withConnectTimeout(properties.connectTimeout());
            }
            String bundle = Texts.read("ssl.bundle", properties.ssl().bundle());
            return bundle == null ? settings : settings.withSslBundle(SslCustomizer.bundle(bundle, bundles));
        }

        /** Asks the builder first: an HTTP client may refuse a value, too, but knows no property to name. */
        private static void requireTimeouts(TaskstopProperties properties) {
            require("connect-timeout", properties.connectTimeout(), TaskClient.builder()::connectTimeout);
            require("request-timeout", properties.requestTimeout(), TaskClient.builder()::requestTimeout);
        }

        private static void require(
                String name, @Nullable Duration timeout, Function<Duration, TaskClientBuilder> setting) {
            if (timeout != null) {
                PropertiesCustomizer.checked(name, () -> setting.apply(timeout));
            }
        }
    }
}
