package dev.taskstop.spring;

import dev.taskstop.ActiveTasks;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientMetrics;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.regex.Pattern;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Health, gauges and an endpoint for the {@link TaskClient}, each where the application has what it is for. */
@AutoConfiguration(after = TaskstopAutoConfiguration.class)
@ConditionalOnBean(TaskClient.class)
public final class TaskstopActuatorAutoConfiguration {

    @Bean
    RecentStops recentStops() {
        return new RecentStops();
    }

    /** Whether the task API answers, as far as is known. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({ReactiveHealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
    static class HealthConfiguration {

        @Bean
        @ConditionalOnEnabledHealthIndicator("taskstop")
        @ConditionalOnMissingBean(name = "taskstopHealthIndicator")
        ReactiveHealthIndicator taskstopHealthIndicator(TaskClient client, RecentStops recentStops) {
            return new TaskstopHealthIndicator(client, recentStops);
        }
    }

    /** The gauges of the gate. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterBinder.class)
    static class MetricsConfiguration {

        @Bean
        @ConditionalOnMissingBean
        TaskClientMetrics taskClientMetrics(TaskClient client) {
            return new TaskClientMetrics(client);
        }
    }

    /** The endpoint, and what keeps the key out of the others. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
    static class EndpointConfiguration {

        private static final Pattern SECRETS =
                Pattern.compile("(?i)(taskstop[._](api-?_?key|proxy[._]password)|blackbox_api_key)");

        @Bean
        @ConditionalOnAvailableEndpoint
        @ConditionalOnMissingBean
        TaskstopEndpoint taskstopEndpoint(TaskClient client, ActiveTasks activeTasks, RecentStops recentStops) {
            return new TaskstopEndpoint(client, activeTasks, recentStops);
        }

        @Bean
        SanitizingFunction taskstopSecrets() {
            return SanitizingFunction.sanitizeValue().ifKeyMatches(SECRETS);
        }
    }
}
