package dev.taskstop.quickstart.guide;

import dev.taskstop.ActiveTasks;
import dev.taskstop.StopSummary;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskStatus;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** The chapter <em>Shutdown</em>. */
final class Shutdown {

    private static final Logger log = LoggerFactory.getLogger(Shutdown.class);

    private Shutdown() {}

    static Mono<TaskStatus> track(TaskClient client, String taskId) {
        // begin track
        Mono<TaskStatus> supervised = client.activeTasks().track(taskId, client.awaitDone(taskId));
        // end
        return supervised;
    }

    static Mono<Void> end(TaskClient client) {
        // begin shutdown
        Mono<Void> end = client.activeTasks()
                .shutdown(Duration.ofSeconds(10))
                .collect(StopSummary.collector())
                .doOnNext(summary -> log.info("At the end: {}", summary))
                .then(client.closeAsync());
        // end
        return end;
    }

    static Disposable hook(ActiveTasks activeTasks) {
        // begin hook
        Disposable hook = activeTasks.installShutdownHook(Duration.ofSeconds(10));
        // end
        return hook;
    }
}
