package dev.taskstop.spring;

import dev.taskstop.ActiveTasks;
import dev.taskstop.StoppedTask;
import dev.taskstop.TaskClient;
import java.util.Objects;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** An application with Spring MVC and Tomcat, which is run where WebFlux is not on the class path. */
final class MvcApplication {

    private MvcApplication() {}

    /** Starts it. */
    public static void main(String[] arguments) {
        SpringApplication.run(Application.class, arguments);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @Bean
        Stops stops(TaskClient client, ActiveTasks activeTasks) {
            return new Stops(client, activeTasks);
        }
    }

    @RestController
    static class Stops {

        private final TaskClient client;
        private final ActiveTasks activeTasks;

        Stops(TaskClient client, ActiveTasks activeTasks) {
            this.client = client;
            this.activeTasks = activeTasks;
        }

        @DeleteMapping("/reactive/{taskId}")
        Mono<StoppedTask> stop(@PathVariable String taskId) {
            return client.stop(taskId);
        }

        @DeleteMapping("/blocking/{taskId}")
        StoppedTask stopAndWait(@PathVariable String taskId) {
            return Objects.requireNonNull(client.stop(taskId).block(Signals.LIMIT));
        }

        @PutMapping("/tasks/{taskId}")
        void own(@PathVariable String taskId) {
            activeTasks.register(taskId);
        }
    }
}
