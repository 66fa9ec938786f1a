package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.ActiveTasks;
import dev.taskstop.TaskClient;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;

/** A whole application with a web server and the actuator, asked over HTTP. */
class ActuatorTest {

    private final TaskServer server = TaskServer.start();
    private final List<String> taskIds = server.createTasks(3, Lifecycle.staysIn(Status.PROCESSING));

    @AfterEach
    void closeServer() {
        server.close();
    }

    private ConfigurableApplicationContext started(String... properties) {
        return started(Application.class, properties);
    }

    private ConfigurableApplicationContext started(Class<?> clients, String... properties) {
        String[] arguments = Stream.concat(
                        Stream.of(
                                "server.port=0",
                                "taskstop.api-key=" + server.key(),
                                "taskstop.base-url=" + server.baseUrl(),
                                "taskstop.proxy.password=proxy_secret",
                                "management.endpoints.web.exposure.include=*",
                                "management.endpoint.health.show-details=always",
                                "management.endpoint.configprops.show-values=always",
                                "management.endpoint.env.show-values=always"),
                        Stream.of(properties))
                .map(property -> "--" + property)
                .toArray(String[]::new);
        return new SpringApplicationBuilder(Application.class, clients)
                .web(WebApplicationType.REACTIVE)
                .run(arguments);
    }

    private static WebTestClient web(ConfigurableApplicationContext context) {
        return WebTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + "/actuator")
                .responseTimeout(Signals.LIMIT)
                .build();
    }

    private static String get(ConfigurableApplicationContext context, String path) {
        return String.valueOf(web(context)
                .get()
                .uri(path)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody());
    }

    @Test
    void the_endpoint_tells_the_gate_the_tracked_tasks_and_the_last_bulk_stops() {
        try (ConfigurableApplicationContext context = started()) {
            context.getBean(ActiveTasks.class).register(taskIds.get(0));
            Signals.values(context.getBean(TaskClient.class)
                    .stopAll(Flux.just(taskIds.get(1), "nobody-has-this-one", "not/an/id")));

            web(context)
                    .get()
                    .uri("/taskstop")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .jsonPath("$.gate.limit")
                    .isEqualTo(64)
                    .jsonPath("$.tracked.count")
                    .isEqualTo(1)
                    .jsonPath("$.tracked.taskIds[0]")
                    .isEqualTo(taskIds.get(0))
                    .jsonPath("$.lastBulkStops.length()")
                    .isEqualTo(1)
                    .jsonPath("$.lastBulkStops[0].stopped")
                    .isEqualTo(1)
                    .jsonPath("$.lastBulkStops[0].notFound")
                    .isEqualTo(1)
                    .jsonPath("$.lastBulkStops[0].firstFailures[0].taskId")
                    .isEqualTo("not/an/id")
                    .jsonPath("$.lastBulkStops[0].firstFailures[0].reason")
                    .isNotEmpty();
        }
    }

    @Test
    void nobody_can_stop_tasks_over_the_endpoint_unless_it_is_allowed() {
        try (ConfigurableApplicationContext context = started()) {
            context.getBean(ActiveTasks.class).register(taskIds.get(0));

            web(context)
                    .post()
                    .uri("/taskstop")
                    .exchange()
                    .expectStatus()
                    .isEqualTo(405)
                    .expectBody();

            assertThat(server.ledger().of(taskIds.get(0)).stopRequests()).isZero();
        }
    }

    @Test
    void where_it_is_allowed_the_endpoint_stops_what_is_tracked() {
        try (ConfigurableApplicationContext context = started("management.endpoint.taskstop.access=unrestricted")) {
            context.getBean(ActiveTasks.class).register(taskIds.get(0));
            context.getBean(ActiveTasks.class).register(taskIds.get(1));

            web(context)
                    .post()
                    .uri("/taskstop")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .jsonPath("$.stopped")
                    .isEqualTo(2);

            assertThat(server.ledger().of(taskIds.get(1)).effectiveRequest()).isEqualTo(1);
            assertThat(server.ledger().of(taskIds.get(2)).stopRequests()).isZero();
        }
    }

    @Test
    void health_and_gauges_are_told_also_on_virtual_threads() {
        try (ConfigurableApplicationContext context = started("spring.threads.virtual.enabled=true")) {
            Signals.value(context.getBean(TaskClient.class).stop(taskIds.get(0)));

            web(context)
                    .get()
                    .uri("/health/taskstop")
                    .exchange()
                    .expectBody()
                    .jsonPath("$.status")
                    .isEqualTo("UP")
                    .jsonPath("$.details.lastOutcome")
                    .isEqualTo("stopped");
            assertThat(get(context, "/metrics/taskstop.gate.limit")).contains("\"value\":64.0");
            assertThat(get(context, "/metrics/taskstop.stop")).contains("\"outcome\"", "\"stopped\"");
        }
    }

    /** For who wants no requests while the task API is not there. */
    @ParameterizedTest
    @ValueSource(classes = {Application.class, SeveralClientsTest.NeitherIsPrimary.class})
    void health_can_be_a_part_of_a_group(Class<?> clients) {
        try (ConfigurableApplicationContext context = started(
                clients,
                "management.endpoint.health.group.readiness.include=readinessState,taskstop",
                "management.endpoint.health.group.readiness.show-components=always",
                "taskstop.retry.max-attempts=1")) {
            web(context)
                    .get()
                    .uri("/health/readiness")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .jsonPath("$.components.taskstop.status")
                    .isEqualTo("UP");

            server.close();
            context.getBeansOfType(TaskClient.class)
                    .values()
                    .forEach(client -> Signals.failure(client.stop(taskIds.get(0))));

            web(context)
                    .get()
                    .uri("/health/readiness")
                    .exchange()
                    .expectStatus()
                    .isEqualTo(503)
                    .expectBody()
                    .jsonPath("$.components.taskstop.status")
                    .isEqualTo("DOWN");
        }
    }

    @Test
    void no_endpoint_shows_a_secret_even_when_values_are_to_be_shown() {
        try (ConfigurableApplicationContext context = started()) {
            for (String path : List.of("/configprops", "/configprops/taskstop", "/env", "/env/taskstop.api-key")) {
                assertThat(get(context, path)).contains("******").doesNotContain(server.key(), "proxy_secret");
            }
            assertThat(get(context, "/configprops/taskstop"))
                    .contains(server.baseUrl().toString());
        }
    }

    /** A key that has another name, or is in the midst of a text: a command line, Spring Boot's JSON. */
    @Test
    void no_endpoint_shows_a_secret_by_another_name() {
        try (ConfigurableApplicationContext context = started(
                "vault.password-of-the-task-api=" + server.key(),
                "all-of-it=java -jar app.jar --taskstop.api-key=" + server.key()
                        + " --taskstop.proxy.password=proxy_secret",
                "spring.ssl.bundle.pem.none.truststore.certificate=" + server.key())) {
            for (String path :
                    List.of("/configprops", "/env", "/env/vault.password-of-the-task-api", "/env/all-of-it")) {
                assertThat(get(context, path)).contains("******").doesNotContain(server.key(), "proxy_secret");
            }
        }
    }

    @Test
    void a_key_in_the_environment_is_not_shown_either() {
        TaskstopProperties properties = new Binder(
                        new MapConfigurationPropertySource(Map.of("taskstop.api-key", "bb_secret")))
                .bindOrCreate("taskstop", TaskstopProperties.class);
        SanitizingFunction secrets =
                new TaskstopActuatorAutoConfiguration.EndpointConfiguration().taskstopSecrets(properties);

        assertThat(List.of(
                        "TASKSTOP_APIKEY",
                        "TASKSTOP_API_KEY",
                        "BLACKBOX_API_KEY",
                        "taskstop.apiKey",
                        "taskstop.proxy.password"))
                .allSatisfy(name -> assertThat(shown(secrets, name)).isEqualTo("******"));
        assertThat(shown(secrets, "taskstop.base-url")).isEqualTo("a value");
    }

    private static @Nullable Object shown(SanitizingFunction secrets, String name) {
        return secrets.applyUnlessFiltered(new SanitizableData(null, name, "a value"))
                .getValue();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}
}
