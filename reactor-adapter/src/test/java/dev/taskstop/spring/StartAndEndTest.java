package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskstop.ActiveTasks;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextRefreshedEvent;

/** Applications that do not start as usual, or not to the end. */
class StartAndEndTest {

    private static final TaskServer SERVER = TaskServer.start();

    @AfterAll
    static void closeServer() {
        SERVER.close();
    }

    private static SpringApplicationBuilder application(Class<?>... sources) {
        return new SpringApplicationBuilder(sources)
                .sources(Application.class)
                .web(WebApplicationType.NONE)
                .properties(Map.of(
                        "spring.main.banner-mode",
                        "off",
                        "taskstop.api-key",
                        SERVER.key(),
                        "taskstop.base-url",
                        SERVER.baseUrl().toString()));
    }

    private static List<String> running(int count) {
        return SERVER.createTasks(count, Lifecycle.staysIn(Status.PROCESSING));
    }

    private static boolean isStopped(String taskId) {
        return SERVER.ledger().of(taskId).effectiveRequest() > 0;
    }

    /** Where a start can fail after tasks were begun. */
    enum Failing {
        BEAN,
        SINGLETONS,
        LOW_PHASE,
        HIGH_PHASE,
        REFRESHED,
        STARTED,
        RUNNER,
        READY
    }

    @ParameterizedTest
    @EnumSource(Failing.class)
    void what_is_tracked_is_stopped_when_the_start_fails(Failing failing) {
        String taskId = running(1).get(0);
        SpringApplicationBuilder application =
                application(BeginsTasks.class).properties(Map.of("task", taskId, "failing", failing.name()));

        assertThatThrownBy(application::run).hasStackTraceContaining("cannot start");

        assertThat(isStopped(taskId)).isTrue();
    }

    /** In which ways an application can be ended. */
    enum End {
        CLOSE,
        CLOSE_TWICE,
        CLOSE_ON_TWO_THREADS,
        STOP_AND_CLOSE,
        STOP_START_AND_CLOSE,
        PAUSE_AND_CLOSE,
        RESTART_AND_CLOSE,
        EXIT;

        void of(ConfigurableApplicationContext context) {
            switch (this) {
                case CLOSE -> {}
                case CLOSE_TWICE -> context.close();
                case CLOSE_ON_TWO_THREADS -> closeOnAnotherThread(context);
                case STOP_AND_CLOSE -> context.stop();
                case STOP_START_AND_CLOSE -> {
                    context.stop();
                    context.start();
                }
                case PAUSE_AND_CLOSE -> context.pause();
                case RESTART_AND_CLOSE -> context.restart();
                case EXIT -> SpringApplication.exit(context);
            }
            context.close();
        }

        private static void closeOnAnotherThread(ConfigurableApplicationContext context) {
            new Thread(context::close, "closes-the-context").start();
        }
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void what_is_tracked_is_stopped_once_however_the_application_ends(End end) {
        String taskId = running(1).get(0);
        ConfigurableApplicationContext context = application()
                .run(
                        "--taskstop.sweeps[0].name=forgotten",
                        "--taskstop.sweeps[0].every=1h",
                        "--taskstop.sweeps[0].prompt=nobody has this");
        TaskSweep sweep = context.getBean(TaskSweep.class);
        context.getBean(ActiveTasks.class).register(taskId);

        end.of(context);

        assertThat(SERVER.ledger().of(taskId).stopRequests()).isEqualTo(1);
        assertThat(isStopped(taskId)).isTrue();
        assertThat(sweep.isRunning()).isFalse();
    }

    /** When an application can end itself. */
    enum EndedAt {
        STARTED,
        RUNNER,
        READY
    }

    @ParameterizedTest
    @EnumSource(EndedAt.class)
    void an_application_that_ends_itself_as_it_starts_stops_what_is_tracked(EndedAt when) {
        String taskId = running(1).get(0);
        application(EndsItself.class)
                .properties(Map.of("task", taskId, "ended", when.name()))
                .run();

        assertThat(SERVER.ledger().of(taskId).stopRequests()).isEqualTo(1);
    }

    @Configuration(proxyBeanMethods = false)
    static class EndsItself {

        private static void endAt(EndedAt now, ConfigurableApplicationContext context) {
            if (now == context.getEnvironment().getRequiredProperty("ended", EndedAt.class)) {
                context.getBean(ActiveTasks.class)
                        .register(context.getEnvironment().getRequiredProperty("task"));
                context.close();
            }
        }

        @Bean
        static ApplicationListener<ApplicationStartedEvent> started(ConfigurableApplicationContext context) {
            return event -> endAt(EndedAt.STARTED, context);
        }

        @Bean
        static ApplicationListener<ApplicationReadyEvent> ready(ConfigurableApplicationContext context) {
            return event -> endAt(EndedAt.READY, context);
        }

        @Bean
        static org.springframework.boot.ApplicationRunner runner(ConfigurableApplicationContext context) {
            return arguments -> endAt(EndedAt.RUNNER, context);
        }
    }

    @Test
    void beans_that_are_made_when_they_are_needed_change_nothing() {
        String swept = running(1).get(0);
        String tracked = running(1).get(0);
        try (ConfigurableApplicationContext context = application()
                .lazyInitialization(true)
                .properties(Map.of("management.endpoints.web.exposure.include", "*"))
                .run(
                        "--taskstop.sweeps[0].name=forgotten",
                        "--taskstop.sweeps[0].every=1h",
                        "--taskstop.sweeps[0].prompt=nobody has this")) {
            assertThat(context.getBean(TaskSweep.class).isRunning()).isTrue();
            context.getBean(ActiveTasks.class).register(tracked);
            assertThat(context.getBean(TaskstopEndpoint.class).state().clients())
                    .containsOnlyKeys("taskClient");
        }

        assertThat(isStopped(tracked)).isTrue();
        assertThat(isStopped(swept)).isFalse();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    static class BeginsTasks {

        private static final int PHASE_OF_LISTENERS = SmartLifecycle.DEFAULT_PHASE - 100;

        @Bean
        static Begun begun(ActiveTasks tasks, org.springframework.core.env.Environment environment) {
            tasks.register(environment.getRequiredProperty("task"));
            return new Begun(environment.getRequiredProperty("failing", Failing.class));
        }

        @Bean
        static Object bean(Begun begun) {
            begun.failAt(Failing.BEAN);
            return "a bean";
        }

        @Bean
        static SmartInitializingSingleton singletons(Begun begun) {
            return () -> begun.failAt(Failing.SINGLETONS);
        }

        @Bean
        static ApplicationListener<ContextRefreshedEvent> refreshed(Begun begun) {
            return event -> begun.failAt(Failing.REFRESHED);
        }

        @Bean
        static ApplicationListener<ApplicationStartedEvent> started(Begun begun) {
            return event -> begun.failAt(Failing.STARTED);
        }

        @Bean
        static ApplicationListener<ApplicationReadyEvent> ready(Begun begun) {
            return event -> begun.failAt(Failing.READY);
        }

        @Bean
        static Starting lowPhase(Begun begun) {
            return new Starting(begun.failing() == Failing.LOW_PHASE, 0);
        }

        @Bean
        static Starting highPhase(Begun begun) {
            return new Starting(begun.failing() == Failing.HIGH_PHASE, PHASE_OF_LISTENERS);
        }

        @Bean
        static org.springframework.boot.ApplicationRunner runner(Begun begun) {
            return arguments -> begun.failAt(Failing.RUNNER);
        }
    }

    record Begun(Failing failing) {

        void failAt(Failing stage) {
            if (failing == stage) {
                throw new IllegalStateException("cannot start");
            }
        }
    }

    private static final class Starting implements SmartLifecycle {

        private final boolean fails;
        private final int phase;
        private boolean running;

        Starting(boolean fails, int phase) {
            this.fails = fails;
            this.phase = phase;
        }

        @Override
        public void start() {
            if (fails) {
                throw new IllegalStateException("cannot start");
            }
            running = true;
        }

        @Override
        public void stop() {
            running = false;
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return phase;
        }
    }
}
