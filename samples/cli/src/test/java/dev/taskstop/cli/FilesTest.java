package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.taskstop.cli.CliProcess.Ended;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are not what they seem. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class FilesTest {

    private static final String PRECIOUS = "somebody else's\n";

    private static TaskServer server;

    @TempDir
    private Path directory = Path.of("");

    @BeforeAll
    static void startServer() {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("unix"), "needs a Unix");
        server = TaskServer.start();
    }

    @AfterAll
    static void closeServer() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".failed", ".failed.tmp"})
    void nothing_is_written_through_a_link(String ending) throws Exception {
        Path victim = Files.writeString(directory.resolve("victim"), ending.isEmpty() ? "" : PRECIOUS);
        Path checkpoint = directory.resolve("checkpoint");
        if (ending.equals(".failed.tmp")) {
            prepareRunThatCopiesFailures(checkpoint);
        }
        Files.createSymbolicLink(directory.resolve("checkpoint" + ending), victim);
        String id = server.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);

        Ended cli = CliProcess.run(server, "stop", "no/id", "no/id", id, "--resume", checkpoint.toString());

        assertThat(victim).hasContent(ending.isEmpty() ? "" : PRECIOUS);
        assertThat(Files.size(victim)).isEqualTo(ending.isEmpty() ? 0 : PRECIOUS.length());
        if (!ending.equals(".failed.tmp")) {
            assertThat(cli.exitCode()).isEqualTo(Exit.USAGE);
            assertThat(cli.errors()).contains("--resume: ").containsAnyOf("it is a link", "is there without");
        }
    }

    /** Leaves two failed ids, so that the next run, in which the first is not there, keeps the second in a new file. */
    private void prepareRunThatCopiesFailures(Path checkpoint) throws Exception {
        CliProcess.run(server, "stop", "no/id", "no/id", "--resume", checkpoint.toString());
        assertThat(directory.resolve("checkpoint.failed")).hasContent("no/id\nno/id\n");
    }

    @Test
    void a_checkpoint_is_a_file_of_its_own() throws Exception {
        List<Path> files = List.of(anotherName(), folder(), pipe(), Path.of("/dev/null"), Path.of("/dev/full"));
        long before = server.ledger().totals().patchRequests();

        List<Ended> each = CliProcess.runEach(
                server, files.stream().map(file -> "stop a --resume " + file).toArray(String[]::new));

        for (int i = 0; i < files.size(); i++) {
            assertThat(each.get(i).exitCode()).isEqualTo(Exit.USAGE);
            assertThat(each.get(i).errors())
                    .contains("--resume: " + files.get(i) + ": it ")
                    .doesNotContain("\tat ");
        }
        assertThat(server.ledger().totals().patchRequests()).isEqualTo(before);
    }

    @Test
    void ids_are_not_read_from_the_files_of_their_checkpoint() throws Exception {
        Path checkpoint = Files.createFile(directory.resolve("checkpoint"));
        Path failed = Files.writeString(directory.resolve("checkpoint.failed"), "a\n");
        long before = server.ledger().totals().patchRequests();

        List<Ended> each = CliProcess.runEach(
                server,
                "stop --file %s --resume %s".formatted(checkpoint, checkpoint),
                "stop --file %s --resume %s".formatted(failed, checkpoint));

        assertThat(each).allSatisfy(cli -> {
            assertThat(cli.exitCode()).isEqualTo(Exit.USAGE);
            assertThat(cli.errors()).contains("--resume takes a file of its own");
        });
        assertThat(checkpoint).isEmptyFile();
        assertThat(failed).hasContent("a\n");
        assertThat(server.ledger().totals().patchRequests()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"> FILE", ">> FILE", "2> FILE", "> FILE.failed", "2>> FILE.failed", "> LINK"})
    void the_output_does_not_go_to_the_files_of_the_checkpoint(String redirection) throws Exception {
        Path checkpoint = directory.resolve("checkpoint");
        Path link = Files.createSymbolicLink(directory.resolve("link"), checkpoint);
        String id = server.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);
        String line = "exec \"$@\" "
                + redirection.replace("FILE", checkpoint.toString()).replace("LINK", link.toString());

        Ended cli = CliProcess.runInShell(server, line, "stop", id, "--resume", checkpoint.toString());

        assertThat(cli.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(server.ledger().of(id).stopRequests()).isZero();
        if (!redirection.startsWith("2")) {
            assertThat(cli.errors()).contains("--resume takes a file of its own, and the output goes to it");
        }
    }

    @Test
    void a_checkpoint_that_cannot_be_written_any_more_ends_the_run_and_is_named() throws Exception {
        Path checkpoint = directory.resolve("checkpoint");
        // Each of them fails, without a request, and is to be kept in a file that takes two.
        List<String> ids =
                IntStream.range(0, 9).mapToObj(i -> i + "/" + "x".repeat(240)).toList();
        Path file = Files.write(directory.resolve("ids"), ids);
        String[] command = {"stop", "--file", file.toString(), "--resume", checkpoint.toString()};

        Ended full = CliProcess.runInShell(server, "ulimit -f 1; exec \"$@\" 2>&1", command);

        assertThat(full.exitCode()).isEqualTo(Exit.FAILED);
        assertThat(full.output())
                .contains("taskstop: the checkpoint could not be written, so nothing more was sent: " + checkpoint
                        + ".failed: File too large")
                .anyMatch(line -> line.startsWith("0 stopped (0 recovered)"))
                .contains("2 ids are finished. The same command goes on from there, and tries the 2 in " + checkpoint
                        + ".failed again");

        Ended resumed = CliProcess.run(server, command);
        assertThat(resumed.output()).hasSameSizeAs(ids);
        assertThat(Files.readAllLines(directory.resolve("checkpoint.failed"))).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void what_goes_wrong_after_stops_were_sent_is_no_wrong_usage() throws Exception {
        Path checkpoint = directory.resolve("checkpoint");
        prepareRunThatCopiesFailures(checkpoint);
        Files.createDirectories(directory.resolve("checkpoint.failed.tmp/folder"));
        String id = server.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);

        Ended cli = CliProcess.run(server, "stop", "no/id", "no/id", id, "--resume", checkpoint.toString());

        assertThat(cli.output()).contains(id + " stopped");
        assertThat(cli.exitCode()).isEqualTo(Exit.FAILED);
        assertThat(cli.errors()).contains("checkpoint.failed.tmp").doesNotContain("--help", "\tat ");
    }

    @Test
    void a_key_is_read_only_from_what_can_be_one() throws Exception {
        Path large = Files.writeString(directory.resolve("large"), "x".repeat(1 << 20));
        List<Path> files = List.of(Path.of("/dev/zero"), Path.of("/dev/urandom"), folder(), large);

        List<Ended> each = CliProcess.runEach(
                server, files.stream().map(file -> "list --key-file " + file).toArray(String[]::new));

        assertThat(each).allSatisfy(cli -> {
            assertThat(cli.exitCode()).isEqualTo(Exit.USAGE);
            assertThat(cli.errors()).contains("--key-file takes a file").doesNotContain("\tat ", "OutOfMemory");
        });
    }

    @Test
    void a_key_that_others_can_read_is_warned_of_and_used() throws Exception {
        List<String> modes = List.of("rw-------", "r--------", "rw-r-----", "rw----r--", "rw--w----");
        List<String> commands = new ArrayList<>();
        for (String mode : modes) {
            Path file = Files.writeString(directory.resolve(mode), "\ufeff" + server.key() + "\r\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
            commands.add("list --limit 1 --key-file " + file);
        }

        List<Ended> each = CliProcess.runEach(server, commands.toArray(String[]::new));

        for (int i = 0; i < modes.size(); i++) {
            assertThat(each.get(i).exitCode()).isEqualTo(Exit.OK);
            String warning = "open to other users (" + modes.get(i) + "): chmod 600";
            assertThat(each.get(i).errors().contains(warning)).as(modes.get(i)).isEqualTo(i > 1);
            assertThat(each.get(i).errors().contains("warning"))
                    .as(modes.get(i))
                    .isEqualTo(i > 1);
        }
    }

    @Test
    void a_key_may_come_from_a_pipe() throws Exception {
        Ended cli = CliProcess.runInShell(
                server,
                "printf %s \"$BLACKBOX_API_KEY\" | { unset BLACKBOX_API_KEY; exec \"$@\"; }",
                "list",
                "--key-file",
                "/dev/stdin");

        assertThat(cli.exitCode()).isEqualTo(Exit.OK);
    }

    private Path anotherName() throws IOException {
        return Files.createLink(directory.resolve("link"), Files.createFile(directory.resolve("linked")));
    }

    private Path folder() throws IOException {
        return Files.createDirectory(directory.resolve("folder"));
    }

    private Path pipe() throws IOException, InterruptedException {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        return pipe;
    }
}
