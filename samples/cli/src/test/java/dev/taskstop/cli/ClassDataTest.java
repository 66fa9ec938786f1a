package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassDataTest {

    @TempDir
    private Path directory = Path.of("");

    @Test
    void an_archive_is_only_tried_where_it_can_be_kept() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        assertThat(ClassData.hasPlace(directory.resolve("archive.jsa"))).isTrue();
        assertThat(ClassData.hasPlace(directory.resolve("cache/taskstop/archive.jsa")))
                .isTrue();
        assertThat(ClassData.hasPlace(file.resolve("archive.jsa"))).isFalse();
        assertThat(ClassData.hasPlace(file.resolve("cache/taskstop/archive.jsa")))
                .isFalse();
    }
}
