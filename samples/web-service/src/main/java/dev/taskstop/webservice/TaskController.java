package dev.taskstop.webservice;

import dev.taskstop.ActiveTasks;
import dev.taskstop.StopResult;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StoppedTask;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskOutcome;
import dev.taskstop.TaskResponseException;
import dev.taskstop.TaskResponseException.Reason;
import dev.taskstop.TaskStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.annotation.DurationFormat.Style;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tasks over HTTP. */
@RestController
class TaskController {

    private static final Logger log = LoggerFactory.getLogger(TaskController.class);

    private final TaskClient client;
    private final ActiveTasks activeTasks;

    TaskController(TaskClient client, ActiveTasks activeTasks) {
        this.client = client;
        this.activeTasks = activeTasks;
    }

    /** Stops a task. */
    @DeleteMapping("/tasks/{taskId}")
    Mono<StoppedTask> stop(@PathVariable String taskId) {
        return client.stop(taskId);
    }

    /** Stops tasks, one id a line, and tells what became of each as it becomes known. */
    @PostMapping(path = "/stops", consumes = MediaType.TEXT_PLAIN_VALUE, produces = MediaType.APPLICATION_NDJSON_VALUE)
    Flux<Outcome> stopAll(@RequestBody Flux<String> taskIds) {
        return taskIds.transform(client::stopAll).map(Outcome::of);
    }

    /** Waits for a task, and stops it when that takes too long. */
    @GetMapping("/tasks/{taskId}/outcome")
    Mono<TaskOutcome> outcome(
            @PathVariable String taskId,
            @RequestParam(defaultValue = "30s") @DurationFormat(style = Style.SIMPLE) Duration timeout) {
        return client.awaitOrStop(taskId, timeout);
    }

    /** Makes a task one of this service's own: it is stopped when the service ends before it does. */
    @PutMapping("/tasks/{taskId}")
    @ResponseStatus(HttpStatus.ACCEPTED)
    void own(@PathVariable String taskId) {
        activeTasks.register(taskId);
        untilEnded(taskId).subscribe(ended -> {}, failure -> log.warn("A task is no longer watched", failure));
    }

    /** What cannot be watched may still run: it stays this service's to stop, unless there is no such task. */
    Mono<TaskStatus> untilEnded(String taskId) {
        return client.awaitDone(taskId)
                .doOnSuccess(ended -> activeTasks.deregister(taskId))
                .doOnError(TaskController::isNotFound, failure -> activeTasks.deregister(taskId));
    }

    private static boolean isNotFound(Throwable failure) {
        return failure instanceof TaskResponseException answer && answer.reason() == Reason.NOT_FOUND;
    }

    /** What cannot be done for a caller: an id that cannot be one, a time that is no length of time. */
    @ExceptionHandler
    ProblemDetail refused(IllegalArgumentException failure) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, String.valueOf(failure.getMessage()));
    }

    /** What became of one task. */
    record Outcome(String taskId, String outcome, @Nullable String reason) {

        static Outcome of(StopResult result) {
            return new Outcome(
                    result.taskId(),
                    result.getClass().getSimpleName(),
                    result instanceof Failed failed ? failed.error().getMessage() : null);
        }
    }
}
