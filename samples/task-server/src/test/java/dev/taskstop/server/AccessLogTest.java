package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogTest {

    @TempDir
    private Path directory = Path.of("");

    @Test
    void each_request_and_each_answer_has_a_line_with_what_it_tells() throws Exception {
        Path log = directory.resolve("access.log");
        Path journal = directory.resolve("journal");
        TaskServerOptions options = TaskServerOptions.defaults()
                .withAccessLog(log)
                .withJournal(journal)
                .withTask("runs", Status.PROCESSING)
                .withTask("a b", Status.COMPLETED);
        try (TaskServer server = TaskServer.start(options)) {
            TestClient client = new TestClient(server);
            client.stop("runs");
            client.status("runs");
            client.stop("a%20b");
            client.status("unknown");
            client.get("/api/tasks");
        }

        assertThat(Files.readAllLines(log).stream().map(AccessLogTest::withoutTimeAndAgent))
                .containsExactly(
                        "STOP runs - -",
                        "STOP runs 200 stopped",
                        "STATUS runs - -",
                        "STATUS runs 200 stopped",
                        "STOP a+b - -",
                        "STOP a+b 400 -",
                        "STATUS unknown - -",
                        "STATUS unknown 404 -",
                        "LIST - - -",
                        "LIST - 200 -");
        String agent = Files.readAllLines(log).get(0).split(" ", 6)[5];
        assertThat(agent).isNotBlank();
        assertThat(Files.readString(journal).strip()).startsWith("runs 1 ").endsWith(" " + agent);
    }

    @Test
    void an_answer_that_gets_lost_or_tells_nothing_is_logged_so() throws Exception {
        assertThat(linesOfOneStop(FaultKind.CUT_AFTER)).containsExactly("STOP runs - -", "STOP runs 0 -");
        assertThat(linesOfOneStop(FaultKind.ERROR_AFTER)).containsExactly("STOP runs - -", "STOP runs 500 -");
        assertThat(linesOfOneStop(FaultKind.HTML_AFTER)).containsExactly("STOP runs - -", "STOP runs 200 -");
        assertThat(linesOfOneStop(FaultKind.OK_AFTER)).containsExactly("STOP runs - -", "STOP runs 200 processing");
        assertThat(linesOfOneStop(FaultKind.SURPLUS)).containsExactly("STOP runs - -", "STOP runs 200 stopped");
    }

    private Iterable<String> linesOfOneStop(FaultKind fault) throws Exception {
        Path log = directory.resolve(fault.name());
        TaskServerOptions options = TaskServerOptions.defaults()
                .withAccessLog(log)
                .withTask("runs", Status.PROCESSING)
                .withFaults(Faults.none().with(fault, 1));
        try (TaskServer server = TaskServer.start(options)) {
            new TestClient(server).stopping("runs").onErrorComplete().block(TestClient.PATIENCE);
        }
        return Files.readAllLines(log).stream()
                .map(AccessLogTest::withoutTimeAndAgent)
                .toList();
    }

    private static String withoutTimeAndAgent(String line) {
        String[] parts = line.split(" ", 6);
        return String.join(" ", parts[1], parts[2], parts[3], parts[4]);
    }
}
