package dev.taskstop.webservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskstop.ActiveTasks;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import dev.taskstop.server.FaultKind;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.junit.TaskstopTest;
import dev.taskstop.server.junit.TaskstopTest.Dialect;
import dev.taskstop.server.junit.TaskstopTest.Fault;
import dev.taskstop.spring.TaskClientCustomizer;
import dev.taskstop.spring.TaskstopConnectionDetails;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.context.TestPropertySource;
import reactor.test.StepVerifier;

/** What {@code @TaskstopTest} promises: the server that was asked for, and no other address. */
class TaskstopTestGuardTest {

    private static ApplicationContext context(Class<?> testClass) {
        return new TestContextManager(testClass).getTestContext().getApplicationContext();
    }

    @ParameterizedTest
    @ValueSource(classes = {OwnDetails.class, OwnAddress.class, OwnClient.class, SecondClient.class})
    void a_test_whose_application_would_reach_another_address_fails_by_name(Class<?> testClass) {
        assertThatThrownBy(() -> context(testClass))
                .satisfies(failure -> assertThat(NestedExceptionUtils.getMostSpecificCause(failure))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining(testClass == SecondClient.class ? "'second'" : "lient' would send")
                        .hasMessageContaining("https://tasks.example")
                        .hasMessageContaining("@TaskstopTest")
                        .hasMessageContaining(
                                testClass == OwnDetails.class ? "elsewhereDetails" : "connection details"));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                PropertyOfTheTest.class,
                DynamicProperty.class,
                OwnClientOfTheServer.class,
                ProxyOfTheApplication.class
            })
    void other_settings_of_the_test_do_not_lead_elsewhere(Class<?> testClass) {
        assertStops(context(testClass));
    }

    private static void assertStops(ApplicationContext context) {
        TaskServer server = context.getBean(TaskServer.class);
        String taskId =
                server.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);

        StepVerifier.create(context.getBean(TaskClient.class).stop(taskId))
                .expectNextCount(1)
                .expectComplete()
                .verify(Duration.ofSeconds(20));

        assertThat(server.ledger().of(taskId).effectiveRequest()).isPositive();
    }

    @Test
    void the_attributes_choose_dialect_seed_and_faults() {
        ApplicationContext context = context(WithAttributes.class);
        TaskServer server = context.getBean(TaskServer.class);
        String taskId =
                server.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);

        StepVerifier.create(context.getBean(TaskClient.class).stop(taskId))
                .expectNextCount(1)
                .expectComplete()
                .verify(Duration.ofSeconds(20));

        // Each answer is lost, so that one request took effect and another one asked again.
        assertThat(server.ledger().of(taskId).effectiveRequest()).isEqualTo(1);
        assertThat(server.ledger().of(taskId).stopRequests()).isGreaterThan(1);
        assertThat(context.getEnvironment().getProperty("taskstop.dialect")).isEqualTo("agent_v1");
    }

    @Test
    void tests_with_the_same_attributes_share_a_server_and_others_do_not() {
        assertThat(context(PropertyOfTheTest.class).getBean(TaskServer.class))
                .isSameAs(context(PropertyOfTheTest.class).getBean(TaskServer.class));
        TaskServer seven = context(WithSeedSeven.class).getBean(TaskServer.class);
        assertThat(context(AlsoWithSeedSeven.class).getBean(TaskServer.class)).isSameAs(seven);
        assertThat(context(WithSeedEight.class).getBean(TaskServer.class)).isNotSameAs(seven);
        assertThat(seven.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)))
                .isNotEqualTo(context(WithSeedEight.class)
                        .getBean(TaskServer.class)
                        .createTasks(1, Lifecycle.staysIn(Status.PROCESSING)));
    }

    @SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
    @TaskstopTest
    @Import(ElsewhereDetails.class)
    static class OwnDetails {}

    @Configuration(proxyBeanMethods = false)
    static class ElsewhereDetails {

        @Bean
        TaskstopConnectionDetails elsewhereDetails() {
            return new TaskstopConnectionDetails() {
                @Override
                public URI getBaseUrl() {
                    return URI.create("https://tasks.example");
                }

                @Override
                public String getApiKey() {
                    return "bb_production";
                }
            };
        }
    }

    @SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
    @TaskstopTest
    @Import(ElsewhereCustomizer.class)
    static class OwnAddress {}

    @Configuration(proxyBeanMethods = false)
    static class ElsewhereCustomizer {

        @Bean
        TaskClientCustomizer elsewhere() {
            return builder -> builder.baseUrl(URI.create("https://tasks.example"));
        }
    }

    @SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
    @TaskstopTest
    @Import(ElsewhereClient.class)
    static class OwnClient {}

    @Configuration(proxyBeanMethods = false)
    static class ElsewhereClient {

        @Bean(destroyMethod = "closeAsync")
        TaskClient ownClient() {
            return TaskClient.builder()
                    .apiKey("bb_production")
                    .baseUrl(URI.create("https://tasks.example"))
                    .build();
        }

        @Bean
        ActiveTasks ownTasks(TaskClient client) {
            return client.activeTasks();
        }
    }

    @SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
    @TaskstopTest
    @Import(TwoPlaces.class)
    static class SecondClient {}

    @Configuration(proxyBeanMethods = false)
    static class TwoPlaces {

        @Bean(destroyMethod = "closeAsync")
        TaskClient first(TaskClientBuilder builder) {
            return builder.build();
        }

        @Bean(destroyMethod = "closeAsync")
        TaskClient second(TaskClientBuilder builder) {
            return builder.baseUrl(URI.create("https://tasks.example")).build();
        }
    }

    @SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
    @TaskstopTest
    @TestPropertySource(properties = "taskstop.base-url=https://tasks.example")
    static class PropertyOfTheTest {}

    @SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
    @TaskstopTest
    @TestPropertySource(
            properties = {
                "taskstop.proxy.host=proxy.example",
                "taskstop.proxy.username=me",
                "taskstop.proxy.password=secret"
            })
    static class ProxyOfTheApplication {}

    @SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
    @TaskstopTest
    static class DynamicProperty {

        @DynamicPropertySource
        static void properties(DynamicPropertyRegistry registry) {
            registry.add("taskstop.concurrency", () -> 3);
        }
    }

    @SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
    @TaskstopTest
    @Import(ClientOfTheServer.class)
    static class OwnClientOfTheServer {}

    @Configuration(proxyBeanMethods = false)
    static class ClientOfTheServer {

        @Bean(destroyMethod = "closeAsync")
        TaskClient ownClient(TaskServer server) {
            return TaskClient.builder()
                    .apiKey(server.key())
                    .baseUrl(URI.create("http://localhost:" + server.baseUrl().getPort()))
                    .build();
        }
    }

    @SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
    @TaskstopTest(dialect = Dialect.AGENT_V1, seed = 3, faults = @Fault(kind = FaultKind.ERROR_AFTER))
    static class WithAttributes {}

    @SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
    @TaskstopTest(seed = 7)
    static class WithSeedSeven {}

    @SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
    @TaskstopTest(seed = 7)
    static class AlsoWithSeedSeven {}

    @SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
    @TaskstopTest(seed = 8)
    static class WithSeedEight {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}
}
