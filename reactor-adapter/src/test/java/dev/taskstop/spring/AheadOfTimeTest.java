package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskstop.TaskClient;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.javapoet.ClassName;

/** What Spring prepares when an application is built, for a native image for example. */
class AheadOfTimeTest {

    private static final TestPropertyValues PROPERTIES = TestPropertyValues.of(
            "taskstop.api-key=bb_test",
            "taskstop.transport=reactor-netty",
            "taskstop.sweeps[0].name=forgotten",
            "taskstop.sweeps[0].every=1h",
            "taskstop.sweeps[0].older-than=6h",
            "management.endpoints.web.exposure.include=*");

    @Test
    @CompileWithForkedClassLoader
    @SuppressWarnings("unchecked")
    void a_context_that_was_prepared_has_what_another_one_has() {
        TestGenerationContext generation = new TestGenerationContext();
        ClassName initializer;
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            PROPERTIES.applyTo(context);
            context.register(Application.class);
            initializer = new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
        }
        generation.writeGeneratedContent();

        TestCompiler.forSystem().with(generation).compile(compiled -> {
            try (GenericApplicationContext context = new GenericApplicationContext()) {
                PROPERTIES.applyTo(context);
                compiled.getInstance(ApplicationContextInitializer.class, initializer.toString())
                        .initialize(context);
                context.registerBean(
                        "recording",
                        TaskClientCustomizer.class,
                        () -> builder -> builder.transport(new RecordingTransport(500)));
                context.refresh();

                assertThat(context.getBean(TaskSweep.class).isRunning()).isTrue();
                assertThat(context.getBean("taskstopSweep.forgotten")).isInstanceOf(TaskSweep.class);
                assertThat(context.getBeansOfType(ActiveTasksLifecycle.class)).hasSize(1);
                assertThat(context.getBean(TaskstopEndpoint.class).state().clients())
                        .containsOnlyKeys("taskClient");
                assertThat(context.getBeansOfType(TaskstopHealthIndicator.class))
                        .hasSize(1);
                assertThat(context.getBean(TaskClient.class).gateState().ceiling())
                        .isEqualTo(64);
            }
        });
    }

    /** What is checked when the application is built may be another value when it runs. */
    @Test
    @CompileWithForkedClassLoader
    @SuppressWarnings("unchecked")
    void the_sweeps_of_a_context_that_was_prepared_are_checked_when_it_starts() {
        TestGenerationContext generation = new TestGenerationContext();
        ClassName initializer;
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            PROPERTIES.applyTo(context);
            context.register(Application.class);
            initializer = new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
        }
        generation.writeGeneratedContent();

        TestCompiler.forSystem().with(generation).compile(compiled -> {
            for (String property : List.of("sweeps[0].older-than=", "sweeps[0].olderThen=1h", "sweeps[1].name=more")) {
                try (GenericApplicationContext context = new GenericApplicationContext()) {
                    PROPERTIES
                            .and("taskstop.sweeps[0].repository=acme/web", "taskstop." + property)
                            .applyTo(context);
                    compiled.getInstance(ApplicationContextInitializer.class, initializer.toString())
                            .initialize(context);
                    context.registerBean(
                            "recording",
                            TaskClientCustomizer.class,
                            () -> builder -> builder.transport(new RecordingTransport(500)));

                    assertThatThrownBy(context::refresh)
                            .as(property)
                            .hasRootCauseInstanceOf(InvalidSettingException.class);
                }
            }
        });
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({TaskstopAutoConfiguration.class, TaskstopActuatorAutoConfiguration.class})
    static class Application {}
}
