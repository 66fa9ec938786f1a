package dev.taskstop.spring;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientMetrics;
import dev.taskstop.spring.TaskSweep.State;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeReactiveHealthContributor;
import org.springframework.boot.health.contributor.ReactiveHealthContributor;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Health, gauges and an endpoint for each {@link TaskClient} of this context, each where the application has what it is
 * for.
 */
@AutoConfiguration(after = TaskstopAutoConfiguration.class)
@ConditionalOnBean(value = TaskClient.class, search = SearchStrategy.CURRENT)
public final class TaskstopActuatorAutoConfiguration {

    /** Static, because it looks at how other beans are made. */
    @Bean
    static RecentStopsByClient recentStopsByClient() {
        return new RecentStopsByClient();
    }

    /** Whether the task API answers, as far as is known. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({ReactiveHealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
    static class HealthConfiguration {

        @Bean
        @ConditionalOnEnabledHealthIndicator("taskstop")
        @ConditionalOnMissingBean(name = "taskstopHealthIndicator", search = SearchStrategy.CURRENT)
        ReactiveHealthContributor taskstopHealthIndicator(
                ListableBeanFactory beans, RecentStopsByClient recentStops, TaskstopProperties properties) {
            Collection<SweepLifecycle> sweeps =
                    beans.getBeansOfType(SweepLifecycle.class).values();
            Map<String, ReactiveHealthIndicator> indicators = new LinkedHashMap<>();
            TaskstopAutoConfiguration.clientsByName(beans)
                    .forEach((name, client) -> indicators.put(
                            name,
                            new TaskstopHealthIndicator(
                                    client,
                                    recentStops.of(name),
                                    properties.health().maxAge(),
                                    sweeps)));
            return indicators.size() == 1
                    ? indicators.values().iterator().next()
                    : CompositeReactiveHealthContributor.fromMap(indicators);
        }
    }

    /** The gauges of the gate. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterBinder.class)
    static class MetricsConfiguration {

        @Bean
        @ConditionalOnMissingBean(value = TaskClientMetrics.class, search = SearchStrategy.CURRENT)
        MeterBinder taskClientMetrics(ListableBeanFactory beans) {
            Map<String, TaskClient> clients = TaskstopAutoConfiguration.clientsByName(beans);
            // A mock in the place of a client has no gate to measure.
            clients.values().removeIf(client -> Objects.isNull(client.gateState()));
            if (clients.size() == 1) {
                return new TaskClientMetrics(clients.values().iterator().next());
            }
            return registry -> clients.forEach((name, client) -> new TaskClientMetrics(client, name).bindTo(registry));
        }
    }

    /** What the sweeps have done so far. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterBinder.class)
    @ConditionalOnBean(value = SweepLifecycle.class, search = SearchStrategy.CURRENT)
    static class SweepMetricsConfiguration {

        @Bean
        MeterBinder taskSweepMetrics(ListableBeanFactory beans) {
            Collection<SweepLifecycle> sweeps =
                    beans.getBeansOfType(SweepLifecycle.class).values();
            return registry -> sweeps.forEach(sweep -> bind(sweep, registry));
        }

        private static void bind(TaskSweep sweep, MeterRegistry registry) {
            FunctionTimer.builder(
                            "taskstop.sweep",
                            sweep,
                            it -> it.state().rounds(),
                            it -> it.state().elapsed().toNanos(),
                            TimeUnit.NANOSECONDS)
                    .description("Rounds of a sweep that have ended, and how long they took")
                    .tag("sweep", sweep.name())
                    .register(registry);
            count("taskstop.sweep.failed", "Rounds that could not read the list", sweep, State::failedRounds, registry);
            count("taskstop.sweep.tasks.stopped", "Tasks that a sweep stopped", sweep, State::stopped, registry);
            count("taskstop.sweep.tasks.failed", "Stops of a sweep that failed", sweep, State::failed, registry);
        }

        private static void count(
                String name, String what, TaskSweep sweep, ToLongFunction<State> value, MeterRegistry registry) {
            FunctionCounter.builder(name, sweep, it -> value.applyAsLong(it.state()))
                    .description(what)
                    .tag("sweep", sweep.name())
                    .register(registry);
        }
    }

    /** The endpoint, and what keeps the key out of the others. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
    static class EndpointConfiguration {

        private static final Pattern SECRETS =
                Pattern.compile("(?i)(taskstop[._](api-?_?key|proxy[._]password)|blackbox_api_key)");

        /** What is shorter is a part of too many other values. */
        private static final int SHORTEST_SECRET = 6;

        @Bean
        @ConditionalOnAvailableEndpoint
        @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
        TaskstopEndpoint taskstopEndpoint(ListableBeanFactory beans, RecentStopsByClient recentStops) {
            return TaskstopEndpoint.of(beans, recentStops);
        }

        /** By name, and by what they are: a placeholder's variable and a command line may have them, too. */
        @Bean
        SanitizingFunction taskstopSecrets(TaskstopProperties properties) {
            List<String> secrets = Stream.of(
                            properties.apiKey(), properties.proxy().password())
                    .filter(Objects::nonNull)
                    .filter(secret -> secret.length() >= SHORTEST_SECRET)
                    .toList();
            return SanitizingFunction.sanitizeValue()
                    .ifMatches(data -> SECRETS.matcher(data.getKey()).matches()
                            || secrets.stream().anyMatch(String.valueOf(data.getValue())::contains));
        }
    }
}
