package dev.taskstop.quickstart.guide;

import dev.taskstop.StopRetry;
import dev.taskstop.TaskClient;
import java.net.URI;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** The chapter <em>Tuning</em>. */
final class Tuning {

    private Tuning() {}

    static TaskClient impatient(String key, URI address) {
        // begin impatient
        TaskClient client = TaskClient.builder()
                .apiKey(key)
                .baseUrl(address)
                .requestTimeout(Duration.ofSeconds(2))
                .retry(StopRetry.defaults().withMaxAttempts(3).withDeadline(Duration.ofSeconds(15)))
                .pollInterval(Duration.ofMillis(500))
                .build();
        // end
        return client;
    }

    static TaskClient wired(String key, URI address, LoopResources loops) {
        // begin wired
        TaskClient client = TaskClient.builder()
                .apiKey(key)
                .baseUrl(address)
                .concurrency(256)
                .connectTimeout(Duration.ofSeconds(2))
                .httpClient(http -> http.runOn(loops)) // for example LoopResources.create("stops", 2, true)
                .build();
        // end
        return client;
    }

    static TaskClient rotating(Mono<String> vault, URI address) {
        // begin rotating
        TaskClient client = TaskClient.builder()
                .apiKey(() -> vault) // asked for the first key, and again when the server refuses the one in use
                .baseUrl(address)
                .build();
        // end
        return client;
    }
}
