package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The server says what the documentation says: each example answer of it is asked for, and compared in the names of all
 * fields and the types of all values. An example that nobody asks for fails the test.
 */
class FixturesTest {

    private static final String OTHER = "other@example.com";

    static Stream<String> fixtures() {
        try (Stream<Path> files = Files.list(folder())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void every_example_of_the_documentation_is_asked_for() {
        assertThat(fixtures())
                .hasSizeGreaterThan(50)
                .containsExactlyElementsOf(FixtureCases.all().keySet());
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void the_server_answers_as_the_documentation_shows(String fixture) throws IOException {
        FixtureCases.Case it = Objects.requireNonNull(FixtureCases.all().get(fixture), fixture);
        TestClock clock = new TestClock();
        TaskServerOptions options =
                TaskServerOptions.defaults().withClock(clock).withUser(OTHER, "sk-other");
        try (TaskServer server = TaskServer.start(it.options().apply(options))) {
            TestClient.Reply reply = it.scenario().run(new FixtureCases.World(server, clock, new TestClient(server)));

            assertThat(reply.status()).isEqualTo(it.status());
            assertThat(differences(fixture, Files.readString(folder().resolve(fixture)), reply.body()))
                    .as(reply.body().substring(0, Math.min(1_000, reply.body().length())))
                    .isEmpty();
        }
    }

    @Test
    void a_field_that_is_renamed_added_left_out_or_of_another_type_is_noticed() {
        String example = "{\"task\":{\"id\":\"a\",\"progress\":1,\"logs\":[{\"at\":\"2026-03-04T09:00:00.000Z\"}]}}";

        assertThat(differences("x.json", example, example)).isEmpty();
        assertThat(differences("x.json", example, example.replace("progress", "percent")))
                .containsExactly(".task.percent: not documented", ".task.progress: missing");
        assertThat(differences("x.json", example, example.replace(":1", ":\"1\"")))
                .containsExactly(".task.progress: a text instead of NUMBER");
        assertThat(differences("x.json", example, example.replace(":1", ":null")))
                .containsExactly(".task.progress: NULL instead of NUMBER");
        assertThat(differences("x.json", example, example.replace("09:00:00.000Z", "09:00")))
                .containsExactly(".task.logs[].at: \"2026-03-04T09:00\" for \"2026-03-04T09:00:00.000Z\"");
    }

    private static List<String> differences(String fixture, String example, String sent) {
        if (fixture.endsWith(".sse")) {
            return Shapes.differencesOfEvents(example, sent);
        }
        JsonNode wanted = JsonMapper.shared().readTree(example);
        JsonNode found = JsonMapper.shared().readTree(sent);
        if (fixture.equals("GET_task_multi_executions.json")) {
            // The page shows a part of the task; the other fields are compared with the examples of other pages.
            ((ObjectNode) found.path("task"))
                    .retain(List.copyOf(wanted.path("task").propertyNames()));
        }
        if (fixture.equals("GET_task_with_followup.json")) {
            // Whether the sandbox of the run before is still named then is a value of this example.
            ((ObjectNode) found.path("task")).putNull("sandboxId");
        }
        return Shapes.differences(wanted, found);
    }

    private static Path folder() {
        URL folder = Objects.requireNonNull(FixturesTest.class.getResource("/fixtures"));
        try {
            return Path.of(folder.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
