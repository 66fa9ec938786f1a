package dev.taskstop.quickstart.guide;

import dev.taskstop.StopAllOptions;
import dev.taskstop.StopResult;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskLogEvent;
import dev.taskstop.TaskQuery;
import dev.taskstop.TaskStatus;
import dev.taskstop.TaskSummary;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The chapter <em>Look at tasks</em>. */
final class Look {

    private Look() {}

    static Mono<TaskStatus> status(TaskClient client, String taskId) {
        // begin status
        Mono<TaskStatus> now = client.status(taskId); // asked once
        Mono<TaskStatus> atTheEnd = client.awaitDone(taskId); // asked until it has ended
        // end
        return now.then(atTheEnd);
    }

    static Flux<TaskSummary> list(TaskClient client) {
        // begin list
        Flux<TaskSummary> failed =
                client.list(TaskQuery.all().withStatus(TaskQuery.Status.FAILED)).take(20); // reads no page beyond
        // end
        return failed;
    }

    static Flux<StopResult> chat(TaskClient client, String chatId) {
        // begin chat
        Flux<StopResult> rest = client.stopActive(TaskQuery.active().withChatId(chatId), StopAllOptions.defaults());
        // end
        return rest;
    }

    static Mono<Boolean> details(TaskClient client, String taskId) {
        // begin details
        Mono<Boolean> goesOnToCost = client.details(taskId).map(task -> Boolean.TRUE.equals(task.keepAlive()));
        // end
        return goesOnToCost;
    }

    static Flux<String> logs(TaskClient client, String taskId) {
        // begin logs
        Flux<String> lines = client.logs(taskId).ofType(TaskLogEvent.Log.class).mapNotNull(TaskLogEvent.Log::message);
        // end
        return lines;
    }
}
