package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the client needs, and what it says where that is missing or too old. */
class LibrariesTest {

    private static final Path OLD = Path.of("target/old-libraries");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "reactor-netty-         | reactor-netty-1.3.0 | Reactor Netty 1.3.4 or newer (found: 1.3.0)",
                "netty-                 | netty-4.1           | Netty 4.2 or newer (found: 4.1.127.Final)",
                "(reactor-)?netty-      | netty-4.1           | Reactor Netty 1.3.4 or newer (found: none) and Netty"
                        + " 4.2 or newer (found: 4.1.127.Final)",
                "reactor-netty-         | none                | Reactor Netty 1.3.4 or newer (found: none)",
                "netty-                 | none                | Netty 4.2 or newer (found: none)",
                "'jackson-(core|databind)' | none             | Jackson 3.0 or newer (found: none)",
                "slf4j-                 | none                | SLF4J 1.7 or newer (found: none)",
                "'slf4j-|jackson-'      | none                | SLF4J 1.7 or newer (found: none) and Jackson 3.0 or"
                        + " newer (found: none)",
            })
    void no_client_is_built_when_a_library_will_not_do_and_the_message_says_which(
            String without, String with, String needs) throws Exception {
        List<Path> classPath = OtherLibraries.classPath(Pattern.compile(without), OLD.resolve(with));

        assertThatThrownBy(() -> build(classPath))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Taskstop needs " + needs)
                .hasCauseInstanceOf(LinkageError.class);
    }

    @Test
    void a_client_is_built_with_the_libraries_that_it_is_tested_with() throws Exception {
        assertThat(build(OtherLibraries.classPath(Pattern.compile("no such jar"), OLD.resolve("none"))))
                .isNotNull();
    }

    /** All other tests run with the newest. */
    @Test
    void tasks_are_stopped_with_the_oldest_libraries_that_will_do(@TempDir Path directory) throws Exception {
        List<Path> classPath = OtherLibraries.classPath(
                Pattern.compile("reactor-netty-|jackson-(core|databind)-"), OLD.resolve("lowest"));
        assertThat(classPath)
                .extracting(path -> path.getFileName().toString())
                .contains("reactor-netty-http-1.3.4.jar", "jackson-databind-3.0.0.jar");

        assertThat(OtherLibraries.run(
                        directory, "-cp", OtherLibraries.joined(classPath), WithoutMicrometer.class.getName()))
                .containsExactly("Micrometer is there", "stopped " + Wire.ID, "stopped 2 more");
    }

    /** As {@code TaskClient.builder().apiKey(…).build()} where the JVM has only this class path. */
    private static Object build(List<Path> classPath) throws Exception {
        URL[] urls = new URL[classPath.size()];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = classPath.get(i).toUri().toURL();
        }
        try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            Object builder = loader.loadClass(TaskClient.class.getName())
                    .getMethod("builder")
                    .invoke(null);
            builder.getClass().getMethod("apiKey", String.class).invoke(builder, Wire.KEY);
            return builder.getClass().getMethod("build").invoke(builder);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception told ? told : e;
        }
    }
}
