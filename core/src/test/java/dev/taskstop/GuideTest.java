package dev.taskstop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.taskstop.StopResult.Skipped;
import dev.taskstop.TaskObservationDocumentation.RequestKey;
import dev.taskstop.TaskObservationDocumentation.StopDetail;
import dev.taskstop.TaskObservationDocumentation.StopKey;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.net.ConnectException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The figures and tables in the guide that the code has, too. Its examples are run in the quickstart. */
class GuideTest {

    private static final Path SOURCES = Path.of("src/main/java/dev/taskstop");
    private static final Path METADATA =
            Path.of("../reactor-adapter/src/main/resources/META-INF/additional-spring-configuration-metadata.json");

    private static String guide() throws IOException {
        return Files.readString(Path.of("README.md"));
    }

    private static String row(String setting, String value) {
        return "\n| `" + setting + "` | " + value + " | ";
    }

    /** The cells of each row of a table, by the first one. */
    private static Map<String, List<String>> table(String head) throws IOException {
        String guide = guide();
        assertThat(guide).contains("\n" + head + "\n");
        return guide.substring(guide.indexOf("\n" + head + "\n") + head.length() + 2)
                .lines()
                .skip(1)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> List.of(line.substring(2, line.length() - 2).split(" \\| ")))
                .collect(Collectors.toMap(cells -> cells.get(0), cells -> cells, (one, other) -> one, TreeMap::new));
    }

    private static List<String> inCode(String cell) {
        return Pattern.compile("`([^`]+)`")
                .matcher(cell)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static String text(Duration duration) {
        if (duration.toMillis() % 60_000 == 0) {
            return duration.toMinutes() + " min";
        }
        return duration.toMillis() % 1_000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }

    /** What a builder has that nobody has told anything. */
    private static Duration untold(String setting) throws ReflectiveOperationException {
        Field field = TaskClientBuilder.class.getDeclaredField(setting);
        field.setAccessible(true);
        return (Duration) field.get(TaskClient.builder());
    }

    private static int concurrency() {
        return TaskClient.builder().apiKey("bb_test").build().gateState().ceiling();
    }

    @Test
    void the_defaults_that_the_guide_tells_are_those_of_the_code() throws Exception {
        StopRetry retry = StopRetry.defaults();

        assertThat(guide())
                .contains(
                        row("concurrency", String.valueOf(concurrency())),
                        row("connectTimeout", text(untold("connectTimeout"))),
                        row("requestTimeout", text(untold("requestTimeout"))),
                        row("pollInterval", text(untold("pollInterval"))),
                        row("StopRetry.withMaxAttempts", String.valueOf(retry.maxAttempts())),
                        row("StopRetry.withBackoff", text(retry.minBackoff()) + " to " + text(retry.maxBackoff())),
                        row("StopRetry.withJitter", String.valueOf(retry.jitter())),
                        row("StopRetry.withDeadline", text(retry.deadline())),
                        row("StopRetry.withMaxPause", text(retry.maxPause())),
                        row("StopRetry.withBudget", String.valueOf(retry.budget())),
                        row(
                                "AwaitOptions.withConcurrency",
                                String.format(
                                        Locale.ROOT,
                                        "%,d",
                                        AwaitOptions.defaults().concurrency())));
    }

    /** The starter leaves them to the client, and tells editors what they are. */
    @Test
    void the_defaults_that_editors_tell_are_those_of_the_code() throws Exception {
        StopRetry retry = StopRetry.defaults();
        Map<String, String> told = new TreeMap<>();
        for (JsonNode property : JsonMapper.shared().readTree(METADATA.toFile()).path("properties")) {
            told.put(
                    property.path("name").asString(),
                    property.path("defaultValue").asString().replaceFirst("(?<=\\d)(s|m)$", " $1"));
        }
        told.replaceAll((name, value) -> value.endsWith(" m") ? value + "in" : value);

        assertThat(told)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "taskstop.concurrency", String.valueOf(concurrency()),
                        "taskstop.connect-timeout", text(untold("connectTimeout")),
                        "taskstop.request-timeout", text(untold("requestTimeout")),
                        "taskstop.poll-interval", text(untold("pollInterval")),
                        "taskstop.retry.max-attempts", String.valueOf(retry.maxAttempts()),
                        "taskstop.retry.jitter", String.valueOf(retry.jitter()),
                        "taskstop.retry.deadline", text(retry.deadline()),
                        "taskstop.retry.max-pause", text(retry.maxPause()),
                        "taskstop.retry.budget", String.valueOf(retry.budget()),
                        "management.health.taskstop.enabled", "true"));
    }

    static Stream<TaskRequestException> unanswered() {
        TaskRequest request =
                TaskDialect.cloud().statusRequest(new Origin(URI.create("https://cloud.blackbox.ai"), "", false), "t1");
        Exception cause = new ConnectException();
        return Stream.of(
                TaskRequestException.refused("no"),
                TaskRequestException.withoutKey(cause),
                TaskRequestException.noTurn("no"),
                TaskRequestException.notSent(request, cause),
                TaskRequestException.notProcessed(request, cause),
                TaskRequestException.noAnswer(request, cause),
                TaskRequestException.brokenOff(request, cause),
                TaskRequestException.unconfirmed(cause),
                TaskRequestException.cutOff(null));
    }

    @ParameterizedTest
    @EnumSource
    void each_reason_for_no_answer_is_one_of_those_that_are_looked_at(TaskRequestException.Reason reason) {
        assertThat(unanswered().map(TaskRequestException::reason)).contains(reason);
    }

    @ParameterizedTest
    @MethodSource("unanswered")
    void the_guide_tells_of_each_reason_for_no_answer_whether_it_may_pass(TaskRequestException failure)
            throws IOException {
        Map<String, List<String>> reasons =
                table("| reason of a `TaskRequestException` | what happened | `isTransient()` |");

        assertThat(reasons)
                .hasSize(TaskRequestException.Reason.values().length)
                .hasEntrySatisfying(
                        "`" + failure.reason() + "`",
                        cells -> assertThat(cells.get(2)).startsWith(failure.isTransient() ? "yes" : "no"));
    }

    @ParameterizedTest
    @EnumSource
    void the_guide_tells_each_reason_for_which_a_task_is_skipped(Skipped.Reason reason) throws IOException {
        assertThat(table("| result | what happened | how it comes about | what to do |")
                        .get("`Skipped`"))
                .anyMatch(cell -> inCode(cell).contains(reason.name()));
    }

    private static boolean isRefused(TaskDialect dialect, TaskQuery query) {
        return catchThrowable(() -> dialect.listParameters(query)) instanceof UnsupportedOperationException;
    }

    /** Each condition, by the method that the guide names it by. */
    private static final Map<String, TaskQuery> CONDITIONS = Map.ofEntries(
            Map.entry("withStatus", TaskQuery.all().withStatus(TaskQuery.Status.FAILED)),
            Map.entry("withKind", TaskQuery.all().withKind(TaskQuery.Kind.BATCH)),
            Map.entry("withBatch", TaskQuery.all().withBatch("b")),
            Map.entry("withRepository", TaskQuery.all().withRepository("acme/web")),
            Map.entry("withBranch", TaskQuery.all().withBranch("main")),
            Map.entry("withAgent", TaskQuery.all().withAgent("claude")),
            Map.entry("withModel", TaskQuery.all().withModel("m")),
            Map.entry("withCreator", TaskQuery.all().withCreator("c")),
            Map.entry("withPrompt", TaskQuery.all().withPrompt("p")),
            Map.entry("withChatId", TaskQuery.all().withChatId("c")),
            Map.entry("olderThan", TaskQuery.all().olderThan(Duration.ofHours(1))),
            Map.entry("createdBefore", TaskQuery.all().createdBefore(Instant.EPOCH)),
            Map.entry("matching", TaskQuery.all().matching(task -> true)),
            Map.entry("superseded", TaskQuery.all().superseded(TaskSummary::chatId)));

    @Test
    void the_guide_tells_of_each_condition_which_api_refuses_it() throws IOException {
        Map<String, List<String>> rows = table("| condition | matches | cloud API | Agent API v1 |");

        CONDITIONS.forEach((method, query) -> assertThat(rows).as(method).anySatisfy((condition, cells) -> {
            assertThat(condition).containsPattern("\\b" + method + "\\b");
            assertThat(cells.get(2).equals("refused")).isEqualTo(isRefused(TaskDialect.cloud(), query));
            assertThat(cells.get(3).equals("refused")).isEqualTo(isRefused(TaskDialect.agentV1(), query));
        }));
        assertThat(rows).hasSameSizeAs(CONDITIONS);
    }

    private static List<String> names(KeyName[] keys) {
        return Stream.of(keys).map(KeyName::asString).toList();
    }

    @Test
    void the_guide_tells_the_keys_of_the_observations() throws IOException {
        Map<String, List<String>> observations = table("| name | is | low-cardinality keys |");

        assertThat(inCode(requireNonNull(observations.get("`taskstop.stop`")).get(2)))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(names(StopKey.values()).stream(), names(StopDetail.values()).stream())
                                .toList());
        assertThat(inCode(requireNonNull(observations.get("`taskstop.request`")).get(2)))
                .containsExactlyInAnyOrderElementsOf(names(RequestKey.values()));
    }

    @Test
    void the_guide_tells_the_names_of_the_gauges() throws IOException {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        new TaskClientMetrics(TaskClient.builder().apiKey("bb_test").build()).bindTo(meters);

        assertThat(table("| gauge | is |").keySet())
                .containsExactlyInAnyOrderElementsOf(meters.getMeters().stream()
                        .map(Meter::getId)
                        .map(id -> "`" + id.getName() + "`")
                        .toList());
    }

    @Test
    void the_guide_tells_what_is_logged_at_each_level_above_debug() throws IOException {
        Pattern logged = Pattern.compile("\\blog\\.(trace|info|warn|error)\\(|\\bLevel\\.(INFO|WARN|ERROR)\\b");
        Stream<String> levels;
        try (Stream<Path> sources = Files.list(SOURCES)) {
            levels = sources.toList().stream().flatMap(source -> levels(logged, source));
        }

        assertThat(table("| level | what |").keySet())
                .containsExactlyInAnyOrderElementsOf(levels.collect(Collectors.toSet()));
    }

    private static Stream<String> levels(Pattern logged, Path source) {
        try {
            return logged.matcher(Files.readString(source))
                    .results()
                    .map(MatchResult::group)
                    .map(call ->
                            "`" + call.replaceAll("log\\.|Level\\.|\\(", "").toUpperCase(Locale.ROOT) + "`");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
