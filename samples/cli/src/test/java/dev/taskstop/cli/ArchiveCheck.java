package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** The archive as it is unpacked. It runs after the archive has been made, so its name is not that of the other tests. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class ArchiveCheck {

    private static final Path UNPACKED = Path.of(System.getProperty("taskstop.unpacked", ""));
    private static final Path TASKSTOP = UNPACKED.resolve("bin/taskstop");

    private static TaskServer server;

    @TempDir
    private Path directory = Path.of("");

    private record Said(int exitCode, String output, String errors) {}

    @BeforeAll
    static void startServer() {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no sh");
        server = TaskServer.start(TaskServerOptions.defaults().withTask("ended", Status.COMPLETED));
    }

    @AfterAll
    static void closeServer() {
        server.close();
    }

    @Test
    void it_starts_without_a_home_and_without_a_path() throws Exception {
        Said said = run(Map.of("PATH", "", "HOME", ""), TASKSTOP.toString(), "stop", "ended");

        assertThat(said).isEqualTo(new Said(Exit.OK, "ended already-ended (completed)\n", ""));
    }

    @Test
    void it_starts_through_a_link_from_another_folder_in_any_locale() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("taskstop"), TASKSTOP);
        Path file = Files.writeString(directory.resolve("ids"), "ended\n");
        for (String locale : List.of("C", "C.UTF-8")) {
            Said said = run(Map.of("LC_ALL", locale), link.toString(), "stop", "--file", file.toString());

            assertThat(said.output()).isEqualTo("ended already-ended (completed)\n");
        }
    }

    @Test
    void it_says_what_is_missing() throws Exception {
        Path copy = Files.createDirectories(directory.resolve("bin")).resolve("taskstop");
        Files.copy(TASKSTOP, copy);

        Said said = run(Map.of(), copy.toString(), "--version");

        assertThat(said.exitCode()).isEqualTo(Exit.FAILED);
        assertThat(said.errors()).contains("taskstop.jar is missing: unpack the whole archive");
    }

    @Test
    void streams_that_are_closed_stay_so() throws Exception {
        Said input = run(Map.of(), "/bin/sh", "-c", "exec \"$0\" stop - <&-", TASKSTOP.toString());
        assertThat(input.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(input.errors()).contains("standard input is closed");

        Said output = run(Map.of(), "/bin/sh", "-c", "exec \"$0\" list >&-", TASKSTOP.toString());
        assertThat(output.exitCode()).isEqualTo(Exit.FAILED);
        assertThat(output.errors()).contains("the output could not be written: it is closed");

        Said all = run(Map.of(), "/bin/sh", "-c", "exec \"$0\" list <&- >&- 2>&-", TASKSTOP.toString());
        assertThat(all).isEqualTo(new Said(Exit.FAILED, "", ""));
    }

    @Test
    void the_first_run_has_class_data_made_from_which_the_next_one_starts() throws Exception {
        Map<String, String> cached =
                Map.of("XDG_CACHE_HOME", directory.resolve("cache dir").toString());
        assertThat(run(cached, TASKSTOP.toString(), "--version").exitCode()).isEqualTo(Exit.OK);
        CliProcess.await(() -> archive().isPresent());
        Path archive = archive().orElseThrow();

        Path log = directory.resolve("loaded");
        Map<String, String> logged = Map.of("TASKSTOP_OPTS", "-Xlog:class+load:file=" + log);
        Said said = run(merged(cached, logged), TASKSTOP.toString(), "stop", "ended");

        assertThat(said).isEqualTo(new Said(Exit.OK, "ended already-ended (completed)\n", ""));
        assertThat(Files.readAllLines(log))
                .anyMatch(line -> line.contains(Taskstop.class.getName() + " source: shared objects file"))
                .as("classes of TLS, which is not spoken here")
                .noneMatch(line -> line.contains(".SSLContextImpl") || line.contains(".X509CertImpl"))
                // A run that takes another way needs some more.
                .filteredOn(line -> line.contains(" reactor.") && line.contains(".jar"))
                .hasSizeLessThan(20);

        Files.writeString(archive, "no class data");
        assertThat(run(cached, TASKSTOP.toString(), "stop", "ended")).isEqualTo(said);
    }

    @Test
    void manual_and_completion_know_the_commands() throws Exception {
        Path pages = UNPACKED.resolve("share/man/man1");
        for (String command : List.of("", "-stop", "-await", "-status", "-list", "-logs")) {
            List<String> page = Files.readAllLines(pages.resolve("taskstop" + command + ".1"));

            assertThat(page).contains(".SH NAME", ".SH SYNOPSIS", ".SH OPTIONS").noneMatch(line -> line.contains("${"));
        }
        assertThat(pages.resolve("taskstop-stop.1")).content().contains("\\-\\-resume=FILE");
        assertThat(UNPACKED.resolve("share/bash-completion/completions/taskstop"))
                .content()
                .contains("complete -F _complete_taskstop", "--resume");
    }

    private Optional<Path> archive() {
        Path cache = directory.resolve("cache dir/taskstop");
        if (!Files.isDirectory(cache)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(cache)) {
            return files.filter(file -> file.toString().endsWith(".jsa")).findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> merged(Map<String, String> one, Map<String, String> other) {
        Map<String, String> both = new HashMap<>(one);
        both.putAll(other);
        return both;
    }

    /** With nothing in its environment but what is given, Java, address and key. */
    private static Said run(Map<String, String> environment, String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(command)));
        builder.environment().clear();
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("BLACKBOX_API_KEY", server.key());
        builder.environment().put("BLACKBOX_BASE_URL", server.baseUrl().toString());
        builder.environment().putAll(environment);
        Path errors = Files.createTempFile("taskstop", ".err");
        Process process = builder.redirectError(errors.toFile()).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(CliProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        String said = Files.readString(errors);
        Files.delete(errors);
        return new Said(process.exitValue(), output, said);
    }
}
