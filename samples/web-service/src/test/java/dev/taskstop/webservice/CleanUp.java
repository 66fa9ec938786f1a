package dev.taskstop.webservice;

import dev.taskstop.ActiveTasks;
import dev.taskstop.StopSummary;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskStatus;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

// The example of the README, compiled.
// begin
@Component
class CleanUp {

    private final TaskClient client;
    private final ActiveTasks activeTasks;

    CleanUp(TaskClient client, ActiveTasks activeTasks) {
        this.client = client;
        this.activeTasks = activeTasks;
    }

    Mono<StopSummary> stopAll(Flux<String> taskIds) {
        return taskIds.transform(client::stopAll).collect(StopSummary.collector());
    }

    Mono<TaskStatus> supervise(String taskId) { // stopped, too, when the application ends before the task does
        return activeTasks.track(taskId, client.awaitDone(taskId));
    }
}
// end
