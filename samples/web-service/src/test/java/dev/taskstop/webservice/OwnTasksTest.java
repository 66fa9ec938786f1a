package dev.taskstop.webservice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskException;
import dev.taskstop.TaskResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What the service has begun is its own until it is known not to run. */
class OwnTasksTest {

    @ParameterizedTest
    @CsvSource({"401, true", "402, true", "404, false"})
    void a_task_that_cannot_be_watched_is_still_to_be_stopped_at_the_end(int answer, boolean isTracked) {
        TaskClient client = TaskClient.builder()
                .apiKey("bb_test")
                .transport(request -> Mono.fromSupplier(
                        () -> new TaskResponse(answer, name -> null, "{}".getBytes(StandardCharsets.UTF_8), false)))
                .build();
        TaskController controller = new TaskController(client, client.activeTasks());
        client.activeTasks().register("t1");

        StepVerifier.create(controller.untilEnded("t1"))
                .expectError(TaskException.class)
                .verify(Duration.ofSeconds(10));

        assertThat(client.activeTasks().taskIds().contains("t1")).isEqualTo(isTracked);
    }

    @ParameterizedTest
    @CsvSource({"completed", "stopped", "error", "timeout"})
    void a_task_that_has_ended_is_no_longer_its_own(String state) {
        TaskClient client = TaskClient.builder()
                .apiKey("bb_test")
                .transport(request -> Mono.fromSupplier(() -> new TaskResponse(
                        200,
                        name -> null,
                        "{\"taskId\":\"t1\",\"status\":\"%s\",\"isDone\":true}"
                                .formatted(state)
                                .getBytes(StandardCharsets.UTF_8),
                        false)))
                .build();
        TaskController controller = new TaskController(client, client.activeTasks());
        client.activeTasks().register("t1");

        StepVerifier.create(controller.untilEnded("t1"))
                .expectNextCount(1)
                .expectComplete()
                .verify(Duration.ofSeconds(10));

        assertThat(client.activeTasks().taskIds()).isEmpty();
    }
}
