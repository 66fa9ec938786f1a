package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientMetrics;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import reactor.core.publisher.Mono;

class TaskstopActuatorAutoConfigurationTest {

    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(TaskstopActuatorAutoConfiguration.class, TaskstopAutoConfiguration.class))
            .withPropertyValues("taskstop.api-key=bb_test", "management.endpoints.web.exposure.include=taskstop");

    @Test
    void everything_is_there_when_the_application_has_an_actuator() {
        context.run(started -> assertThat(started)
                .hasSingleBean(TaskstopHealthIndicator.class)
                .hasSingleBean(TaskClientMetrics.class)
                .hasSingleBean(TaskstopEndpoint.class)
                .hasSingleBean(SanitizingFunction.class));
    }

    @Test
    void nothing_is_there_without_a_client() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(TaskstopActuatorAutoConfiguration.class))
                .run(started -> assertThat(started)
                        .hasNotFailed()
                        .doesNotHaveBean(RecentStops.class)
                        .doesNotHaveBean(TaskClientMetrics.class));
    }

    @Test
    void without_health_there_is_no_indicator() {
        context.withClassLoader(new FilteredClassLoader(ReactiveHealthIndicator.class))
                .run(started -> assertThat(started)
                        .doesNotHaveBean("taskstopHealthIndicator")
                        .hasSingleBean(TaskstopEndpoint.class)
                        .hasSingleBean(TaskClientMetrics.class));
    }

    @Test
    void the_indicator_can_be_switched_off() {
        context.withPropertyValues("management.health.taskstop.enabled=false")
                .run(started -> assertThat(started).doesNotHaveBean("taskstopHealthIndicator"));
    }

    @Test
    void an_indicator_of_the_application_is_left_alone() {
        ReactiveHealthIndicator own = () -> Mono.just(Health.up().build());

        context.withBean("taskstopHealthIndicator", ReactiveHealthIndicator.class, () -> own)
                .run(started -> assertThat(started)
                        .getBean(ReactiveHealthIndicator.class)
                        .isSameAs(own));
    }

    @Test
    void without_micrometer_there_are_no_gauges() {
        context.withClassLoader(new FilteredClassLoader(MeterBinder.class))
                .run(started -> assertThat(started)
                        .doesNotHaveBean("taskClientMetrics")
                        .hasSingleBean(TaskstopEndpoint.class)
                        .hasSingleBean(TaskstopHealthIndicator.class));
    }

    @Test
    void gauges_of_the_application_are_left_alone() {
        TaskClientMetrics own =
                new TaskClientMetrics(TaskClient.builder().apiKey("own").build());

        context.withBean(TaskClientMetrics.class, () -> own)
                .run(started ->
                        assertThat(started).getBean(TaskClientMetrics.class).isSameAs(own));
    }

    @Test
    void without_an_actuator_there_is_no_endpoint() {
        context.withClassLoader(new FilteredClassLoader(Endpoint.class))
                .run(started -> assertThat(started)
                        .doesNotHaveBean("taskstopEndpoint")
                        .doesNotHaveBean("taskstopSecrets")
                        .hasSingleBean(TaskClientMetrics.class));
    }

    @Test
    void an_endpoint_that_is_not_exposed_is_not_made() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(TaskstopActuatorAutoConfiguration.class, TaskstopAutoConfiguration.class))
                .withPropertyValues("taskstop.api-key=bb_test")
                .run(started -> assertThat(started).doesNotHaveBean(TaskstopEndpoint.class));
    }
}
