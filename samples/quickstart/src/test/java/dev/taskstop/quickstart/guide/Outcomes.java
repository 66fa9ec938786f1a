package dev.taskstop.quickstart.guide;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.StopSummary;
import dev.taskstop.TaskClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The chapter <em>What becomes of a task</em>. */
final class Outcomes {

    private Outcomes() {}

    // begin toDo
    static String toDo(StopResult result) {
        if (result instanceof Stopped || result instanceof AlreadyEnded) {
            return "nothing";
        }
        if (result instanceof NotFound) {
            return "check the id, and whose it is";
        }
        if (result instanceof Skipped skipped) {
            return "nothing was sent: " + skipped.reason();
        }
        Failed failed = (Failed) result;
        return failed.error().isOutcomeUnknown() ? "it may have been stopped: stop it again" : "it was not stopped";
    }
    // end

    static Mono<StopSummary> stopAgain(TaskClient client, Flux<String> taskIds) {
        // begin again
        Mono<StopSummary> secondRound = client.stopAll(taskIds)
                .filter(result -> result instanceof Failed || result instanceof Skipped)
                .map(StopResult::taskId)
                .collectList()
                .flatMap(open -> client.stopAll(Flux.fromIterable(open)).collect(StopSummary.collector()));
        // end
        return secondRound;
    }
}
