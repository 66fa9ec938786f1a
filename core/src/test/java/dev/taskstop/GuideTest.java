package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The figures in the guide that are figures in the code. Its examples are run in the quickstart. */
class GuideTest {

    private static String row(String setting, String value) {
        return "\n| `" + setting + "` | " + value + " | ";
    }

    private static String text(Duration duration) {
        if (duration.toMillis() % 60_000 == 0) {
            return duration.toMinutes() + " min";
        }
        return duration.toMillis() % 1_000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }

    @Test
    void the_defaults_that_the_guide_tells_are_those_of_the_code() throws IOException {
        StopRetry retry = StopRetry.defaults();
        TaskClient client = TaskClient.builder().apiKey("bb_test").build();

        assertThat(Files.readString(Path.of("README.md")))
                .contains(
                        row("concurrency", String.valueOf(client.gateState().ceiling())),
                        row("StopRetry.withMaxAttempts", String.valueOf(retry.maxAttempts())),
                        row("StopRetry.withBackoff", text(retry.minBackoff()) + " to " + text(retry.maxBackoff())),
                        row("StopRetry.withJitter", String.valueOf(retry.jitter())),
                        row("StopRetry.withDeadline", text(retry.deadline())),
                        row("StopRetry.withMaxPause", text(retry.maxPause())),
                        row("StopRetry.withBudget", String.valueOf(retry.budget())),
                        row(
                                "AwaitOptions.withConcurrency",
                                String.format(
                                        Locale.ROOT,
                                        "%,d",
                                        AwaitOptions.defaults().concurrency())));
    }
}
