package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the launcher hands on to Java, for which a script stands here that says what it was given. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class LauncherTest {

    private static final String ARCHIVE = "-Dtaskstop.archive=";

    @TempDir
    private Path directory = Path.of("");

    private Path java = Path.of("");
    private Path launcher = Path.of("");

    private record Said(int exitCode, List<String> lines) {}

    @BeforeEach
    void unpack() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no sh");
        java = script(directory.resolve("a jdk/bin/java"), "#!/bin/sh\nprintf '%s\\n' \"LC_ALL=$LC_ALL\" \"$@\"\n");
        launcher = script(
                directory.resolve("taskstop 1.0/bin/taskstop"),
                Files.readString(Path.of("src/main/dist/bin/taskstop")).replace("@project.version@", "1.0"));
        Files.createFile(
                Files.createDirectories(directory.resolve("taskstop 1.0/lib")).resolve("taskstop.jar"));
    }

    @ParameterizedTest
    @CsvSource({
        "1.8.0_292, 8",
        "9, 9",
        "11.0.2, 11",
        "16-ea, 16",
    })
    void a_java_that_is_too_old_is_named(String version, String shown) throws Exception {
        release("IMPLEMENTOR=\"Somebody\"\nJAVA_VERSION=\"" + version + "\"\nOS_NAME=\"Linux\"\n");

        Said said = run(Map.of());

        assertThat(said.exitCode()).isEqualTo(Exit.FAILED);
        assertThat(said.lines())
                .containsExactly("taskstop: " + java + " is Java " + shown + ": set JAVA_HOME to Java 17 or newer");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "JAVA_VERSION=\"17\"\n",
                "A=\"1\"\nJAVA_VERSION=\"25.0.3\"",
                "JAVA_VERSION=\"26-ea\"\n",
                "A=\"1\"\n",
                ""
            })
    void another_one_is_started(String release) throws Exception {
        release(release);

        assertThat(run(Map.of()).lines()).endsWith("-jar", jar(), "stop", "an id");
    }

    @Test
    void class_data_are_kept_in_an_absolute_folder_of_the_user_only() throws Exception {
        Path home = Files.createDirectories(directory.resolve("home"));
        Path cache = directory.resolve("a cache");

        assertThat(archive(Map.of("HOME", home.toString()))).startsWith(home + "/.cache/taskstop/1.0_");
        assertThat(archive(Map.of("XDG_CACHE_HOME", cache.toString()))).startsWith(cache + "/taskstop/1.0_");
        assertThat(archive(Map.of("XDG_CACHE_HOME", "cache", "HOME", home.toString())))
                .startsWith(home + "/.cache/taskstop/1.0_");
        assertThat(archive(Map.of("XDG_CACHE_HOME", "cache"))).isEmpty();
        assertThat(archive(Map.of("HOME", "home"))).isEmpty();
        assertThat(archive(Map.of("HOME", home.toString(), "TASKSTOP_ARCHIVE", "off")))
                .isEmpty();
    }

    @Test
    void class_data_are_not_kept_in_a_folder_of_somebody_else() throws Exception {
        Path cache = directory.resolve("cache");
        Path taskstop = Files.createDirectories(cache.resolve("taskstop"));
        Map<String, String> environment = Map.of("XDG_CACHE_HOME", cache.toString());
        assertThat(archive(environment)).isNotEmpty();
        try {
            Files.setAttribute(taskstop, "unix:uid", 12_345);
        } catch (IOException e) {
            assumeTrue(false, "only root can give a folder to somebody else");
        }

        assertThat(archive(environment)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "C, C.UTF-8, true",
        "POSIX, C.UTF-8, true",
        "C.UTF-8, C.UTF-8, false",
        "xx_XX.UTF-8, C.UTF-8, false",
        "xx_XX.utf8, C.UTF-8, false",
        "xx_XX.ISO-8859-1, xx_XX.ISO-8859-1, false"
    })
    void names_of_files_are_read_in_utf_8_where_the_locale_has_only_ascii(String locale, String used, boolean ascii)
            throws Exception {
        assumeTrue(Signals.exitCode(List.of(), "command -v locale") == 0, "there is no program that tells a charset");

        List<String> lines = run(Map.of("LC_ALL", locale)).lines();

        assertThat(lines).contains("LC_ALL=" + used);
        assertThat(lines.contains("-Dtaskstop.charset=US-ASCII"))
                .as("a terminal gets ASCII only")
                .isEqualTo(ascii);
    }

    private String archive(Map<String, String> environment) throws Exception {
        return run(environment).lines().stream()
                .filter(line -> line.startsWith(ARCHIVE))
                .map(line -> line.substring(ARCHIVE.length()))
                .findFirst()
                .orElse("");
    }

    private String jar() {
        return directory.resolve("taskstop 1.0/lib/taskstop.jar").toString();
    }

    private void release(String text) throws IOException {
        Files.writeString(directory.resolve("a jdk/release"), text);
    }

    private Said run(Map<String, String> environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(launcher.toString(), "stop", "an id");
        builder.environment().clear();
        builder.environment().put("JAVA_HOME", directory.resolve("a jdk").toString());
        builder.environment().putAll(environment);
        Process process =
                builder.directory(directory.toFile()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(CliProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        return new Said(process.exitValue(), said.lines().toList());
    }

    private static Path script(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        assertThat(Files.writeString(file, text).toFile().setExecutable(true)).isTrue();
        return file;
    }
}
