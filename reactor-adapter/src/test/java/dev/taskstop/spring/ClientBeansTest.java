package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.ActiveTasks;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.aop.support.StaticMethodMatcherPointcutAdvisor;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.CustomScopeConfigurer;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Primary;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import reactor.core.publisher.Flux;

/** In whatever way an application makes its client a bean, all that the starter has goes with it. */
class ClientBeansTest {

    private static final TaskServer SERVER = TaskServer.start();

    @AfterAll
    static void closeServer() {
        SERVER.close();
    }

    private static String running() {
        return SERVER.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);
    }

    private static ConfigurableApplicationContext started(Class<?> kind) {
        return started(
                kind,
                "--taskstop.sweeps[0].name=forgotten",
                "--taskstop.sweeps[0].every=1h",
                "--taskstop.sweeps[0].prompt=nobody has this");
    }

    private static ConfigurableApplicationContext startedWithoutSweep(Class<?> kind) {
        return started(kind, "--anything=else");
    }

    private static ConfigurableApplicationContext started(Class<?> kind, String... more) {
        return new SpringApplicationBuilder(Application.class, kind)
                .web(WebApplicationType.NONE)
                .run(Stream.concat(
                                Stream.of(more),
                                Stream.of(
                                        "--spring.main.banner-mode=off",
                                        "--taskstop.api-key=" + SERVER.key(),
                                        "--taskstop.base-url=" + SERVER.baseUrl(),
                                        "--management.endpoints.web.exposure.include=*",
                                        "--management.endpoint.health.show-components=always"))
                        .toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                TheStartersOwn.class,
                LazyOne.class,
                Wrapped.class,
                ProxiedByInterface.class,
                AdvisedByClass.class,
                BesideOneThatIsNoDefault.class,
                BesideAFallback.class,
                PrimaryBesideAnother.class
            })
    void health_endpoint_gauges_sweeps_and_shutdown_go_with_it(Class<?> kind) {
        String tracked = running();
        try (ConfigurableApplicationContext context = started(kind)) {
            TaskClient client = context.getBean(TaskClient.class);
            Signals.values(client.stopAll(Flux.just(running())));
            context.getBean(ActiveTasks.class).register(tracked);

            assertThat(client.activeTasks().taskIds()).containsExactly(tracked);
            assertThat(Objects.requireNonNull(
                                    context.getBean(HealthEndpoint.class).healthForPath("taskstop"))
                            .getStatus()
                            .getCode())
                    .isEqualTo("UP");
            TaskstopEndpoint.State state =
                    context.getBean(TaskstopEndpoint.class).state();
            assertThat(state.gate()).isNotNull();
            assertThat(state.lastBulkStops()).hasSize(1);
            assertThat(context.getBean(MeterRegistry.class)
                            .get("taskstop.gate.limit")
                            .gauges())
                    .hasSize(state.clients().size());
            assertThat(context.getBean(TaskSweep.class).isRunning()).isTrue();
        }
        assertThat(SERVER.ledger().of(tracked).effectiveRequest()).isEqualTo(1);
    }

    /** One for each web request, for example, with the key of whoever asks: at the start there is none. */
    @ParameterizedTest
    @ValueSource(classes = {ForARequest.class, ForARequestWithoutProxy.class})
    void a_client_of_a_scope_that_is_not_active_keeps_nothing_from_starting(Class<?> kind) {
        try (ConfigurableApplicationContext context = startedWithoutSweep(kind)) {
            assertThat(context.getBean(TaskstopEndpoint.class).state().clients())
                    .isEmpty();
            assertThat(context.getBean(HealthEndpoint.class).healthForPath("taskstop"))
                    .isNull();
            assertThat(context.getBean(MeterRegistry.class)
                            .find("taskstop.gate.limit")
                            .gauges())
                    .isEmpty();
        }
    }

    @Test
    void a_new_client_for_each_injection_is_not_made_for_health_and_gauges() {
        AtomicInteger made = new AtomicInteger();
        Each.made = made;
        try (ConfigurableApplicationContext context = startedWithoutSweep(Each.class)) {
            assertThat(made.get()).isLessThanOrEqualTo(1);
            assertThat(context.getBean(TaskstopEndpoint.class).state().clients())
                    .isEmpty();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Each {

        static AtomicInteger made = new AtomicInteger();

        @Bean
        @Scope("prototype")
        TaskClient each(TaskClientBuilder builder) {
            made.incrementAndGet();
            return builder.build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ForARequest {

        @Bean
        static CustomScopeConfigurer requests() {
            CustomScopeConfigurer scopes = new CustomScopeConfigurer();
            scopes.addScope("per-request", new Inactive());
            return scopes;
        }

        @Bean
        @Scope(scopeName = "per-request", proxyMode = ScopedProxyMode.INTERFACES)
        TaskClient ofARequest(TaskClientBuilder builder) {
            return builder.build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ForARequestWithoutProxy {

        @Bean
        static CustomScopeConfigurer requests() {
            return ForARequest.requests();
        }

        @Bean
        @Scope("per-request")
        TaskClient ofARequest(TaskClientBuilder builder) {
            return builder.build();
        }
    }

    private static final class Inactive implements org.springframework.beans.factory.config.Scope {

        @Override
        public Object get(String name, ObjectFactory<?> factory) {
            throw new IllegalStateException("No request");
        }

        @Override
        public @Nullable Object remove(String name) {
            return null;
        }

        @Override
        public void registerDestructionCallback(String name, Runnable callback) {}
    }

    /** After all conditions have been looked at, as a library does that makes a client for each tenant. */
    @Test
    void clients_that_are_defined_late_are_told_of_beside_the_starters_own() {
        try (ConfigurableApplicationContext context = startedWithoutSweep(DefinedLate.class)) {
            assertThat(context.getBean(TaskstopEndpoint.class).state().clients())
                    .containsOnlyKeys("taskClient", "late");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class DefinedLate {

        @Bean
        static BeanDefinitionRegistryPostProcessor defines() {
            return registry -> {
                RootBeanDefinition definition = new RootBeanDefinition(TaskClient.class);
                definition.setInstanceSupplier(() -> TaskClient.builder()
                        .apiKey(SERVER.key())
                        .baseUrl(SERVER.baseUrl())
                        .build());
                definition.setDestroyMethodName("closeAsync");
                registry.registerBeanDefinition("late", definition);
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    static class TheStartersOwn {}

    @Configuration(proxyBeanMethods = false)
    static class LazyOne {

        @Bean(destroyMethod = "closeAsync")
        @Lazy
        TaskClient late(TaskClientBuilder builder) {
            return builder.build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Wrapped {

        @Bean(destroyMethod = "closeAsync")
        TaskClient wrapped(TaskClientBuilder builder) {
            return proxy(builder.build());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ProxiedByInterface {

        @Bean
        static BeanPostProcessor proxies() {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String beanName) {
                    return bean instanceof TaskClient client ? proxy(client) : bean;
                }
            };
        }
    }

    private static TaskClient proxy(TaskClient client) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            try {
                return method.invoke(client, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return (TaskClient)
                Proxy.newProxyInstance(TaskClient.class.getClassLoader(), new Class<?>[] {TaskClient.class}, handler);
    }

    /** As Spring Boot makes proxies for aspects, unless it is told otherwise. */
    @Configuration(proxyBeanMethods = false)
    static class AdvisedByClass {

        @Bean
        static DefaultAdvisorAutoProxyCreator proxies() {
            DefaultAdvisorAutoProxyCreator creator = new DefaultAdvisorAutoProxyCreator();
            creator.setProxyTargetClass(true);
            return creator;
        }

        @Bean
        static StaticMethodMatcherPointcutAdvisor advisor() {
            return new StaticMethodMatcherPointcutAdvisor(
                    (org.aopalliance.intercept.MethodInterceptor) call -> call.proceed()) {

                @Override
                public boolean matches(java.lang.reflect.Method method, Class<?> type) {
                    return TaskClient.class.isAssignableFrom(type) || ActiveTasks.class.isAssignableFrom(type);
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class BesideOneThatIsNoDefault {

        @Bean(destroyMethod = "closeAsync", defaultCandidate = false)
        TaskClient nightly(TaskClientBuilder builder) {
            return builder.build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class BesideAFallback {

        @Bean(destroyMethod = "closeAsync")
        TaskClient first(TaskClientBuilder builder) {
            return builder.build();
        }

        @Bean(destroyMethod = "closeAsync")
        @Fallback
        TaskClient second(TaskClientBuilder builder) {
            return builder.build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class PrimaryBesideAnother {

        @Bean(destroyMethod = "closeAsync")
        @Primary
        TaskClient first(TaskClientBuilder builder) {
            return builder.build();
        }

        @Bean(destroyMethod = "closeAsync")
        TaskClient second(TaskClientBuilder builder) {
            return builder.build();
        }
    }
}
