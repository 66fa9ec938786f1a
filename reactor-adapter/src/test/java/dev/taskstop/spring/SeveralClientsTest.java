package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.CustomScopeConfigurer;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.actuate.endpoint.CompositeHealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import reactor.core.publisher.Flux;

/** An application with two clients: each is told of by the name of its bean, and of its own alone. */
class SeveralClientsTest {

    private static final TaskServer SERVER = TaskServer.start();

    @AfterAll
    static void closeServer() {
        SERVER.close();
    }

    private static ConfigurableApplicationContext started(Class<?> clients) {
        return new SpringApplicationBuilder(Application.class, clients)
                .web(WebApplicationType.NONE)
                .run(
                        "--spring.main.banner-mode=off",
                        "--taskstop.api-key=" + SERVER.key(),
                        "--taskstop.base-url=" + SERVER.baseUrl(),
                        "--management.endpoints.web.exposure.include=*",
                        "--management.endpoints.jmx.exposure.include=*",
                        "--management.endpoint.health.show-components=always");
    }

    private static String running() {
        return SERVER.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);
    }

    private static TaskClient client(ConfigurableApplicationContext context, String name) {
        return context.getBean(name, TaskClient.class);
    }

    private static String health(ConfigurableApplicationContext context, String... path) {
        HealthDescriptor health =
                Objects.requireNonNull(context.getBean(HealthEndpoint.class).healthForPath(path));
        return health.getStatus().getCode();
    }

    @Test
    void the_refused_key_of_one_does_not_mark_the_other_down() {
        try (ConfigurableApplicationContext context = started(TwoKeys.class)) {
            Signals.value(client(context, "good").stop(running()));
            Signals.failure(client(context, "revoked").stop(running()));

            assertThat(health(context, "taskstop", "good")).isEqualTo("UP");
            assertThat(health(context, "taskstop", "revoked")).isEqualTo("DOWN");

            Signals.value(client(context, "good").stop(running()));
            assertThat(health(context, "taskstop", "revoked")).isEqualTo("DOWN");
            assertThat(context.getBean(HealthEndpoint.class).healthForPath("taskstop"))
                    .isInstanceOfSatisfying(
                            CompositeHealthDescriptor.class,
                            all -> assertThat(all.getComponents()).containsOnlyKeys("good", "revoked"));
        }
    }

    @Test
    void the_endpoint_tells_of_each_by_its_name_and_stops_what_both_track() {
        try (ConfigurableApplicationContext context = started(TwoKeys.class)) {
            TaskstopEndpoint endpoint = context.getBean(TaskstopEndpoint.class);
            String ofGood = running();
            client(context, "good").activeTasks().register(ofGood);
            Signals.values(client(context, "good").stopAll(Flux.just(running())));

            TaskstopEndpoint.State state = endpoint.state();

            assertThat(state.clients()).containsOnlyKeys("good", "revoked");
            assertThat(Objects.requireNonNull(state.clients().get("good"))
                            .tracked()
                            .taskIds())
                    .containsExactly(ofGood);
            assertThat(Objects.requireNonNull(state.clients().get("good")).lastBulkStops())
                    .hasSize(1);
            assertThat(Objects.requireNonNull(state.clients().get("revoked"))
                            .tracked()
                            .count())
                    .isZero();
            assertThat(Objects.requireNonNull(state.clients().get("revoked")).lastBulkStops())
                    .isEmpty();
            assertThat(Objects.requireNonNull(state.clients().get("revoked"))
                            .gate()
                            .ceiling())
                    .isEqualTo(3);
            assertThat(state.gate())
                    .isNotNull()
                    .satisfies(gate -> assertThat(gate.ceiling()).isEqualTo(64));
            assertThat(state.tracked().count()).isEqualTo(1);
            assertThat(Signals.value(endpoint.stopTracked()).stopped()).isEqualTo(1);
            assertThat(SERVER.ledger().of(ofGood).effectiveRequest()).isEqualTo(1);
        }
    }

    @Test
    void the_gauges_of_each_have_its_name() {
        try (ConfigurableApplicationContext context = started(TwoKeys.class)) {
            MeterRegistry meters = context.getBean(MeterRegistry.class);

            assertThat(List.of("good", "revoked"))
                    .allSatisfy(name -> assertThat(meters.get("taskstop.gate.limit")
                                    .tag("client", name)
                                    .gauge()
                                    .value())
                            .isEqualTo(name.equals("good") ? 64 : 3));
        }
    }

    @Test
    void what_either_tracks_is_stopped_at_the_end() {
        String ofFirst = running();
        String ofSecond = running();
        try (ConfigurableApplicationContext context = started(NeitherIsPrimary.class)) {
            client(context, "first").activeTasks().register(ofFirst);
            client(context, "second").activeTasks().register(ofSecond);
            assertThat(context.getBean(TaskstopEndpoint.class).state().gate()).isNull();
        }

        assertThat(List.of(ofFirst, ofSecond))
                .allMatch(id -> SERVER.ledger().of(id).effectiveRequest() == 1);
    }

    /** As Spring Cloud makes a client that is built anew when its settings change. */
    @Test
    void a_client_behind_a_scoped_proxy_is_one_client() {
        String tracked = running();
        try (ConfigurableApplicationContext context = started(Scoped.class)) {
            Signals.values(client(context, "scoped").stopAll(Flux.just(running())));
            client(context, "scoped").activeTasks().register(tracked);

            TaskstopEndpoint.State state =
                    context.getBean(TaskstopEndpoint.class).state();
            assertThat(state.clients()).containsOnlyKeys("scoped");
            assertThat(state.lastBulkStops()).hasSize(1);
            assertThat(health(context, "taskstop")).isEqualTo("UP");
            assertThat(context.getBean(MeterRegistry.class)
                            .get("taskstop.gate.limit")
                            .gauges())
                    .hasSize(1);
        }
        assertThat(SERVER.ledger().of(tracked).effectiveRequest()).isEqualTo(1);
    }

    @Configuration(proxyBeanMethods = false)
    static class Scoped {

        @Bean
        static CustomScopeConfigurer oneForAll() {
            CustomScopeConfigurer scopes = new CustomScopeConfigurer();
            scopes.addScope("one-for-all", new OneForAll());
            return scopes;
        }

        @Bean
        @Scope(scopeName = "one-for-all", proxyMode = ScopedProxyMode.INTERFACES)
        TaskClient scoped(TaskClientBuilder builder) {
            return builder.build();
        }
    }

    private static final class OneForAll implements org.springframework.beans.factory.config.Scope {

        private final Map<String, Object> objects = new ConcurrentHashMap<>();

        @Override
        public Object get(String name, ObjectFactory<?> factory) {
            Object known = objects.get(name);
            if (known != null) {
                return known;
            }
            Object made = factory.getObject();
            objects.put(name, made);
            return made;
        }

        @Override
        public @Nullable Object remove(String name) {
            return objects.remove(name);
        }

        @Override
        public void registerDestructionCallback(String name, Runnable callback) {}
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoKeys {

        @Bean(destroyMethod = "closeAsync")
        @Primary
        TaskClient good(TaskClientBuilder builder) {
            return builder.build();
        }

        @Bean(destroyMethod = "closeAsync")
        TaskClient revoked(TaskClientBuilder builder) {
            return builder.apiKey("bb_revoked").concurrency(3).build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class NeitherIsPrimary {

        @Bean(destroyMethod = "closeAsync")
        TaskClient first(TaskClientBuilder builder) {
            return builder.build();
        }

        @Bean(destroyMethod = "closeAsync")
        TaskClient second(TaskClientBuilder builder) {
            return builder.build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}
}
