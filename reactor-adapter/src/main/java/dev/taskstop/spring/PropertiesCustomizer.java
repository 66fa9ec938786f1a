package dev.taskstop.spring;

import dev.taskstop.StopRetry;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import dev.taskstop.TaskDialect;
import java.net.URI;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import reactor.core.publisher.Mono;
import reactor.netty.transport.ProxyProvider;

/**
 * Applies the properties, when a client is to be built and not before: one that a test puts a mock in the place of needs
 * none. Whether a value will do is known to the builder; here its message gets the property's name.
 */
final class PropertiesCustomizer implements TaskClientCustomizer {

    private final TaskstopProperties properties;
    private final TaskstopConnectionDetails connection;
    private final Environment environment;

    PropertiesCustomizer(TaskstopProperties properties, TaskstopConnectionDetails connection, Environment environment) {
        this.properties = properties;
        this.connection = connection;
        this.environment = environment;
        ShortDurations.warn(properties);
    }

    @Override
    public void customize(TaskClientBuilder builder) {
        applyConnection(builder);
        apply("concurrency", properties.concurrency(), builder::concurrency);
        apply("requests-per-minute", properties.requestsPerMinute(), builder::requestsPerMinute);
        apply("connect-timeout", properties.connectTimeout(), builder::connectTimeout);
        apply("request-timeout", properties.requestTimeout(), builder::requestTimeout);
        apply("poll-interval", properties.pollInterval(), builder::pollInterval);
        apply("user-agent", Texts.read("user-agent", properties.userAgent()), builder::userAgent);
        builder.dialect(dialect());
        builder.retry(retry(properties.retry()));
        if (properties.allowInsecureHttp()) {
            builder.allowInsecureHttp();
        }
        if (properties.http2PriorKnowledge()) {
            builder.http2PriorKnowledge();
        }
        Consumer<ProxyProvider.TypeSpec> proxy = ProxySettings.read(properties.proxy());
        if (proxy != null) {
            builder.httpClient(http -> http.proxy(proxy));
        }
    }

    private void applyConnection(TaskClientBuilder builder) {
        try {
            apply("api-key", Texts.readKey("api-key", connection.getApiKey()), builder::apiKey);
            apply("base-url", baseUrl(), builder::baseUrl);
        } catch (InvalidSettingException e) {
            throw connection instanceof PropertiesConnectionDetails ? e : e.saidBy(connection);
        }
    }

    private TaskDialect dialect() {
        return switch (properties.dialect()) {
            case CLOUD -> TaskDialect.cloud();
            case AGENT_V1 -> TaskDialect.agentV1();
        };
    }

    /** An address that is there and empty is a mistake: without one the key goes to the public address. */
    private @Nullable URI baseUrl() {
        URI url = connection.getBaseUrl();
        if (url == null && connection instanceof PropertiesConnectionDetails) {
            Binder.get(environment).bind("taskstop.base-url", String.class).ifBound(empty -> {
                throw new InvalidSettingException(
                        "base-url",
                        "it is empty. Without the property the key is sent to the public address of the dialect");
            });
        }
        if (url != null) {
            // The builder looks at it when it builds, where nobody knows any more where it came from.
            checked(
                    "base-url",
                    () -> TaskClient.builder()
                            .apiKey("none")
                            .transport(request -> Mono.never())
                            .allowInsecureHttp()
                            .dialect(dialect())
                            .baseUrl(url)
                            .build());
        }
        return url;
    }

    private static StopRetry retry(TaskstopProperties.Retry settings) {
        Duration min = settings.minBackoff();
        Duration max = settings.maxBackoff();
        checked("retry.min-backoff", () -> StopRetry.defaults().withBackoff(min, min));
        StopRetry retry =
                checked("retry.max-backoff", () -> StopRetry.defaults().withBackoff(min, max));
        retry = with(retry, "retry.max-attempts", settings.maxAttempts(), StopRetry::withMaxAttempts);
        retry = with(retry, "retry.jitter", settings.jitter(), StopRetry::withJitter);
        retry = with(retry, "retry.deadline", settings.deadline(), StopRetry::withDeadline);
        retry = with(retry, "retry.max-pause", settings.maxPause(), StopRetry::withMaxPause);
        return with(retry, "retry.budget", settings.budget(), StopRetry::withBudget);
    }

    private static <T> void apply(String name, @Nullable T value, Function<T, TaskClientBuilder> setter) {
        if (value != null) {
            checked(name, () -> setter.apply(value));
        }
    }

    private static <T> StopRetry with(
            StopRetry retry, String name, @Nullable T value, BiFunction<StopRetry, T, StopRetry> setter) {
        return value == null ? retry : checked(name, () -> setter.apply(retry, value));
    }

    static <R> R checked(String name, Supplier<R> setting) {
        try {
            return setting.get();
        } catch (IllegalArgumentException e) {
            throw new InvalidSettingException(name, Texts.inPropertyWords(e.getMessage()));
        }
    }
}
