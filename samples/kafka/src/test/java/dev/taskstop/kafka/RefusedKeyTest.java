package dev.taskstop.kafka;

import static dev.taskstop.kafka.TestKafka.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.test.StepVerifier;

class RefusedKeyTest {

    /** Nothing is concluded from how long it takes: a process starts slowly on a machine that has other work. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final String KEY = "bb_some_key_0000000000";

    private final TestKafka kafka = new TestKafka();

    @Test
    void nothing_is_committed_over_the_ids_that_a_refused_key_leaves_open() throws Exception {
        try (StubServer server = new StubServer()) {
            try (ConfigurableApplicationContext instance = kafka.start(server.baseUrl(), KEY)) {
                kafka.send(ids(0, 300));
                await().until(() -> kafka.committed() == 300);

                server.answerWith(401);
                kafka.send(ids(300, 600));
                StepVerifier.create(instance.getBean(StopPipeline.class).failure())
                        .expectNext("The key was refused")
                        .expectComplete()
                        .verify(PATIENCE);
            }
            assertThat(kafka.committed()).isEqualTo(300);
            assertThat(kafka.results()).hasSize(300);
            assertThat(kafka.failed()).isEmpty();

            server.answerWith(200);
            try (ConfigurableApplicationContext next = kafka.start(server.baseUrl(), KEY)) {
                await().until(() -> next.isRunning() && kafka.committed() == 600);
            }
            assertThat(kafka.results()).extracting(TaskReport::taskId).containsExactlyInAnyOrderElementsOf(ids(0, 600));
        }
    }

    @Test
    void a_process_whose_key_is_refused_says_so_and_exits_with_1(@TempDir Path directory) throws Exception {
        try (TaskServer server = TaskServer.start()) {
            kafka.send(server.createTasks(100, Lifecycle.staysIn(Status.PROCESSING)));
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    StopInstance.class.getName()));
            command.addAll(kafka.arguments(server.baseUrl()));
            Path output = directory.resolve("output");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().put("TASKSTOP_API_KEY", KEY);
            Process process = builder.start();
            try {
                assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .as(() -> "ended, having said " + read(output))
                        .isTrue();
            } finally {
                process.destroyForcibly();
            }

            assertThat(process.exitValue()).isEqualTo(1);
            assertThat(output)
                    .content()
                    .contains("The key was refused (PATCH /api/tasks/{taskId} answered 401). This instance ends")
                    .doesNotContain(KEY);
            assertThat(kafka.committed()).isZero();
            assertThat(server.ledger().tasks()).allMatch(task -> task.effectiveRequest() == 0);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static List<String> ids(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "task-" + i).toList();
    }
}
