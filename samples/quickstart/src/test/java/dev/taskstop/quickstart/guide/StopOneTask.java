package dev.taskstop.quickstart.guide;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskException;
import java.net.URI;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** The chapter <em>Stop one task</em>. */
final class StopOneTask {

    private StopOneTask() {}

    static TaskClient build(String key, URI address) {
        // begin build
        TaskClient client = TaskClient.builder()
                .apiKey(key)
                .baseUrl(address) // without it: https://cloud.blackbox.ai
                .build();
        // end
        return client;
    }

    static Mono<String> stop(TaskClient client, String taskId) {
        // begin stop
        Mono<String> said = client.stop(taskId)
                .map(task -> "stopped at " + task.completedAt())
                .onErrorResume(TaskException.class, failure -> Mono.just("not stopped: " + failure.getMessage()));
        // end
        return said;
    }

    static void close(TaskClient client) {
        // begin close
        client.closeAsync().block(Duration.ofSeconds(10)); // in a main; a reactive program subscribes instead
        // end
    }
}
