package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.TaskClient;
import dev.taskstop.spring.TaskstopProperties.Dialect;
import dev.taskstop.spring.TaskstopProperties.Transport;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableReactiveWebApplicationContext;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.http.client.ReactorResourceFactory;

/** What binding takes for a value, what is made of it takes for that value, too: in each form of name and value. */
class RelaxedFormsTest {

    private static final List<String> NO = List.of("false", "FALSE", "False", "no", "No", "NO", "off", "OFF", "0");
    private static final List<String> YES = List.of("true", "TRUE", "True", "yes", "Yes", "on", "ON", "1");

    private final ReactiveWebApplicationContextRunner context = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    TaskstopAutoConfiguration.class,
                    TaskstopActuatorAutoConfiguration.class,
                    SslAutoConfiguration.class,
                    HttpClientAutoConfiguration.class,
                    ReactiveHttpClientAutoConfiguration.class,
                    WebClientAutoConfiguration.class))
            .withBean(ReactorResourceFactory.class, QuickLoops::factory)
            .withPropertyValues("taskstop.api-key=bb_test");

    /** In a file, on a command line, in the environment. */
    private static List<String> formsOf(String name) {
        StringBuilder camel = new StringBuilder();
        for (String word : name.split("-", -1)) {
            camel.append(camel.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        return List.of(
                name,
                name.replace('-', '_'),
                camel.toString(),
                name.toUpperCase(Locale.ROOT),
                name.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT),
                name.replace('-', '_').replace('.', '_').toUpperCase(Locale.ROOT));
    }

    private static List<String> formsOf(Enum<?> value) {
        String kebab = value.name().toLowerCase(Locale.ROOT).replace('_', '-');
        return Stream.concat(formsOf(kebab).stream(), Stream.of(value.name())).toList();
    }

    private static Stream<Arguments> each(String name, List<String> values) {
        return Stream.concat(
                formsOf(name).stream().map(form -> Arguments.of(form, values.get(0))),
                values.stream().skip(1).map(value -> Arguments.of(name, value)));
    }

    private void with(String name, String value, ContextConsumer<AssertableReactiveWebApplicationContext> test) {
        boolean isVariable = name.equals(name.toUpperCase(Locale.ROOT)) && !name.contains(".");
        if (isVariable) {
            context.withInitializer(started -> addVariable(started.getEnvironment(), name, value))
                    .run(test);
        } else {
            context.withPropertyValues(name + "=" + value).run(test);
        }
    }

    private static void addVariable(ConfigurableEnvironment environment, String name, String value) {
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", Map.of(name, value)));
    }

    static Stream<Arguments> notToBeStopped() {
        return each("taskstop.shutdown.stop-tracked", NO);
    }

    @ParameterizedTest
    @MethodSource("notToBeStopped")
    void tracked_tasks_are_left_alone(String name, String value) {
        with(name, value, started -> assertThat(started).hasNotFailed().doesNotHaveBean(ActiveTasksLifecycle.class));
    }

    static Stream<Arguments> toBeStopped() {
        return each("taskstop.shutdown.stop-tracked", YES);
    }

    @ParameterizedTest
    @MethodSource("toBeStopped")
    void tracked_tasks_are_stopped(String name, String value) {
        with(name, value, started -> assertThat(started).hasNotFailed().hasSingleBean(ActiveTasksLifecycle.class));
    }

    static Stream<Arguments> webClients() {
        return each("taskstop.transport", formsOf(Transport.WEB_CLIENT));
    }

    @ParameterizedTest
    @MethodSource("webClients")
    void a_web_client_carries_requests(String name, String value) {
        with(name, value, started -> assertThat(started).hasNotFailed().hasBean("webClientTransportCustomizer"));
    }

    static Stream<Arguments> reactorNetties() {
        return each("taskstop.transport", formsOf(Transport.REACTOR_NETTY));
    }

    @ParameterizedTest
    @MethodSource("reactorNetties")
    void reactor_netty_carries_requests(String name, String value) {
        with(
                name,
                value,
                started -> assertThat(started).hasNotFailed().doesNotHaveBean("webClientTransportCustomizer"));
    }

    static Stream<Arguments> dialects() {
        return each("taskstop.dialect", formsOf(Dialect.AGENT_V1));
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void the_agents_api_is_spoken(String name, String value) {
        with(
                name,
                value,
                started ->
                        assertThat(started.getBean(TaskClient.class).baseUrl()).hasHost("agent.blackbox.ai"));
    }

    static Stream<Arguments> problemDetails() {
        return each("taskstop.problem-details.enabled", YES);
    }

    @ParameterizedTest
    @MethodSource("problemDetails")
    void problem_details_are_told(String name, String value) {
        with(name, value, started -> assertThat(started).hasNotFailed().hasSingleBean(TaskProblems.class));
    }

    static Stream<Arguments> noProblemDetails() {
        return each("taskstop.problem-details.enabled", NO);
    }

    @ParameterizedTest
    @MethodSource("noProblemDetails")
    void no_problem_details_are_told(String name, String value) {
        with(name, value, started -> assertThat(started).hasNotFailed().doesNotHaveBean(TaskProblems.class));
    }

    static Stream<Arguments> noHealth() {
        return each("management.health.taskstop.enabled", NO);
    }

    @ParameterizedTest
    @MethodSource("noHealth")
    void the_health_check_is_off(String name, String value) {
        with(name, value, started -> assertThat(started).hasNotFailed().doesNotHaveBean("taskstopHealthIndicator"));
    }

    static Stream<Arguments> bundles() {
        return each("taskstop.ssl.bundle", List.of("typo"));
    }

    @ParameterizedTest
    @MethodSource("bundles")
    void a_bundle_is_asked_for(String name, String value) {
        with(
                name,
                value,
                started -> assertThat(started).getFailure().hasRootCauseInstanceOf(InvalidSettingException.class));
    }
}
