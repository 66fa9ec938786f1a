package dev.taskstop.spring;

import dev.taskstop.StopRetry;
import dev.taskstop.TaskClientBuilder;
import dev.taskstop.TaskDialect;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import reactor.netty.transport.ProxyProvider;

/** Applies the properties. Whether a value will do is known to the builder; here its message gets the property's name. */
final class PropertiesCustomizer implements TaskClientCustomizer {

    private final TaskstopProperties properties;
    private final TaskstopConnectionDetails connection;

    PropertiesCustomizer(TaskstopProperties properties, TaskstopConnectionDetails connection) {
        this.properties = properties;
        this.connection = connection;
    }

    @Override
    public void customize(TaskClientBuilder builder) {
        apply("api-key", connection.getApiKey(), builder::apiKey);
        apply("base-url", connection.getBaseUrl(), builder::baseUrl);
        apply("concurrency", properties.concurrency(), builder::concurrency);
        apply("requests-per-minute", properties.requestsPerMinute(), builder::requestsPerMinute);
        apply("connect-timeout", properties.connectTimeout(), builder::connectTimeout);
        apply("request-timeout", properties.requestTimeout(), builder::requestTimeout);
        apply("poll-interval", properties.pollInterval(), builder::pollInterval);
        apply("user-agent", properties.userAgent(), builder::userAgent);
        builder.dialect(
                switch (properties.dialect()) {
                    case CLOUD -> TaskDialect.cloud();
                    case AGENT_V1 -> TaskDialect.agentV1();
                });
        builder.retry(retry(properties.retry()));
        if (properties.allowInsecureHttp()) {
            builder.allowInsecureHttp();
        }
        if (properties.http2PriorKnowledge()) {
            builder.http2PriorKnowledge();
        }
        if (properties.proxy().host() != null) {
            builder.httpClient(http -> http.proxy(this::proxy));
        }
    }

    private static StopRetry retry(TaskstopProperties.Retry settings) {
        StopRetry retry = checked(
                "retry.max-backoff",
                settings.maxBackoff(),
                () -> StopRetry.defaults().withBackoff(settings.minBackoff(), settings.maxBackoff()));
        retry = with(retry, "retry.max-attempts", settings.maxAttempts(), StopRetry::withMaxAttempts);
        retry = with(retry, "retry.jitter", settings.jitter(), StopRetry::withJitter);
        retry = with(retry, "retry.deadline", settings.deadline(), StopRetry::withDeadline);
        retry = with(retry, "retry.max-pause", settings.maxPause(), StopRetry::withMaxPause);
        return with(retry, "retry.budget", settings.budget(), StopRetry::withBudget);
    }

    private void proxy(ProxyProvider.TypeSpec spec) {
        TaskstopProperties.Proxy proxy = properties.proxy();
        ProxyProvider.Builder address = spec.type(ProxyProvider.Proxy.HTTP)
                .host(String.valueOf(proxy.host()))
                .port(proxy.port());
        if (proxy.username() != null) {
            address.username(proxy.username()).password(user -> String.valueOf(proxy.password()));
        }
    }

    private static <T> void apply(String name, @Nullable T value, Function<T, TaskClientBuilder> setter) {
        if (value != null) {
            checked(name, value, () -> setter.apply(value));
        }
    }

    private static <T> StopRetry with(
            StopRetry retry, String name, @Nullable T value, BiFunction<StopRetry, T, StopRetry> setter) {
        return value == null ? retry : checked(name, value, () -> setter.apply(retry, value));
    }

    static <R> R checked(String name, Object value, Supplier<R> setting) {
        try {
            return setting.get();
        } catch (IllegalArgumentException e) {
            Object shown = name.equals("api-key") ? "******" : value;
            throw new InvalidConfigurationPropertyValueException(
                    "taskstop." + name, shown, String.valueOf(e.getMessage()));
        }
    }
}
