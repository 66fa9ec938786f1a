package dev.taskstop.spring;

import dev.taskstop.ActiveTasks;
import dev.taskstop.RequestObservationConvention;
import dev.taskstop.StopListener;
import dev.taskstop.StopObservationConvention;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import io.micrometer.observation.ObservationRegistry;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.BeanFactoryInitializer;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.support.ScopeNotActiveException;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.ProxyType;
import org.springframework.context.annotation.Proxyable;
import org.springframework.context.annotation.Scope;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
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
@Import({WebClientTransportConfiguration.class, ProblemDetailsConfiguration.class})
@ImportRuntimeHints(TaskstopRuntimeHints.class)
public final class TaskstopAutoConfiguration {

    /** A parent's own word goes for its children, too; what only repeats the parent's properties does not. */
    @Bean
    @ConditionalOnMissingBean(value = TaskstopConnectionDetails.class, ignored = PropertiesConnectionDetails.class)
    PropertiesConnectionDetails taskstopConnectionDetails(TaskstopProperties properties) {
        return new PropertiesConnectionDetails(properties);
    }

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    TaskClientCustomizer taskstopPropertiesCustomizer(
            TaskstopProperties properties, TaskstopConnectionDetails connection, Environment environment) {
        return new PropertiesCustomizer(properties, connection, environment);
    }

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    @Conditional(BoundConditions.HasBundle.class)
    TaskClientCustomizer taskstopSslCustomizer(TaskstopProperties properties, ObjectProvider<SslBundles> bundles) {
        return builder -> SslCustomizer.of(properties.ssl(), bundles).customize(builder);
    }

    @Bean
    @Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    TaskClientBuilder taskClientBuilder(
            ObjectProvider<TaskClientCustomizer> customizers,
            ObjectProvider<StopListener> listeners,
            ObjectProvider<RecentStopsByClient> recentStops) {
        TaskClientBuilder builder = TaskClient.builder();
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        listeners.orderedStream().forEach(builder::stopListener);
        recentStops.stream()
                .map(RecentStopsByClient::listener)
                .filter(Objects::nonNull)
                .forEach(builder::stopListener);
        return builder;
    }

    /** The client, where the application has none of its own; that one is the application's to close. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(TaskClient.class)
    @Order(1)
    static class Client {

        /** An aspect of the application finds an interface to stand in for: the class behind it is final. */
        @Bean(destroyMethod = "closeAsync")
        @Proxyable(ProxyType.INTERFACES)
        TaskClient taskClient(TaskClientBuilder builder) {
            try {
                return builder.build();
            } catch (IllegalStateException | IllegalArgumentException e) {
                throw new TaskClientCreationException(e);
            }
        }

        @Bean
        TaskClientLifecycle taskClientLifecycle(
                @Qualifier("taskClient") TaskClient client, ApplicationContext context) {
            return new TaskClientLifecycle(client, context);
        }
    }

    /** What belongs to the clients of this very context; those of a parent are the parent's to look after. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(value = TaskClient.class, search = SearchStrategy.CURRENT)
    @Order(2)
    static class Tracking {

        @Bean
        @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
        @ConditionalOnSingleCandidate(value = TaskClient.class, search = SearchStrategy.CURRENT)
        @Proxyable(ProxyType.INTERFACES)
        @Nullable
        ActiveTasks activeTasks(ListableBeanFactory beans) {
            TaskClient client = mainClient(beans);
            // Of a client that is made for each use there are none to share: who wants them is told so.
            return client == null ? null : tasksOf(client);
        }

        @Bean
        @Conditional(BoundConditions.StopTracked.class)
        ActiveTasksLifecycle activeTasksLifecycle(
                ListableBeanFactory beans,
                TaskstopProperties properties,
                ObjectProvider<LifecycleProperties> lifecycle) {
            Set<ActiveTasks> tracked = Collections.newSetFromMap(new IdentityHashMap<>());
            beans.getBeansOfType(ActiveTasks.class).values().forEach(tasks -> tracked.add(behindProxy(tasks)));
            clientsByName(beans).values().forEach(client -> tracked.add(tasksOf(client)));
            return new ActiveTasksLifecycle(tracked, ShutdownGrace.of(properties, lifecycle));
        }

        /** Before any other bean, so that what one begins while it is made is stopped when another cannot be made. */
        @Bean
        @Conditional(BoundConditions.StopTracked.class)
        static BeanFactoryInitializer<ListableBeanFactory> activeTasksLifecycleFirst() {
            return beans -> beans.getBean(ActiveTasksLifecycle.class);
        }
    }

    /** What is stopped again and again, by the client of this very context: with a parent's client, the parent does it. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(value = TaskClient.class, search = SearchStrategy.CURRENT)
    @Import(SweepRegistrar.class)
    @Order(2)
    static class Sweeping {}

    /** A parent may have a client without this auto-configuration. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(ActiveTasks.class)
    @ConditionalOnSingleCandidate(TaskClient.class)
    @Order(3)
    static class ClientOfParent {

        @Bean
        ActiveTasks activeTasks(TaskClient client) {
            return tasksOf(client);
        }
    }

    /** The clients of this context that live as long as it does; what is made for each use is the user's to look after. */
    static Map<String, TaskClient> clientsByName(ListableBeanFactory beans) {
        Map<String, TaskClient> clients = new LinkedHashMap<>(beans.getBeansOfType(TaskClient.class, false, true));
        clients.values().removeIf(client -> !isThere(client));
        return clients;
    }

    /** Behind a proxy for one client a request, there is none now. */
    private static boolean isThere(TaskClient client) {
        try {
            client.gateState();
            return true;
        } catch (ScopeNotActiveException e) {
            return false;
        }
    }

    /** The only client of this context, or the primary one; a parent may have another. */
    static @Nullable TaskClient mainClient(ListableBeanFactory beans) {
        Collection<TaskClient> clients = clientsByName(beans).values();
        if (clients.size() < 2) {
            return clients.stream().findFirst().orElse(null);
        }
        TaskClient primary = beans.getBeanProvider(TaskClient.class).getIfUnique();
        return clients.stream().filter(client -> client == primary).findFirst().orElse(null);
    }

    /** A mock in the place of the client has none. */
    static ActiveTasks tasksOf(TaskClient client) {
        @Nullable ActiveTasks tasks = client.activeTasks();
        return tasks == null ? new UntrackedTasks() : tasks;
    }

    /** Behind the proxy of an aspect they are perhaps a client's, which is known by another way. */
    static ActiveTasks behindProxy(ActiveTasks tasks) {
        return AopProxyUtils.getSingletonTarget(tasks) instanceof ActiveTasks own ? own : tasks;
    }

    /** The application's own observations, when it has any. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ObservationRegistry.class)
    static class Observed {

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        TaskClientCustomizer taskstopObservationCustomizer(
                ObjectProvider<ObservationRegistry> registry,
                ObjectProvider<StopObservationConvention> stops,
                ObjectProvider<RequestObservationConvention> requests) {
            return builder -> {
                registry.ifAvailable(builder::observationRegistry);
                stops.ifAvailable(builder::stopObservationConvention);
                requests.ifAvailable(builder::requestObservationConvention);
            };
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
