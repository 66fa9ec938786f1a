package dev.taskstop.guide;

import dev.taskstop.StopSummary;
import dev.taskstop.TaskClient;
import java.time.Duration;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** The chapter <em>Coming from a hand-written call</em>. */
final class HandWritten {

    private HandWritten() {}

    static Mono<Long> before(WebClient webClient, Flux<String> taskIds) {
        // begin before
        Mono<Long> stopped = taskIds.flatMap(
                        taskId -> webClient
                                .patch()
                                .uri("/api/tasks/{taskId}", taskId)
                                .contentType(MediaType.APPLICATION_JSON)
                                .bodyValue("{\"action\":\"stop\"}")
                                .retrieve()
                                .bodyToMono(String.class)
                                .timeout(Duration.ofSeconds(10))
                                .retryWhen(Retry.backoff(2, Duration.ofMillis(100))),
                        64)
                .count();
        // end
        return stopped;
    }

    static Mono<Long> after(TaskClient client, Flux<String> taskIds) {
        // begin after
        Mono<Long> stopped =
                client.stopAll(taskIds).collect(StopSummary.collector()).map(StopSummary::stopped);
        // end
        return stopped;
    }
}
