package dev.taskstop.quickstart.guide;

import dev.taskstop.AwaitOptions;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskOutcome;
import dev.taskstop.TaskOutcome.Finished;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The chapter <em>Races</em>. */
final class Races {

    private Races() {}

    static Mono<String> awaitOrStop(TaskClient client, String taskId) {
        // begin awaitOrStop
        Mono<String> said = client.awaitOrStop(taskId, Duration.ofMinutes(10))
                .map(outcome -> outcome instanceof Finished finished
                        ? "it ended by itself: " + finished.status().state()
                        : "it was stopped after 10 minutes");
        // end
        return said;
    }

    static Flux<TaskOutcome> awaitOrStopAll(TaskClient client, Flux<String> taskIds) {
        // begin awaitOrStopAll
        Flux<TaskOutcome> outcomes = client.awaitOrStopAll(
                taskIds, Duration.ofMinutes(10), AwaitOptions.defaults().withConcurrency(5_000));
        // end
        return outcomes;
    }

    static <T> Mono<T> stopOnTimeout(TaskClient client, String taskId, Mono<T> work) {
        // begin stopOnTimeout
        Mono<T> bounded = work.transform(client.stopOnTimeout(taskId, Duration.ofMinutes(10)));
        // end
        return bounded;
    }

    static <T> Mono<T> stopOnCancel(TaskClient client, String taskId, Mono<T> work) {
        // begin stopOnCancel
        Mono<T> bound = work.transform(client.stopOnCancel(taskId));
        // end
        return bound;
    }
}
