package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    private static TaskServer start(Path journal) {
        return TaskServer.start(TaskServerOptions.defaults().withJournal(journal));
    }

    private static List<String> tasks(TaskServer server) {
        return server.createTasks(3, Lifecycle.staysIn(Status.PROCESSING));
    }
}
