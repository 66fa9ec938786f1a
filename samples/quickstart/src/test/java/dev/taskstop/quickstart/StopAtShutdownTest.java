package dev.taskstop.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StopAtShutdownTest {

    private static final int TASKS = 500;
    private static final int TERMINATED = 128 + 15;
    private static final int LIMIT_SECONDS = 60;

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void a_process_that_is_terminated_stops_its_tasks_and_ends(int signals) throws Exception {
        try (TaskServer server = TaskServer.start()) {
            List<String> taskIds = server.createTasks(TASKS, Lifecycle.staysIn(Status.PROCESSING));
            Process process = start(server, String.join("\n", taskIds));
            BufferedReader output = process.inputReader();
            assertThat(output.readLine()).isEqualTo("Waiting for 500 tasks");

            long begin = System.nanoTime();
            for (int i = 0; i < signals; i++) {
                process.destroy();
            }

            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
            System.out.printf("%d signal(s): ended after %d ms%n", signals, (System.nanoTime() - begin) / 1_000_000);
            assertThat(process.exitValue()).isEqualTo(TERMINATED);
            assertThat(taskIds)
                    .allSatisfy(id -> assertThat(server.ledger().of(id).effectiveRequest())
                            .isEqualTo(1));
        }
    }

    private static Process start(TaskServer server, String input) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                StopAtShutdown.class.getName());
        builder.environment().put("BLACKBOX_API_KEY", server.key());
        builder.environment().put("BLACKBOX_BASE_URL", server.baseUrl().toString());
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (Writer ids = process.outputWriter(StandardCharsets.UTF_8)) {
            ids.write(input);
        }
        return process;
    }

    @Test
    void a_task_that_cannot_be_watched_does_not_end_the_others() throws Exception {
        try (TaskServer server = TaskServer.start()) {
            Lifecycle endsByItself = Lifecycle.moving()
                    .withPendingFor(Duration.ZERO)
                    .withProcessingFor(Duration.ofSeconds(4))
                    .withSavingFor(Duration.ZERO);
            String taskId = server.createTasks(1, endsByItself).get(0);

            Process process = start(server, "\r\nnobody-s\n\nwith space\n" + taskId + "\r\n" + taskId);

            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
            assertThat(server.ledger().of(taskId).status()).isEqualTo(Status.COMPLETED);
            assertThat(server.ledger().totals().patchRequests()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n"})
    void without_tasks_it_ends_at_once(String input) throws Exception {
        try (TaskServer server = TaskServer.start()) {
            Process process = start(server, input);

            assertThat(process.inputReader().readLine()).isEqualTo("Waiting for 0 tasks");
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        }
    }
}
