package dev.taskstop.quickstart.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopSummary;
import dev.taskstop.TaskClient;
import dev.taskstop.server.FaultKind;
import dev.taskstop.server.Faults;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import dev.taskstop.server.junit.TaskServerExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

// begin
class LostAnswersTest {

    @RegisterExtension
    static final TaskServerExtension SERVER = new TaskServerExtension(TaskServerOptions.defaults()
            .withSeed(7) // the same requests go wrong in every run
            .withFaults(Faults.none().with(FaultKind.CUT_AFTER, 0.2))); // stopped, and the connection ends

    @Test
    void a_lost_answer_costs_no_truth(TaskServer server) {
        TaskClient client = TaskClient.builder()
                .apiKey(server.key())
                .baseUrl(server.baseUrl())
                .build();
        List<String> taskIds = server.createTasks(100, Lifecycle.staysIn(Status.PROCESSING));

        StepVerifier.create(client.stopAll(Flux.fromIterable(taskIds)).collect(StopSummary.collector()))
                .assertNext(summary -> {
                    assertThat(summary.stopped()).isEqualTo(100);
                    assertThat(summary.recovered()).isPositive();
                })
                .expectComplete()
                .verify(Duration.ofSeconds(30));
    }
}
// end
