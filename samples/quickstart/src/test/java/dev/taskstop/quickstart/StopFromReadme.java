package dev.taskstop.quickstart;

import dev.taskstop.StopResult;
import dev.taskstop.StopSummary;
import dev.taskstop.StoppedTask;
import dev.taskstop.TaskClient;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The example of the README, compiled. */
final class StopFromReadme {

    private static final Logger log = LoggerFactory.getLogger(StopFromReadme.class);

    private StopFromReadme() {}

    static Mono<StopSummary> stop(List<String> taskIds) {
        // begin
        TaskClient client = TaskClient.fromEnv(); // BLACKBOX_API_KEY

        Mono<StoppedTask> one = client.stop("9qQe2F8Z_nXx9-eJA0BD6");

        Mono<StopSummary> many = Flux.fromIterable(taskIds)
                .transform(client::stopAll)
                .doOnNext(result -> {
                    if (result instanceof StopResult.Failed failed) {
                        log.warn("{} may still run", failed.taskId(), failed.error());
                    }
                })
                .collect(StopSummary.collector());
        // end
        return one.then(many);
    }
}
