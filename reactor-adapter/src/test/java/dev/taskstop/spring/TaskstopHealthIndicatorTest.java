package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopRetry;
import dev.taskstop.TaskClient;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class TaskstopHealthIndicatorTest {

    private static final String ID = "9qQe2F8Z_nXx9-eJA0BD6";

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final AtomicLong nanoTime = new AtomicLong();
    private final RecentStops recent = new RecentStops(nanoTime::get);

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

        Health health = Signals.value(new TaskstopHealthIndicator(client, recent, MINUTE).health());

        assertThat(server.requests).hasSize(sent);
        return health;
    }

    @Test
    void it_is_up_before_anything_was_stopped() {
        TaskClient client = TaskClient.builder().apiKey("bb_test").build();

        Health health = Signals.value(new TaskstopHealthIndicator(client, recent, MINUTE).health());

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

    /** Such as a stop of the same batch whose turn had not come when the key was refused. */
    @ParameterizedTest
    @EnumSource(Skipped.Reason.class)
    void what_was_never_sent_says_nothing_about_the_api(Skipped.Reason reason) {
        assertThat(healthAfterStopping(401, ID).getStatus()).isEqualTo(Status.DOWN);
        recent.onResult(new Skipped("another", reason));
        TaskClient client = TaskClient.builder().apiKey("bb_test").build();

        Health health = Signals.value(new TaskstopHealthIndicator(client, recent, MINUTE).health());

        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails()).containsEntry("lastOutcome", "failed");
    }

    @Test
    void an_id_that_cannot_be_one_says_nothing_about_the_api() {
        assertThat(healthAfterStopping(200, "a/b").getStatus()).isEqualTo(Status.UP);
    }

    @ParameterizedTest
    @CsvSource({"200, UP", "401, DOWN", "500, DOWN"})
    void the_last_result_counts_for_a_time_and_then_nothing_is_known(int status, String health) {
        nanoTime.set(Long.MAX_VALUE - MINUTE.toNanos() / 2); // overflows in between, as it may
        assertThat(healthAfterStopping(status, ID).getStatus().getCode()).isEqualTo(health);
        TaskClient client = TaskClient.builder().apiKey("bb_test").build();
        TaskstopHealthIndicator indicator = new TaskstopHealthIndicator(client, recent, MINUTE);

        nanoTime.addAndGet(MINUTE.toNanos());
        assertThat(Signals.value(indicator.health()).getStatus().getCode()).isEqualTo(health);
        nanoTime.addAndGet(1);

        Health aged = Signals.value(indicator.health());
        assertThat(aged.getStatus()).isEqualTo(Status.UNKNOWN);
        assertThat(aged.getDetails()).containsKeys("lastOutcome", "lastOutcomeAt");
    }
}
