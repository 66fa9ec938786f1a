package dev.taskstop.spring;

import dev.taskstop.StopRetry;
import dev.taskstop.StoppedTask;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskRequestException;
import dev.taskstop.TaskResponse;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** A WebFlux application whose task API answers as the id says, {@code t404} with a 404. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class ProblemApplication {

    @Bean
    TaskClientCustomizer answersAsTheIdSays() {
        return builder -> builder.transport(request -> Mono.fromSupplier(() -> {
            String path = request.uri().getPath();
            if (path.endsWith("/t400/status")) {
                return answer(200, "{\"taskId\":\"t400\",\"status\":\"completed\",\"isDone\":true}");
            }
            if (path.endsWith("/silent")) {
                throw TaskRequestException.noAnswer(request, new TimeoutException());
            }
            if (path.endsWith("/cut")) {
                throw TaskRequestException.noAnswer(request, new IOException("Connection reset"));
            }
            if (path.endsWith("/away")) {
                throw TaskRequestException.notSent(request, new ConnectException());
            }
            if (path.endsWith("/refused")) {
                throw TaskRequestException.notProcessed(request, new IOException("REFUSED_STREAM"));
            }
            if (path.endsWith("/garbage")) {
                return answer(404, "<html>");
            }
            Matcher status = Pattern.compile(".*/t(\\d+).*").matcher(path);
            return status.matches() ? answer(Integer.parseInt(status.group(1)), "{}") : answer(200, "{\"tasks\":[]}");
        }));
    }

    private static TaskResponse answer(int status, String body) {
        return new TaskResponse(
                status,
                name -> name.equals("Retry-After") ? "120" : null,
                body.getBytes(StandardCharsets.UTF_8),
                false);
    }

    @Bean
    TaskClientCustomizer givesUpSoon() {
        return builder -> builder.retry(
                StopRetry.defaults().withMaxAttempts(1).withBudget(0).withDeadline(Duration.ofMillis(200)));
    }

    @Bean
    RouterFunction<ServerResponse> routed(TaskClient client) {
        return RouterFunctions.route()
                .DELETE(
                        "/routed/{taskId}",
                        request -> client.stop(request.pathVariable("taskId"))
                                .flatMap(stopped -> ServerResponse.noContent().build()))
                .build();
    }

    /** A bean, as each component within a configuration is. */
    @RestController
    static class Stops {

        private final TaskClient client;

        Stops(TaskClient client) {
            this.client = client;
        }

        @DeleteMapping("/tasks/{taskId}")
        Mono<StoppedTask> stop(@PathVariable String taskId) {
            return client.stop(taskId);
        }
    }
}
