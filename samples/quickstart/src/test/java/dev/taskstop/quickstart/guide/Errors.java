package dev.taskstop.quickstart.guide;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskException;
import dev.taskstop.TaskResponseException;
import reactor.core.publisher.Mono;

/** The chapter <em>Errors</em>. */
final class Errors {

    private Errors() {}

    static Mono<String> stop(TaskClient client, String taskId) {
        // begin reasons
        Mono<String> said = client.stop(taskId)
                .map(task -> "stopped")
                .onErrorResume(TaskResponseException.class, answer -> switch (answer.reason()) {
                    case NOT_ACTIVE -> Mono.just("it cannot be stopped, its state is " + answer.state());
                    case NOT_FOUND -> Mono.just("there is no such task");
                    case UNAUTHORIZED -> Mono.just("the key is refused");
                    default -> Mono.error(answer);
                })
                .onErrorResume(
                        TaskException.class,
                        failure -> Mono.just(
                                failure.isOutcomeUnknown() ? "it may have been stopped" : "it was not stopped"));
        // end
        return said;
    }
}
