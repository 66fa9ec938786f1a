package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

import dev.taskstop.ActiveTasks;
import dev.taskstop.StoppedTask;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskState;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.bean.override.convention.TestBean;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;
import reactor.core.publisher.Mono;

/** What users test with: mocks and spies in the place of the starter's beans, with the actuator there. */
class MockedClientTest {

    private static final String ID = "9qQe2F8Z_nXx9-eJA0BD6";

    private static final StoppedTask STOPPED = new StoppedTask(ID, TaskState.of("stopped"), null, null, null, null);

    @Nested
    @SpringBootTest(
            classes = Application.class,
            webEnvironment = WebEnvironment.NONE,
            properties = "management.endpoints.web.exposure.include=*")
    @DirtiesContext
    class AMockOfTheClient {

        @MockitoBean
        TaskClient client;

        @Autowired
        ActiveTasks activeTasks;

        @Autowired
        HealthEndpoint health;

        @Autowired
        TaskstopEndpoint endpoint;

        @Autowired
        MeterRegistry meters;

        @Test
        void needs_no_key_and_is_all_that_the_application_sees() {
            given(client.stop(ID)).willReturn(Mono.just(STOPPED));

            assertThat(Signals.value(client.stop(ID))).isSameAs(STOPPED);
            assertThat(Signals.value(activeTasks.track(ID, Mono.just("work")))).isEqualTo("work");
            activeTasks.register(ID);
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);
            assertThat(endpoint.state().tracked().count()).isZero();
            assertThat(Signals.value(endpoint.stopTracked()).stopped()).isZero();
            assertThat(meters.find("taskstop.gate.limit").gauges()).isEmpty();
        }
    }

    @Nested
    @SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
    @DirtiesContext
    class AMockOfTheTrackedTasks {

        @MockitoBean
        TaskClient client;

        @MockitoBean
        ActiveTasks activeTasks;

        @Test
        void is_what_is_injected(@Autowired ActiveTasks injected) {
            assertThat(injected).isSameAs(activeTasks);
        }
    }

    @Nested
    @SpringBootTest(
            classes = Application.class,
            webEnvironment = WebEnvironment.NONE,
            properties = "taskstop.api-key=bb_test")
    @DirtiesContext
    class ASpyOfTheClient {

        @MockitoSpyBean
        TaskClient client;

        @Test
        void tracks_as_the_client_does(@Autowired ActiveTasks activeTasks, @Autowired HealthEndpoint health) {
            given(client.stop(ID)).willReturn(Mono.just(STOPPED));

            assertThat(Signals.value(client.stop(ID))).isSameAs(STOPPED);
            activeTasks.register(ID);
            assertThat(activeTasks.taskIds()).containsExactly(ID);
            activeTasks.deregister(ID);
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);
        }
    }

    @Nested
    @SpringBootTest(
            classes = Application.class,
            webEnvironment = WebEnvironment.NONE,
            properties = {
                "management.endpoints.web.exposure.include=*",
                "taskstop.transport=web-client",
                "taskstop.sweeps[0].name=forgotten",
                "taskstop.sweeps[0].every=1h",
                "taskstop.sweeps[0].older-than=6h"
            })
    @DirtiesContext
    class AMockAmongEverythingElse {

        @MockitoBean
        TaskClient client;

        @Test
        void needs_no_key_and_is_all_that_the_application_sees(
                @Autowired HealthEndpoint health, @Autowired TaskstopEndpoint endpoint) {
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);
            assertThat(endpoint.state().sweeps()).containsOnlyKeys("forgotten");
        }
    }

    @Nested
    @SpringBootTest(
            classes = Application.class,
            webEnvironment = WebEnvironment.NONE,
            properties = "management.endpoints.web.exposure.include=*")
    @DirtiesContext
    class ABeanOfTheTest {

        @TestBean
        @SuppressWarnings("NullAway.Init")
        TaskClient client;

        @Autowired
        HealthEndpoint health;

        @Autowired
        TaskstopEndpoint endpoint;

        static TaskClient client() {
            return TaskClient.builder()
                    .apiKey("bb_test")
                    .transport(new RecordingTransport(200))
                    .build();
        }

        @Test
        void needs_no_key_and_is_what_everything_is_made_with(@Autowired ActiveTasks activeTasks) {
            assertThat(Signals.value(client.stop(ID)).taskId()).isEqualTo(ID);
            assertThat(activeTasks).isSameAs(client.activeTasks());
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);
            assertThat(endpoint.state().clients()).hasSize(1);
        }
    }

    @ExtendWith(OutputCaptureExtension.class)
    @Nested
    class TheEnd {

        @Test
        void of_an_application_with_mocks_is_quiet_and_does_not_wait(CapturedOutput output) {
            ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class, Mocks.class)
                    .web(WebApplicationType.NONE)
                    .run("--spring.main.banner-mode=off");
            context.stop();
            context.start();
            context.close();

            assertThat(output).doesNotContain("WARN", "ERROR", "NullPointerException");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Mocks {

        @Bean
        TaskClient client() {
            return mock(TaskClient.class);
        }

        @Bean
        ActiveTasks ownTasks() {
            return mock(ActiveTasks.class);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}
}
