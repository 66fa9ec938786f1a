package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.cli.CliProcess.Ended;
import dev.taskstop.server.LedgerEntry;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Route;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that end before their time, and those that go on where they were. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class InterruptTest {

    private static final Lifecycle PROCESSING = Lifecycle.staysIn(Status.PROCESSING);

    @TempDir
    private Path directory = Path.of("");

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143", "HUP, 129"})
    void a_signal_ends_the_reading_and_waits_for_what_is_in_flight(String signal, int exitCode) throws Exception {
        Signals.assumeArrives(signal);
        TaskServerOptions slow = TaskServerOptions.defaults().withLatency(Duration.ofSeconds(2));
        try (TaskServer server = TaskServer.start(slow)) {
            List<String> ids = server.createTasks(40, PROCESSING);
            Path checkpoint = directory.resolve("checkpoint");
            try (CliProcess cli =
                    CliProcess.start(server, "stop", "-", "--concurrency", "10", "--resume", checkpoint.toString())) {
                cli.feed(ids, false);
                CliProcess.await(() -> server.ledger().inProgress() == 10);
                cli.signal(signal);

                Ended ended = cli.end();

                assertThat(ended.exitCode()).isEqualTo(exitCode);
                assertThat(ended.output()).containsExactlyElementsOf(stopped(ids.subList(0, 10)));
                assertThat(ended.errors())
                        .contains("10 stopped", "10 ids are finished")
                        .doesNotContain("without an answer");
                assertThat(server.ledger().totals().patchRequests()).isEqualTo(10);
                assertThat(checkpoint).content().contains("finished 0000000000000010");
            }
        }
    }

    @Test
    void what_waits_for_its_turn_is_not_sent_after_an_interrupt() throws Exception {
        Signals.assumeArrives("INT");
        try (TaskServer server = TaskServer.start()) {
            List<String> ids = server.createTasks(40, PROCESSING);
            try (CliProcess cli = CliProcess.start(server, "stop", "-", "--rpm", "6")) {
                cli.feed(ids, true).readLines(1);
                cli.signal("INT");

                assertThat(cli.end().exitCode()).isEqualTo(Exit.INTERRUPTED);

                assertThat(server.ledger().totals().patchRequests()).isBetween(1L, 2L);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"arguments", "--file", "- < file", "- from a pipe"})
    void without_a_checkpoint_it_says_how_many_ids_were_not_begun(String source) throws Exception {
        Signals.assumeArrives("INT");
        try (TaskServer server = TaskServer.start()) {
            List<String> ids = server.createTasks(40, PROCESSING);
            Path file = Files.write(directory.resolve("ids"), ids);
            try (CliProcess cli = startSlowly(server, source, ids, file)) {
                cli.readLines(1);
                cli.signal("INT");

                Ended ended = cli.end();

                assertThat(ended.exitCode()).isEqualTo(Exit.INTERRUPTED);
                long begun = server.ledger().totals().patchRequests();
                if (source.equals("- from a pipe")) {
                    assertThat(ended.errors()).contains("was not begun, and not read");
                } else {
                    assertThat(ended.errors()).contains(40 - begun + " were not begun");
                }
            }
        }
    }

    @Test
    void what_follows_and_is_no_list_of_ids_takes_nothing_from_the_summary() throws Exception {
        Signals.assumeArrives("INT");
        try (TaskServer server = TaskServer.start()) {
            List<String> ids = new ArrayList<>(server.createTasks(40, PROCESSING));
            IntStream.range(0, 20_000).forEach(i -> ids.add("nobody-s-" + i));
            ids.add("x".repeat(2_000));
            Path file = Files.write(directory.resolve("ids"), ids);
            try (CliProcess cli = startSlowly(server, "--file", ids, file)) {
                cli.readLines(1);
                cli.signal("INT");

                Ended ended = cli.end();

                assertThat(ended.exitCode()).isEqualTo(Exit.INTERRUPTED);
                assertThat(ended.errors()).contains(" stopped (", "was not begun, and not read");
            }
        }
    }

    private static CliProcess startSlowly(TaskServer server, String source, List<String> ids, Path file)
            throws Exception {
        List<String> command = new ArrayList<>(List.of("stop", "--rpm", "6", "--concurrency", "2"));
        switch (source) {
            case "arguments" -> command.addAll(ids);
            case "--file" -> command.addAll(List.of("--file", file.toString()));
            default -> command.add("-");
        }
        String[] args = command.toArray(String[]::new);
        if (source.equals("- < file")) {
            return CliProcess.startInShell(server, "exec \"$@\" < " + file, args);
        }
        CliProcess cli = CliProcess.start(server, args);
        return source.equals("- from a pipe") ? cli.feed(ids, false) : cli;
    }

    @Test
    void whoever_insists_is_not_kept_waiting() throws Exception {
        Signals.assumeArrives("INT");
        TaskServerOptions stuck = TaskServerOptions.defaults().withLatency(Duration.ofMinutes(1));
        try (TaskServer server = TaskServer.start(stuck)) {
            List<String> ids = server.createTasks(10, PROCESSING);
            try (CliProcess cli = CliProcess.start(server, "stop", "-")) {
                cli.feed(ids, false);
                CliProcess.await(() -> server.ledger().inProgress() == 10);
                while (cli.isAlive()) {
                    cli.signal("INT");
                }

                assertThat(cli.end().exitCode()).isEqualTo(Exit.INTERRUPTED);
                assertThat(server.ledger().totals().answers(Route.STOP, 200)).isZero();
            }
        }
    }

    @Test
    void a_run_killed_at_half_of_20000_ids_goes_on_and_repeats_only_what_was_in_flight() throws Exception {
        int concurrency = 16;
        try (TaskServer server = TaskServer.start()) {
            List<String> ids = server.createTasks(20_000, PROCESSING);
            String checkpoint = directory.resolve("checkpoint").toString();
            String[] command = {"stop", "-", "--resume", checkpoint, "--concurrency", Integer.toString(concurrency)};

            List<String> seen;
            try (CliProcess killed = CliProcess.start(server, command)) {
                seen = killed.feed(ids, true).readLines(10_000);
                killed.signal("KILL");
                Ended dead = killed.end();
                assertThat(dead.exitCode()).isEqualTo(128 + 9);
                seen.addAll(dead.output());
            }
            long sentBefore = server.ledger().totals().patchRequests();
            Ended resumed;
            try (CliProcess again = CliProcess.start(server, command)) {
                resumed = again.feed(ids, true).end();
            }

            assertThat(resumed.exitCode()).isEqualTo(Exit.OK);
            assertThat(sentBefore).isLessThan(ids.size());
            List<LedgerEntry> entries = server.ledger().tasks().toList();
            long repeated =
                    entries.stream().filter(task -> task.stopRequests() > 1).count();
            System.out.printf(
                    "killed after %,d requests; in all %,d tasks, %,d stopped, %d asked twice%n",
                    sentBefore,
                    entries.size(),
                    entries.stream()
                            .filter(task -> task.status() == Status.STOPPED)
                            .count(),
                    repeated);
            assertThat(entries).hasSize(20_000).allSatisfy(task -> {
                assertThat(task.status()).isEqualTo(Status.STOPPED);
                assertThat(task.stopRequests()).isBetween(1, 2);
            });
            // In flight, and two results on their way from there into the checkpoint.
            assertThat(repeated).isLessThanOrEqualTo(concurrency + 2);
            Set<String> answered = new HashSet<>(seen);
            answered.addAll(resumed.output());
            assertThat(answered.stream().map(line -> line.replaceFirst(" .*", "")))
                    .containsAll(ids);
        }
    }

    @Test
    void ids_that_failed_are_tried_again_by_the_next_run() throws Exception {
        Path ids = directory.resolve("ids");
        Path checkpoint = directory.resolve("checkpoint");
        String[] command = {"stop", "--file", ids.toString(), "--resume", checkpoint.toString()};
        TaskServerOptions options = TaskServerOptions.defaults();
        try (TaskServer server = TaskServer.start(options)) {
            Files.write(ids, server.createTasks(20, PROCESSING));
            Path badKey = Files.writeString(directory.resolve("key"), "bb_bad");

            Ended refused = CliProcess.run(
                    server,
                    Stream.concat(Stream.of(command), Stream.of("--key-file", badKey.toString()))
                            .toArray(String[]::new));
            assertThat(refused.exitCode()).isEqualTo(Exit.KEY_REFUSED);
            assertThat(directory.resolve("checkpoint.failed")).isNotEmptyFile();

            Ended resumed = CliProcess.run(server, command);
            assertThat(resumed.exitCode()).isEqualTo(Exit.OK);
            assertThat(resumed.output()).hasSize(20).allMatch(line -> line.endsWith(" stopped"));
            assertThat(directory.resolve("checkpoint.failed")).doesNotExist();

            Files.write(ids, List.of("other", "ids"));
            Ended other = CliProcess.run(server, command);
            assertThat(other.exitCode()).isEqualTo(Exit.USAGE);
            assertThat(other.errors()).contains("belongs to other ids: the first 20 are not");
            assertThat(server.ledger().tasks()).allMatch(task -> task.effectiveRequest() > 0);
        }
    }

    private static List<String> stopped(List<String> ids) {
        return ids.stream().map(id -> id + " stopped").toList();
    }
}
