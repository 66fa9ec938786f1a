package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import dev.taskstop.ActiveTasks;
import dev.taskstop.RequestObservationConvention;
import dev.taskstop.StopListener;
import dev.taskstop.StopObservationConvention;
import dev.taskstop.TaskClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;

/** A mock in the place of whatever the starter takes or makes, which answers null to everything. */
@ExtendWith(OutputCaptureExtension.class)
class MockedBeansTest {

    private static final String ID = "9qQe2F8Z_nXx9-eJA0BD6";

    private static <T> void register(GenericApplicationContext context, Class<T> type) {
        context.registerBean("mocked", type, () -> mock(type));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                ActiveTasks.class,
                TaskSweep.class,
                StopListener.class,
                StopObservationConvention.class,
                RequestObservationConvention.class,
                TaskClientCustomizer.class,
                TaskstopConnectionDetails.class
            })
    void everything_else_works(Class<?> type, CapturedOutput output) {
        RecordingTransport server = new RecordingTransport(200);
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .initializers((GenericApplicationContext started) -> {
                    register(started, type);
                    started.registerBean(
                            "recording",
                            TaskClientCustomizer.class,
                            () -> builder -> builder.apiKey("bb_test").transport(server));
                    started.registerBean(MeterRegistry.class, SimpleMeterRegistry::new);
                })
                .run(
                        "--spring.main.banner-mode=off",
                        "--taskstop.sweeps[0].name=forgotten",
                        "--taskstop.sweeps[0].every=1h",
                        "--taskstop.sweeps[0].older-than=6h",
                        "--management.endpoints.web.exposure.include=*")) {
            assertThat(Signals.value(context.getBean(TaskClient.class).stop(ID)).taskId())
                    .isEqualTo(ID);
            assertThat(context.getBean(HealthEndpoint.class).healthForPath("taskstop"))
                    .isNotNull();
            assertThat(context.getBean(TaskstopEndpoint.class).state().clients())
                    .containsKey("taskClient");
            context.stop();
            context.start();
        }

        assertThat(output).doesNotContain("ERROR", "NullPointerException");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}
}
