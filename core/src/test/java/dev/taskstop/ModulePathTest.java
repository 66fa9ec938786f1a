package dev.taskstop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A module that requires this library, started as the guide says. */
class ModulePathTest {

    private static final Pattern NEEDED =
            Pattern.compile("(reactor-(core|netty)|reactive-streams|netty|jackson|slf4j-api|jspecify)-.*");
    private static final Pattern LINE = Pattern.compile("`(--add-modules [A-Z-]+)`");
    private static final Pattern NAME = Pattern.compile("<module.name>(.*)</module.name>");

    private static final String MAIN = """
            package service;

            import com.sun.net.httpserver.HttpServer;
            import dev.taskstop.TaskClient;
            import java.net.InetSocketAddress;
            import java.net.URI;
            import java.time.Duration;

            public class Main {
                public static void main(String[] args) throws Exception {
                    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
                    byte[] answer = "{\\"task\\":{\\"id\\":\\"a\\",\\"status\\":\\"stopped\\"}}".getBytes();
                    server.createContext("/", exchange -> {
                        exchange.sendResponseHeaders(200, answer.length);
                        exchange.getResponseBody().write(answer);
                        exchange.close();
                    });
                    server.start();
                    TaskClient client = TaskClient.builder()
                            .apiKey("bb_key")
                            .baseUrl(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
                            .build();
                    System.out.println(TaskClient.class.getModule() + " stopped "
                            + client.stop("a").block(Duration.ofSeconds(40)).taskId());
                    server.stop(0);
                    System.exit(0);
                }
            }
            """;

    @TempDir
    Path directory;

    @Test
    void a_module_that_requires_it_stops_a_task_when_it_is_started_as_the_guide_says() throws Exception {
        List<Path> modulePath = new ArrayList<>();
        modulePath.add(jar(Path.of(TaskClient.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI())));
        OtherLibraries.classPath(Pattern.compile("(?!" + NEEDED + "\\.jar)"), directory.resolve("none"))
                .forEach(modulePath::add);
        Path service = compile(modulePath);
        modulePath.add(service);
        String[] told = first(LINE, Path.of("README.md")).split(" ", -1);

        assertThat(OtherLibraries.run(
                        directory,
                        "--module-path",
                        OtherLibraries.joined(modulePath),
                        told[0],
                        told[1],
                        "--module",
                        "service/service.Main"))
                .containsExactly("module dev.taskstop stopped a");
    }

    /** As it is packed later on, with the name that the manifest gives it. */
    private Path jar(Path classes) throws Exception {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Automatic-Module-Name", first(NAME, Path.of("pom.xml")));
        Path jar = directory.resolve("core.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest);
                Stream<Path> all = Files.walk(classes)) {
            for (Path one : all.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(one).toString().replace('\\', '/')));
                Files.copy(one, out);
            }
        }
        return jar;
    }

    private Path compile(List<Path> modulePath) throws Exception {
        Path module = Files.writeString(
                directory.resolve("module-info.java"),
                "module service { requires dev.taskstop; requires jdk.httpserver; }");
        Path main = Files.writeString(
                Files.createDirectories(directory.resolve("service")).resolve("Main.java"), MAIN);
        Path classes = directory.resolve("classes");
        int result = requireNonNull(ToolProvider.getSystemJavaCompiler())
                .run(
                        null,
                        null,
                        null,
                        "-d",
                        classes.toString(),
                        "--module-path",
                        OtherLibraries.joined(modulePath),
                        module.toString(),
                        main.toString());
        assertThat(result).isZero();
        return classes;
    }

    private static String first(Pattern pattern, Path file) throws Exception {
        Matcher matcher = pattern.matcher(Files.readString(file));
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }
}
