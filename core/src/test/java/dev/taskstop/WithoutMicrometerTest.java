package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Micrometer is optional: its absence is not noticed. */
class WithoutMicrometerTest {

    @TempDir
    Path directory;

    @Test
    void tasks_are_stopped_when_micrometer_is_not_on_the_class_path() throws Exception {
        assertThat(run()).containsExactly("Micrometer is not there", "stopped " + Wire.ID, "stopped 2 more");
    }

    private List<String> run() throws IOException, InterruptedException {
        String classPath = Arrays.stream(classPath().split(File.pathSeparator))
                .filter(entry -> !isOfMicrometer(Path.of(entry)))
                .collect(Collectors.joining(File.pathSeparator));
        Path output = directory.resolve("output");
        Path complaints = directory.resolve("complaints");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        classPath,
                        WithoutMicrometer.class.getName())
                .redirectOutput(output.toFile())
                .redirectError(complaints.toFile())
                .start();
        try {
            assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(complaints)).isZero();
        return Files.readAllLines(output);
    }

    private static boolean isOfMicrometer(Path entry) {
        String name = String.valueOf(entry.getFileName());
        return name.startsWith("micrometer-") || name.startsWith("context-propagation-");
    }

    /** Surefire starts a JVM with a jar that only names the class path, which it tells here. */
    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
