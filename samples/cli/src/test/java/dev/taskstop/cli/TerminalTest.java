package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** In a pseudo-terminal, which {@code script} of util-linux makes. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class TerminalTest {

    private static final Lifecycle PROCESSING = Lifecycle.staysIn(Status.PROCESSING);
    private static final String CTRL_C = "\u0003";

    @TempDir
    private Path directory = Path.of("");

    @BeforeAll
    static void needsScript() {
        assumeTrue(
                System.getProperty("os.name").equals("Linux") && Files.isExecutable(Path.of("/usr/bin/script")),
                "there is no script of util-linux to make a terminal");
    }

    @Test
    void it_asks_before_it_stops_what_is_active_and_shows_progress() throws Exception {
        try (TaskServer server = TaskServer.start()) {
            server.createTasks(37, PROCESSING);
            try (CliProcess no = CliProcess.startInTerminal(server, "stop", "--active")) {
                no.readUntil("Stop 37 active tasks? [y/N] ");
                no.type("\n");
                assertThat(no.readUntil("Nothing was stopped")).contains("Nothing was stopped");
                assertThat(no.end().exitCode()).isEqualTo(Exit.FAILED);
                assertThat(server.ledger().totals().patchRequests()).isZero();
            }
            try (CliProcess yes = CliProcess.startInTerminal(server, "stop", "--active")) {
                yes.readUntil("Stop 37 active tasks? [y/N] ");
                yes.type("y\n");
                assertThat(yes.readUntil("37 stopped")).contains("Stopping 100% [=", "37/37");
                assertThat(yes.end().exitCode()).isEqualTo(Exit.OK);
            }
            assertThat(server.ledger().tasks()).allMatch(task -> task.status() == Status.STOPPED);
        }
    }

    @Test
    void a_dry_run_shows_what_would_be_stopped() throws Exception {
        try (TaskServer server = TaskServer.start()) {
            String id = server.createTasks(1, PROCESSING).get(0);
            try (CliProcess cli = CliProcess.startInTerminal(server, "stop", "--active", "--dry-run")) {
                assertThat(cli.readUntil("(dry-run)")).contains(id + " skipped (dry-run)");
                assertThat(cli.end().exitCode()).isEqualTo(Exit.OK);
            }
        }
    }

    @Test
    void ctrl_c_ends_with_a_summary_and_a_checkpoint_to_go_on_from() throws Exception {
        Signals.assumeArrives("INT");
        // It would take 12 s, so that it is interrupted long before its end. Only 8 are in flight, because an answer
        // that a busy machine gives after the time-out of a request is lost, and a closed client asks no more.
        TaskServerOptions slow = TaskServerOptions.defaults().withLatency(Duration.ofMillis(500));
        try (TaskServer server = TaskServer.start(slow)) {
            List<String> ids = server.createTasks(200, PROCESSING);
            Path file = Files.write(directory.resolve("ids"), ids);
            Path checkpoint = directory.resolve("checkpoint");
            String[] command = {"stop", "--concurrency=8", "--file", file.toString(), "--resume", checkpoint.toString()
            };
            try (CliProcess cli = CliProcess.startInTerminal(server, command)) {
                CliProcess.await(() -> server.ledger().totals().patchRequests() > 20);
                cli.type(CTRL_C);

                String shown = cli.readUntil("ids are finished");

                assertThat(shown).contains("/200", " 0 failed").doesNotContain("without an answer");
                assertThat(cli.end().exitCode()).isEqualTo(Exit.INTERRUPTED);
                assertThat(server.ledger().totals().patchRequests()).isLessThan(200);
            }
            String[] rest = {"stop", "--concurrency=32", "--file", file.toString(), "--resume", checkpoint.toString()};
            try (CliProcess cli = CliProcess.startInTerminal(server, rest)) {
                assertThat(cli.readUntil("200 ids are finished")).contains("200/200");
                assertThat(cli.end().exitCode()).isEqualTo(Exit.OK);
            }
            assertThat(server.ledger().tasks())
                    .allMatch(task -> task.status() == Status.STOPPED && task.stopRequests() == 1);
        }
    }

    @Test
    void colours_are_off_with_no_color() throws Exception {
        try (TaskServer server = TaskServer.start()) {
            try (CliProcess cli = CliProcess.startInTerminal(server, "stop", "no/id")) {
                assertThat(cli.readUntil("may still run")).contains("\u001b[");
            }
            try (CliProcess cli = CliProcess.startInTerminal(Map.of("NO_COLOR", "1"), server, "stop", "no/id")) {
                assertThat(cli.readUntil("may still run")).contains("1 failed").doesNotContain("\u001b[");
            }
        }
    }
}
