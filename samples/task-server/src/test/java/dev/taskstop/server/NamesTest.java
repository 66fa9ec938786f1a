package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.TaskClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NamesTest {

    /** Whoever looks for a name finds one type: the wire of the client and that of the server are told apart. */
    @Test
    void no_type_of_the_server_has_the_name_of_one_of_the_library() throws Exception {
        Set<String> library = types(TaskClient.class);
        Set<String> server = types(TaskServer.class);

        assertThat(library).contains("TaskClient");
        assertThat(server).contains("TaskServer").doesNotContainAnyElementsOf(library);
    }

    private static Set<String> types(Class<?> one) throws Exception {
        Path place =
                Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (Files.isDirectory(place)) {
            return types(place, one);
        }
        try (FileSystem jar = FileSystems.newFileSystem(URI.create("jar:" + place.toUri()), Map.of())) {
            return types(jar.getPath("/"), one);
        }
    }

    private static Set<String> types(Path root, Class<?> one) throws IOException {
        try (Stream<Path> files = Files.list(root.resolve(one.getPackageName().replace('.', '/')))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.matches("\\w+\\.class"))
                    .map(file -> file.substring(0, file.length() - ".class".length()))
                    .collect(Collectors.toSet());
        }
    }
}
