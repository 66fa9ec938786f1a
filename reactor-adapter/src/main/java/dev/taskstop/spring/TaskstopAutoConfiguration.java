package dev.taskstop.spring;

import dev.taskstop.ActiveTasks;
import dev.taskstop.StopListener;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Scope;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Makes a {@link TaskClient} and its {@link ActiveTasks} injectable, where the application does not define its own.
 */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration",
            "org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration",
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration"
        })
@EnableConfigurationProperties(TaskstopProperties.class)
@Import(WebClientTransportConfiguration.class)
@ImportRuntimeHints(TaskstopRuntimeHints.class)
public final class TaskstopAutoConfiguration {

    private static final Duration DEFAULT_PHASE_TIMEOUT = Duration.ofSeconds(30);

    @Bean
    @ConditionalOnMissingBean
    TaskstopConnectionDetails taskstopConnectionDetails(TaskstopProperties properties) {
        return new PropertiesConnectionDetails(properties);
    }

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    TaskClientCustomizer taskstopPropertiesCustomizer(
            TaskstopProperties properties, TaskstopConnectionDetails connection) {
        return new PropertiesCustomizer(properties, connection);
    }

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    @ConditionalOnProperty("taskstop.ssl.bundle")
    TaskClientCustomizer taskstopSslCustomizer(TaskstopProperties properties, SslBundles bundles) {
        return new SslCustomizer(
                bundles.getBundle(String.valueOf(properties.ssl().bundle())));
    }

    @Bean
    @Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
    @ConditionalOnMissingBean
    TaskClientBuilder taskClientBuilder(
            ObjectProvider<TaskClientCustomizer> customizers, ObjectProvider<StopListener> listeners) {
        TaskClientBuilder builder = TaskClient.builder();
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        listeners.orderedStream().forEach(builder::stopListener);
        return builder;
    }

    @Bean
    @ConditionalOnMissingBean
    ActiveTasks activeTasks(TaskClient client) {
        return client.activeTasks();
    }

    @Bean
    @ConditionalOnProperty(name = "taskstop.shutdown.stop-tracked", matchIfMissing = true)
    ActiveTasksLifecycle activeTasksLifecycle(
            ActiveTasks activeTasks, TaskstopProperties properties, ObjectProvider<LifecycleProperties> lifecycle) {
        Duration phaseTimeout = lifecycle.stream()
                .map(LifecycleProperties::getTimeoutPerShutdownPhase)
                .findFirst()
                .orElse(DEFAULT_PHASE_TIMEOUT);
        return new ActiveTasksLifecycle(activeTasks, properties.shutdown().grace(), phaseTimeout);
    }

    /** The client, where the application has none of its own; that one is the application's to close. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(TaskClient.class)
    static class Client {

        @Bean(destroyMethod = "closeAsync")
        TaskClient taskClient(TaskClientBuilder builder) {
            try {
                return builder.build();
            } catch (IllegalStateException | IllegalArgumentException e) {
                throw new TaskClientCreationException(e);
            }
        }

        @Bean
        TaskClientLifecycle taskClientLifecycle(TaskClient client) {
            return new TaskClientLifecycle(client);
        }
    }

    /** The application's own observations, when it has any. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ObservationRegistry.class)
    static class Observed {

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        TaskClientCustomizer taskstopObservationCustomizer(ObjectProvider<ObservationRegistry> registry) {
            return builder -> registry.ifAvailable(builder::observationRegistry);
        }
    }

    /** The event loops that the application's web server and clients run on, when Spring manages them. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ReactorResourceFactory.class)
    static class SharedEventLoops {

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        TaskClientCustomizer taskstopEventLoopsCustomizer(ObjectProvider<ReactorResourceFactory> resources) {
            return builder ->
                    resources.ifAvailable(factory -> builder.httpClient(http -> http.runOn(new SharedLoops(factory))));
        }
    }
}
