package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopRetry;
import dev.taskstop.TaskClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class TaskstopHealthIndicatorTest {

    private static final String ID = "9qQe2F8Z_nXx9-eJA0BD6";

    private final RecentStops recent = new RecentStops();

    private Health healthAfterStopping(int status, String taskId) {
        RecordingTransport server = new RecordingTransport(status);
        TaskClient client = TaskClient.builder()
                .apiKey("bb_test")
                .transport(server)
                .retry(StopRetry.defaults().withMaxAttempts(1))
                .stopListener(recent)
                .build();
        Signals.values(client.stop(taskId).onErrorComplete());
        int sent = server.requests.size();

        Health health = Signals.value(new TaskstopHealthIndicator(client, recent).health());

        assertThat(server.requests).hasSize(sent);
        return health;
    }

    @Test
    void it_is_up_before_anything_was_stopped() {
        TaskClient client = TaskClient.builder().apiKey("bb_test").build();

        Health health = Signals.value(new TaskstopHealthIndicator(client, recent).health());

        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails()).containsEntry("limit", 64).doesNotContainKey("lastOutcome");
    }

    @ParameterizedTest
    @CsvSource({
        "200, UP, stopped",
        "404, UP, not_found",
        "409, UP, failed",
        "401, DOWN, failed",
        "402, DOWN, failed",
        "500, DOWN, failed"
    })
    void it_tells_what_the_last_answer_said_about_the_api(int status, String health, String outcome) {
        Health told = healthAfterStopping(status, ID);

        assertThat(told.getStatus().getCode()).isEqualTo(health);
        assertThat(told.getDetails()).containsEntry("lastOutcome", outcome).containsKey("lastOutcomeAt");
    }

    @Test
    void an_id_that_cannot_be_one_says_nothing_about_the_api() {
        assertThat(healthAfterStopping(200, "a/b").getStatus()).isEqualTo(Status.UP);
    }
}
