package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.ActiveTasks;
import dev.taskstop.StopListener;
import dev.taskstop.StopResult;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import dev.taskstop.TaskRequest;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.web.reactive.function.client.WebClient;

class TaskstopAutoConfigurationTest {

    private static final String ID = "9qQe2F8Z_nXx9-eJA0BD6";

    private final ApplicationContextRunner bare =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(TaskstopAutoConfiguration.class));
    private final ApplicationContextRunner context = bare.withPropertyValues("taskstop.api-key=bb_test");
    private final RecordingTransport server = new RecordingTransport(200);

    private ApplicationContextRunner recorded() {
        return context.withBean("recording", TaskClientCustomizer.class, () -> builder -> builder.transport(server));
    }

    @Test
    void a_key_is_all_it_takes() {
        context.run(started -> assertThat(started)
                .hasSingleBean(TaskClient.class)
                .hasSingleBean(ActiveTasks.class)
                .hasSingleBean(ActiveTasksLifecycle.class)
                .getBean(ActiveTasks.class)
                .isSameAs(started.getBean(TaskClient.class).activeTasks()));
    }

    @Test
    void it_starts_in_a_reactive_web_application_too() {
        new ReactiveWebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(TaskstopAutoConfiguration.class))
                .withPropertyValues("taskstop.api-key=bb_test")
                .run(started -> assertThat(started).hasSingleBean(TaskClient.class));
    }

    @Test
    void it_starts_when_nothing_optional_is_on_the_class_path() {
        context.withConfiguration(AutoConfigurations.of(TaskstopActuatorAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader(
                        "io.micrometer",
                        "org.springframework.web",
                        "org.springframework.http",
                        "org.springframework.boot.actuate",
                        "org.springframework.boot.health",
                        "org.springframework.boot.http",
                        "org.springframework.boot.webclient"))
                .run(started -> assertThat(started).hasNotFailed().hasSingleBean(TaskClient.class));
    }

    @Test
    void both_configurations_are_found_by_spring_boot() {
        assertThat(ImportCandidates.load(
                        org.springframework.boot.autoconfigure.AutoConfiguration.class,
                        getClass().getClassLoader()))
                .contains(TaskstopAutoConfiguration.class.getName(), TaskstopActuatorAutoConfiguration.class.getName());
    }

    @Test
    void a_client_of_the_application_is_left_alone() {
        TaskClient own = TaskClient.builder().apiKey("own").build();

        bare.withBean(TaskClient.class, () -> own).run(started -> {
            assertThat(started).getBean(TaskClient.class).isSameAs(own);
            assertThat(started).getBean(ActiveTasks.class).isSameAs(own.activeTasks());
        });
    }

    @Test
    void a_builder_of_the_application_is_built() {
        context.withBean(
                        TaskClientBuilder.class,
                        () -> TaskClient.builder().apiKey("own").concurrency(3))
                .run(started -> assertThat(
                                started.getBean(TaskClient.class).gateState().ceiling())
                        .isEqualTo(3));
    }

    @Test
    void active_tasks_of_the_application_are_the_ones_that_are_stopped() {
        ActiveTasks own = TaskClient.builder().apiKey("own").build().activeTasks();

        context.withBean(ActiveTasks.class, () -> own)
                .run(started -> assertThat(started).getBean(ActiveTasks.class).isSameAs(own));
    }

    @Test
    void every_builder_that_is_injected_is_another_one() {
        context.run(started -> assertThat(started.getBean(TaskClientBuilder.class))
                .isNotSameAs(started.getBean(TaskClientBuilder.class)));
    }

    @Test
    void connection_details_take_precedence_over_the_properties() {
        recorded()
                .withPropertyValues("taskstop.base-url=https://properties.example")
                .withBean(TaskstopConnectionDetails.class, ElsewhereDetails::new)
                .run(started -> {
                    Signals.value(started.getBean(TaskClient.class).stop(ID));

                    TaskRequest request = server.requests.get(0);
                    assertThat(request.uri()).isEqualTo(URI.create("https://details.example/api/tasks/" + ID));
                    assertThat(request.authorization()).isEqualTo("Bearer bb_details");
                });
    }

    @Test
    void customizers_come_in_their_order_and_after_the_properties() {
        recorded()
                .withPropertyValues("taskstop.concurrency=5")
                .withUserConfiguration(TwoCustomizers.class)
                .run(started -> {
                    assertThat(started.getBean(TaskClient.class).gateState().ceiling())
                            .isEqualTo(8);
                    assertThat(started.getBean(TwoCustomizers.class).called).containsExactly("first", "second");
                });
    }

    @Test
    void listeners_of_the_application_hear_results() {
        List<StopResult> heard = new ArrayList<>();
        StopListener listener = new StopListener() {
            @Override
            public void onResult(StopResult result) {
                heard.add(result);
            }
        };

        recorded().withBean(StopListener.class, () -> listener).run(started -> {
            Signals.value(started.getBean(TaskClient.class).stop(ID));

            assertThat(heard).hasSize(1);
        });
    }

    @Test
    void the_client_is_closed_with_the_context() {
        recorded().run(started -> {
            TaskClient client = started.getBean(TaskClient.class);
            Signals.value(client.stop(ID));

            started.close();

            assertThat(Signals.failure(client.stop(ID))).hasMessageContaining("The client is closed");
        });
    }

    @Test
    void tracked_tasks_are_left_alone_when_the_application_wants_so() {
        context.withPropertyValues("taskstop.shutdown.stop-tracked=false")
                .run(started -> assertThat(started).doesNotHaveBean(ActiveTasksLifecycle.class));
    }

    @Test
    void observations_go_to_the_registry_of_the_application() {
        ObservationRegistry registry = ObservationRegistry.create();
        List<String> names = new ArrayList<>();
        registry.observationConfig().observationHandler(new ObservationHandler<>() {
            @Override
            public void onStart(Observation.Context observed) {
                names.add(String.valueOf(observed.getName()));
            }

            @Override
            public boolean supportsContext(Observation.Context observed) {
                return true;
            }
        });

        recorded().withBean(ObservationRegistry.class, () -> registry).run(started -> {
            Signals.value(started.getBean(TaskClient.class).stop(ID));

            assertThat(names).containsExactly("taskstop.stop", "taskstop.request");
        });
    }

    @Test
    void the_web_client_carries_requests_only_when_it_is_asked_for() {
        ApplicationContextRunner withWebClient = context.withConfiguration(AutoConfigurations.of(
                SslAutoConfiguration.class,
                HttpClientAutoConfiguration.class,
                ReactiveHttpClientAutoConfiguration.class,
                WebClientAutoConfiguration.class));

        withWebClient.run(started -> assertThat(started).doesNotHaveBean("webClientTransportCustomizer"));
        withWebClient
                .withPropertyValues("taskstop.transport=web-client")
                .run(started -> assertThat(started)
                        .hasBean("webClientTransportCustomizer")
                        .hasSingleBean(TaskClient.class));
    }

    @Test
    void asking_for_a_web_client_that_is_not_there_is_said_so() {
        for (FilteredClassLoader classes : List.of(
                new FilteredClassLoader(WebClient.class),
                new FilteredClassLoader("org.springframework.boot.http.client.reactive"))) {
            context.withClassLoader(classes)
                    .withPropertyValues("taskstop.transport=web-client")
                    .run(started -> assertThat(started)
                            .getFailure()
                            .rootCause()
                            .isInstanceOfSatisfying(
                                    InvalidConfigurationPropertyValueException.class,
                                    failure ->
                                            assertThat(failure.getReason()).contains("spring-boot-starter-webclient")));
        }
    }

    @Test
    void the_grace_of_the_shutdown_stays_within_the_budget_of_its_phase() {
        context.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class))
                .withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=10s")
                .run(started -> assertThat(started.getBean(ActiveTasksLifecycle.class))
                        .hasToString("stops tracked tasks within PT9S"));
        context.run(started -> assertThat(started.getBean(ActiveTasksLifecycle.class))
                .hasToString("stops tracked tasks within PT20S"));
    }

    private static final class ElsewhereDetails implements TaskstopConnectionDetails {

        @Override
        public @Nullable URI getBaseUrl() {
            return URI.create("https://details.example");
        }

        @Override
        public @Nullable String getApiKey() {
            return "bb_details";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoCustomizers {

        final List<String> called = new ArrayList<>();

        @Bean
        @Order(2)
        TaskClientCustomizer second() {
            return builder -> {
                called.add("second");
                builder.concurrency(8);
            };
        }

        @Bean
        @Order(1)
        TaskClientCustomizer first() {
            return builder -> {
                called.add("first");
                builder.concurrency(7);
            };
        }
    }
}
