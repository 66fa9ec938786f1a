package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/**
 * The clients of the documentation run as they are, but for the address, on a server that has the task and the key of
 * the page; what is in JavaScript also in a browser, from a page of another origin.
 */
class SnippetsTest {

    private static final String DOCUMENTED = "https://cloud.blackbox.ai";
    private static final String TASK = "Kq3vT_8mZ-1xWc7RbN0ya";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final String PAGE = """
            <!DOCTYPE html><title>Another origin</title><script type="module">
            const told = [];
            console.log = (...words) => told.push(words.join(' '));
            try {
              await import('/snippet.mjs');
            } catch (error) {
              told.push(`${error}`);
            }
            await fetch('/told', { method: 'POST', body: told.join('\\n') });
            </script>
            """;

    private final TaskServer server = TaskServer.start(TaskServerOptions.defaults()
            .withUser(TaskServerOptions.DEFAULT_USER, "YOUR_API_KEY")
            .withTask(TASK, Status.PROCESSING));

    @TempDir
    private Path folder;

    static Stream<Arguments> javaScript() {
        return Stream.of(
                Arguments.of("stop.mjs", "Task stopped successfully " + TASK + " stopped 20.*Z"),
                Arguments.of(
                        "stop-or-say-why.mjs",
                        "stopped\n400: Task can only be stopped when it is in progress\n401: Unauthorized"),
                Arguments.of(
                        "stop-what-takes-too-long.mjs",
                        "processing false\nprocessing false\nprocessing false\nstopped true"),
                Arguments.of("stop-all.mjs", "200 false"));
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void curl_stops_the_task_of_the_page() throws Exception {
        String told = run("curl", "sh", "stop.sh");

        assertThat(told).startsWith("{\"message\":").contains("\"id\":\"" + TASK + "\"", "\"status\":\"stopped\"");
        assertStopped();
    }

    @ParameterizedTest
    @MethodSource("javaScript")
    void node_runs_the_java_script_of_the_page(String snippet, String told) throws Exception {
        assertThat(run("node", "node", snippet)).matches(told);
        assertStopped();
    }

    @Test
    void python_stops_the_task_of_the_page() throws Exception {
        assumeTrue(
                isThere("python3")
                        && exec(List.of("python3", "-c", "import requests")).isEmpty(),
                "There is no python3 with requests on the PATH: its client is not tested");

        assertThat(run("python3", "python3", "stop.py")).matches(TASK + " stopped 20.*Z");
        assertStopped();
    }

    @ParameterizedTest
    @MethodSource("javaScript")
    void a_browser_runs_the_java_script_from_a_page_of_another_origin(String snippet, String told) throws Exception {
        assumeTrue(isThere("chromium"), "There is no chromium on the PATH: the JavaScript is not tested in a browser");
        Sinks.One<String> result = Sinks.one();
        String script = Files.readString(localized(snippet));
        DisposableServer page = HttpServer.create()
                .host("127.0.0.1")
                .route(routes -> routes.get(
                                "/",
                                (request, response) -> response.header("Content-Type", "text/html")
                                        .sendString(Mono.just(PAGE)))
                        .get(
                                "/snippet.mjs",
                                (request, response) -> response.header("Content-Type", "text/javascript")
                                        .sendString(Mono.just(script)))
                        .post(
                                "/told",
                                (request, response) -> request.receive()
                                        .aggregate()
                                        .asString()
                                        .defaultIfEmpty("")
                                        .doOnNext(result::tryEmitValue)
                                        .then(response.send())))
                .bindNow();
        Process browser = browse(URI.create("http://127.0.0.1:" + page.port() + "/"));
        try {
            assertThat(result.asMono().block(PATIENCE)).matches(told);
        } finally {
            browser.descendants().forEach(ProcessHandle::destroyForcibly);
            browser.destroyForcibly().waitFor();
            page.disposeNow();
        }
        assertStopped();
    }

    private void assertStopped() {
        assertThat(server.ledger().of(TASK).effectiveRequest()).isEqualTo(1);
    }

    private Process browse(URI page) throws IOException {
        return new ProcessBuilder(
                        "chromium",
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--user-data-dir=" + folder.resolve("profile"),
                        page.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private String run(String needed, String command, String snippet) throws Exception {
        assumeTrue(isThere(needed), "There is no " + needed + " on the PATH: its client is not tested");
        return exec(List.of(command, localized(snippet).toString()));
    }

    /** Writes a snippet with the address of the server in place of the documented one. */
    private Path localized(String snippet) throws IOException {
        try (var in = Objects.requireNonNull(SnippetsTest.class.getResourceAsStream("/snippets/" + snippet))) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(text).contains(DOCUMENTED);
            return Files.writeString(
                    folder.resolve(snippet),
                    text.replace(DOCUMENTED, server.baseUrl().toString()));
        }
    }

    /** Runs a command, and returns what it told; what it complained of where it failed. */
    private String exec(List<String> command) throws Exception {
        Path told = Files.createTempFile(folder, "told", ".txt");
        Path complaints = Files.createTempFile(folder, "complaints", ".txt");
        Process process = new ProcessBuilder(new ArrayList<>(command))
                .redirectOutput(told.toFile())
                .redirectError(complaints.toFile())
                .start();
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("%s ends", command)
                .isTrue();
        return process.exitValue() == 0
                ? Files.readString(told).strip()
                : "exit " + process.exitValue() + ": " + Files.readString(complaints);
    }

    private static boolean isThere(String command) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
    }
}
