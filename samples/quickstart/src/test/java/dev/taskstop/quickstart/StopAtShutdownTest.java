package dev.taskstop.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import java.io.BufferedReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
            ProcessBuilder builder = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    StopAtShutdown.class.getName());
            builder.environment().put("BLACKBOX_API_KEY", server.key());
            builder.environment().put("BLACKBOX_BASE_URL", server.baseUrl().toString());
            Process process =
                    builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
            try (Writer ids = process.outputWriter(StandardCharsets.UTF_8)) {
                ids.write(String.join("\n", taskIds));
            }
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
}
