package dev.taskstop.server;

import static java.util.regex.Pattern.DOTALL;
import static java.util.regex.Pattern.MULTILINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page says to copy one file and start it: so it is done here, in an empty folder, with the commands of the page. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TaskServerJarIT {

    private static final String DOCUMENTED = "http://127.0.0.1:8787";
    private static final long SECONDS = 120;
    private static final Set<String> ENVIRONMENT = Set.of("PATH", "HOME");

    private Path folder = Path.of("");

    private String page = "";
    private @Nullable Process server;
    private String address = "";

    @BeforeAll
    void startItAsThePageSays(@TempDir Path empty) throws IOException {
        folder = empty;
        page = Files.readString(Path.of("README.md"));
        Files.copy(Path.of(System.getProperty("task-server.jar")), folder.resolve("task-server.jar"));
        String command = block("sh", "java -jar").replace("\\\n", " ").strip();
        assertThat(command).startsWith("java -jar task-server.jar ");
        Process started = process(
                        List.of("sh", "-c", "exec '" + java() + "'" + command.substring("java".length()) + " --port 0"))
                .redirectError(folder.resolve("err").toFile())
                .start();
        server = started;
        String greeting = String.valueOf(started.inputReader().readLine());
        Matcher url = Pattern.compile("http://127\\.0\\.0\\.1:\\d+").matcher(greeting);
        assertThat(url.find())
                .as(greeting + Files.readString(folder.resolve("err")))
                .isTrue();
        address = url.group();
    }

    @AfterAll
    void endIt() throws InterruptedException {
        if (server != null) {
            server.destroy();
            assertThat(server.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Nothing of this build is in the environment: no class path, no options of a JVM. */
    private ProcessBuilder process(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> !ENVIRONMENT.contains(name));
        return builder;
    }

    private String block(String language, String beginning) {
        return Pattern.compile("^```" + language + "\n(.*?)^```", DOTALL | MULTILINE)
                .matcher(page)
                .results()
                .map(block -> block.group(1))
                .filter(block -> block.startsWith(beginning))
                .findFirst()
                .orElseThrow();
    }

    private String run(List<String> command) throws IOException, InterruptedException {
        Path told = Files.createTempFile(folder, "told", "");
        Process process = process(command)
                .redirectErrorStream(true)
                .redirectOutput(told.toFile())
                .start();
        assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(told)).isZero();
        return Files.readString(told).strip();
    }

    private static boolean isThere(String command) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(place -> Files.isExecutable(Path.of(place, command)));
    }

    @ParameterizedTest
    @CsvSource({
        "sh, curl -s, curl, sh, .*\"id\":\"task-1\".*\"status\":\"stopped\".*",
        "js, const, node, node, 200 stopped",
        "python, import, python3, python3, 200 stopped"
    })
    void a_client_of_the_page_stops_its_task(
            String language, String beginning, String needed, String program, String told) throws Exception {
        assumeTrue(isThere(needed), "There is no " + needed + " on the PATH: its client is not tested");
        assumeTrue(
                !needed.equals("python3") || hasRequests(),
                "There is no python3 with requests: its client is not tested");
        String script = block(language, beginning);
        assertThat(script).contains(DOCUMENTED);
        Path file = folder.resolve("client." + (language.equals("js") ? "mjs" : language));
        Files.writeString(file, script.replace(DOCUMENTED, address));

        assertThat(run(List.of(program, file.toString()))).matches(told);
    }

    private static boolean hasRequests() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("python3", "-c", "import requests")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor() == 0;
    }

    /** Where none of the clients is there, this is what shows that it answers. */
    @Test
    void it_has_the_tasks_and_the_key_that_it_was_told() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        List<Integer> answers = new ArrayList<>();
        for (String key : List.of("my-key", "wrong")) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(address + "/api/tasks/task-1/status"))
                    .header("Authorization", "Bearer " + key)
                    .build();
            answers.add(
                    client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
        }

        assertThat(answers).containsExactly(200, 401);
    }

    @Test
    void it_says_what_it_is_and_what_it_takes() throws Exception {
        List<String> jar = List.of(java(), "-jar", "task-server.jar");

        assertThat(run(Stream.concat(jar.stream(), Stream.of("--version")).toList()))
                .matches("task-server \\d+\\.\\d+.*");
        assertThat(run(Stream.concat(jar.stream(), Stream.of("--help")).toList()))
                .startsWith("Usage: task-server")
                .contains("--task=ID=STATE", "--user=USER=KEY");
    }

    @Test
    void it_does_not_complain_when_it_starts() throws IOException {
        assertThat(Objects.requireNonNull(server).isAlive()).isTrue();
        assertThat(folder.resolve("err")).isEmptyFile();
    }
}
