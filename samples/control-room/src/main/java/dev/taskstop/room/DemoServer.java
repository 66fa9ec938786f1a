package dev.taskstop.room;

import dev.taskstop.StopRetry;
import dev.taskstop.server.FaultKind;
import dev.taskstop.server.Faults;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import dev.taskstop.spring.TaskClientCustomizer;
import dev.taskstop.spring.TaskstopConnectionDetails;
import java.net.URI;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * A task API in this process, so that there is something to see without a key: slow enough to watch, and failing now
 * and then, so that some stops need a person.
 */
@Configuration(proxyBeanMethods = false)
@Conditional(DemoServer.IsWanted.class)
class DemoServer {

    /** {@code room.demo} decides; when it is not set, a key for the real API does. */
    static final class IsWanted implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            boolean hasKey = StringUtils.hasText(context.getEnvironment().getProperty("taskstop.api-key"));
            return context.getEnvironment().getProperty("room.demo", Boolean.class, !hasKey);
        }
    }

    private static final Lifecycle SOME_MINUTES = Lifecycle.moving()
            .withPendingFor(Duration.ofSeconds(5))
            .withProcessingFor(Duration.ofMinutes(4))
            .withSavingFor(Duration.ofSeconds(20))
            .withJitter(0.9)
            .withFailures(0.1, 0.05);

    private static final Faults SOME = Faults.none()
            .with(FaultKind.ERROR_BEFORE, 0.12)
            .with(FaultKind.ERROR_AFTER, 0.04)
            .with(FaultKind.LATENCY, 0.05);

    @Bean(destroyMethod = "close")
    TaskServer taskServer() {
        return TaskServer.start(
                TaskServerOptions.defaults().withLatency(Duration.ofMillis(150)).withFaults(SOME));
    }

    @Bean
    TaskstopConnectionDetails demoConnection(TaskServer server) {
        return new TaskstopConnectionDetails() {
            @Override
            public URI getBaseUrl() {
                return server.baseUrl();
            }

            @Override
            public String getApiKey() {
                return server.key();
            }
        };
    }

    @Bean
    TaskClientCustomizer demoPace() {
        return builder -> builder.concurrency(8)
                .retry(StopRetry.defaults()
                        .withMaxAttempts(2)
                        .withBackoff(Duration.ofMillis(100), Duration.ofSeconds(1)));
    }

    @Bean
    DemoTasks demoTasks(TaskServer server) {
        return new DemoTasks(server, SOME_MINUTES);
    }
}
