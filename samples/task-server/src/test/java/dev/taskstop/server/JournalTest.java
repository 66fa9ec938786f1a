package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class JournalTest {

    @TempDir
    private Path directory = Path.of("");

    @Test
    void a_server_that_is_started_again_knows_what_was_stopped() throws Exception {
        Path journal = directory.resolve("journal");
        String stopped;
        LedgerEntry before;
        try (TaskServer server = start(journal)) {
            stopped = tasks(server).get(1);
            new TestClient(server).stop(stopped);
            before = server.ledger().of(stopped);
        }

        try (TaskServer server = start(journal)) {
            List<String> ids = tasks(server);

            assertThat(server.ledger().of(ids.get(0)).status()).isEqualTo(Status.PROCESSING);
            assertThat(server.ledger().of(stopped).stoppedAt()).isEqualTo(before.stoppedAt());
            assertThat(server.ledger().of(stopped).effectiveRequest()).isEqualTo(1);
            assertThat(new TestClient(server).stop(stopped).status()).isEqualTo(400);
        }
        assertThat(Files.readAllLines(journal))
                .singleElement()
                .satisfies(line -> assertThat(line).startsWith(stopped + " 1 "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/tasks", "/api/v1/tasks"})
    void what_is_told_of_a_task_that_is_known_again_contradicts_nothing(String path) {
        Path journal = directory.resolve("journal");
        TestClock clock = new TestClock();
        TaskServerOptions options =
                TaskServerOptions.defaults().withJournal(journal).withClock(clock);
        List<Lifecycle> moves = List.of(Lifecycle.moving(), Lifecycle.staysIn(Status.PROCESSING));
        List<String> ids;
        try (TaskServer server = TaskServer.start(options)) {
            ids = moves.stream()
                    .flatMap(move -> server.createTasks(1, move).stream())
                    .toList();
            TestClient client = new TestClient(server);
            assertThat(client.stop(ids.get(0)).status()).isEqualTo(400);
            clock.advance(Duration.ofSeconds(9));
            ids.forEach(client::stop);
        }
        clock.advance(Duration.ofHours(1));

        try (TaskServer server = TaskServer.start(options)) {
            moves.forEach(move -> server.createTasks(1, move));
            TestClient client = new TestClient(server);
            for (String id : ids) {
                LedgerEntry entry = server.ledger().of(id);
                assertThat(entry.stopRequests()).isGreaterThanOrEqualTo(entry.effectiveRequest());
                JsonNode task = client.get(path + "/" + id).json();
                task = task.has("task") ? task.path("task") : task;
                assertThat(task.path("createdAt").asString())
                        .isLessThanOrEqualTo(task.path("completedAt").asString());
                assertThat(task.path("logs").values()).hasSizeGreaterThan(path.contains("v1") ? -1 : 1);
                JsonNode status = client.get(path + "/" + id + "/status").json();
                assertThat(status.path("duration").asString("0s")).matches("\\d+s");
                assertThat(status.path("startedAt")
                                .asString(task.path("createdAt").asString()))
                        .isLessThanOrEqualTo(status.path("completedAt").asString());
                assertThat(client.post("/api/tasks/" + id + "/continue", "{\"currentPrompt\":\"go on\"}")
                                .status())
                        .isEqualTo(200);
                assertThat(client.stop(id).status()).isEqualTo(200);
                assertThat(server.ledger().of(id).effectiveRequest()).isEqualTo(entry.stopRequests() + 1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a 1 2 b", "50%", "a+b", "ä\nö"})
    void a_task_of_whatever_id_is_known_again(String id) throws Exception {
        Path journal = directory.resolve("journal");
        TaskServerOptions options =
                TaskServerOptions.defaults().withJournal(journal).withTask(id, Status.PROCESSING);
        String path = URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
        try (TaskServer server = TaskServer.start(options)) {
            assertThat(new TestClient(server).stop(path).status()).isEqualTo(200);
        }

        try (TaskServer server = TaskServer.start(options)) {
            assertThat(server.ledger().of(id).status()).isEqualTo(Status.STOPPED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "id", "id 1", "id 1 2", "id x 2 agent", "id 1 x agent", "# A page"})
    void another_file_is_not_taken_for_a_journal(String line) throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "id 1 2 agent\n" + line + "\n");

        assertThatIllegalArgumentException().isThrownBy(() -> start(file)).withMessage("not a journal: " + file);
        assertThat(file).content().endsWith(line + "\n");
    }

    private static TaskServer start(Path journal) {
        return TaskServer.start(TaskServerOptions.defaults().withJournal(journal));
    }

    private static List<String> tasks(TaskServer server) {
        return server.createTasks(3, Lifecycle.staysIn(Status.PROCESSING));
    }
}
