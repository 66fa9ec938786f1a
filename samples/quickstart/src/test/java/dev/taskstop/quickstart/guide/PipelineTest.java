package dev.taskstop.quickstart.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult;
import dev.taskstop.TaskClient;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.junit.TaskServerExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

// begin
@ExtendWith(TaskServerExtension.class)
class PipelineTest {

    /** The pipeline to be tested: stops tasks and names those that may still run. */
    static Flux<String> survivors(TaskClient client, Flux<String> taskIds) {
        return taskIds.transform(client::stopAll)
                .filter(StopResult.Failed.class::isInstance)
                .map(StopResult::taskId);
    }

    @Test
    void no_task_survives(TaskServer server) {
        TaskClient client = TaskClient.builder()
                .apiKey(server.key())
                .baseUrl(server.baseUrl())
                .build();
        List<String> taskIds = server.createTasks(100, Lifecycle.staysIn(Status.PROCESSING));

        StepVerifier.create(survivors(client, Flux.fromIterable(taskIds)))
                .expectComplete()
                .verify(Duration.ofSeconds(10));

        assertThat(taskIds).allMatch(id -> server.ledger().of(id).effectiveRequest() == 1);
    }
}
// end
