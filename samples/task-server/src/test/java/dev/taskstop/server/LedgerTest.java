package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.netty.http.HttpProtocol;

class LedgerTest {

    @Test
    void what_is_counted_is_what_was_sent_and_answered() {
        try (TaskServer server = TaskServer.start()) {
            List<String> ids = server.createTasks(200, Lifecycle.staysIn(Status.PROCESSING));
            TestClient client = new TestClient(server, server.key(), HttpProtocol.H2C);

            List<Integer> answers = Objects.requireNonNull(Flux.fromIterable(ids)
                    .concatWith(Flux.fromIterable(ids))
                    .concatWithValues("unknown")
                    .flatMap(client::stopping, 32)
                    .map(TestClient.Reply::status)
                    .collectList()
                    .block(TestClient.PATIENCE));

            LedgerTotals totals = server.ledger().totals();
            assertThat(answers).hasSize(401);
            assertThat(totals.requests()).isEqualTo(401);
            assertThat(totals.patchRequests()).isEqualTo(401);
            assertThat(totals.answers(Route.STOP, 200)).isEqualTo(200);
            assertThat(totals.answers(Route.STOP, 400)).isEqualTo(200);
            assertThat(totals.answers(Route.STOP, 404)).isEqualTo(1);
            assertThat(server.ledger().tasks())
                    .hasSize(200)
                    .allMatch(entry -> entry.stopRequests() == 2)
                    .allMatch(entry -> entry.effectiveRequest() > 0 && entry.stoppedAt() != null)
                    .allMatch(entry -> entry.status() == Status.STOPPED);
        }
    }

    @Test
    void the_peak_of_requests_in_progress_is_the_concurrency_of_the_client() {
        TaskServerOptions slow = TaskServerOptions.defaults().withLatency(Duration.ofMillis(5));
        try (TaskServer server = TaskServer.start(slow)) {
            List<String> ids = server.createTasks(400, Lifecycle.staysIn(Status.PROCESSING));
            TestClient client = new TestClient(server);

            Flux.fromIterable(ids).flatMap(client::stopping, 4).blockLast(TestClient.PATIENCE);

            assertThat(server.ledger().totals().peakInProgress()).isEqualTo(4);
        }
    }

    @Test
    void a_ledger_can_be_written_as_json_lines(@TempDir Path folder) throws Exception {
        try (TaskServer server = TaskServer.start(TaskServerOptions.defaults().withClock(new TestClock()))) {
            String id =
                    server.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);
            new TestClient(server).stop(id);
            Path file = folder.resolve("ledger.jsonl");

            LedgerFile.write(server.ledger(), file);

            assertThat(Files.readAllLines(file))
                    .containsExactly(
                            "{\"taskId\":\"" + id + "\",\"stopRequests\":1,\"effectiveRequest\":1,"
                                    + "\"stoppedAt\":\"2024-01-15T10:00:00Z\",\"status\":\"stopped\",\"sandboxesLeft\":0}",
                            "{\"totals\":{\"requests\":1,\"patchRequests\":1,\"unauthorized\":0,\"peakInProgress\":1,"
                                    + "\"answers\":{\"STOP\":{\"200\":1}},\"faults\":{}}}");
        }
    }

    @Test
    void an_unknown_task_has_no_entry() {
        try (TaskServer server = TaskServer.start()) {
            assertThatExceptionOfType(NoSuchElementException.class)
                    .isThrownBy(() -> server.ledger().of("unknown"));
        }
    }
}
