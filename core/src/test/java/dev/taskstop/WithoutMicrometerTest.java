package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Micrometer is optional: its absence is not noticed. */
class WithoutMicrometerTest {

    @TempDir
    Path directory;

    @Test
    void tasks_are_stopped_when_micrometer_is_not_on_the_class_path() throws Exception {
        List<Path> classPath = OtherLibraries.classPath(
                Pattern.compile("micrometer-|context-propagation-"), directory.resolve("no more"));

        assertThat(OtherLibraries.run(
                        directory, "-cp", OtherLibraries.joined(classPath), WithoutMicrometer.class.getName()))
                .containsExactly("Micrometer is not there", "stopped " + Wire.ID, "stopped 2 more");
    }
}
