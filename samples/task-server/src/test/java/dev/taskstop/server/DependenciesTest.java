package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The server is a test dependency: it brings no logger and no command line into somebody's application. */
class DependenciesTest {

    private static final List<String> OF_THE_PROGRAM = List.of("logback", "picocli");

    @Test
    void the_server_starts_where_there_is_neither_a_logger_nor_a_command_line() throws Exception {
        URL[] urls = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> OF_THE_PROGRAM.stream().noneMatch(entry::contains))
                .map(entry -> url(Path.of(entry)))
                .toArray(URL[]::new);
        try (URLClassLoader application = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            assertThat(application.getResource("ch/qos/logback/classic/Logger.class"))
                    .isNull();
            assertThat(application.getResource("picocli/CommandLine.class")).isNull();
            Class<?> type = application.loadClass(TaskServer.class.getName());

            AutoCloseable server = (AutoCloseable) type.getMethod("start").invoke(null);

            URI baseUrl = (URI) type.getMethod("baseUrl").invoke(server);
            server.close();
            assertThat(baseUrl.getPort()).isPositive();
        }
    }

    private static URL url(Path entry) {
        try {
            return entry.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
