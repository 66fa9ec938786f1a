package dev.taskstop.quickstart.guide;

import dev.taskstop.StopAllOptions;
import dev.taskstop.StopSummary;
import dev.taskstop.TaskClient;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The chapter <em>Stop many tasks</em>. */
final class StopManyTasks {

    private static final Logger log = LoggerFactory.getLogger(StopManyTasks.class);

    private StopManyTasks() {}

    static Mono<StopSummary> stop(TaskClient client, Flux<String> taskIds) {
        // begin stopAll
        StopAllOptions options = StopAllOptions.defaults()
                .withDistinct(true) // an id that was there before is skipped
                .withDeadline(Duration.ofMinutes(5)); // what is open then ends, and the rest is skipped

        Mono<StopSummary> summary = client.stopAll(taskIds, options)
                .doOnNext(result -> log.debug("{}", result))
                .collect(StopSummary.collector());
        // end
        return summary;
    }
}
