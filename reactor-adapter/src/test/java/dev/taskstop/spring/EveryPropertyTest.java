package dev.taskstop.spring;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.TaskClient;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Each property that editors know, with what users write by mistake: nothing, a placeholder, what is out of range. */
class EveryPropertyTest {

    /** What is refused besides; a new property fails here until it has a row. */
    private static final Map<String, List<String>> OUT_OF_RANGE = Map.ofEntries(
            entry(
                    "taskstop.api-key",
                    List.of(
                            "bb secret",
                            "bb_sécret",
                            "\"bb_secret\"",
                            "'bb_secret'",
                            "${NOBODY_HAS_SET_THIS",
                            "${NOBODY_HAS_SET_THIS:${NOR_THIS}}",
                            "$NOBODY_HAS_SET_THIS",
                            "$(NOBODY_HAS_SET_THIS)",
                            "%NOBODY_HAS_SET_THIS%",
                            "{{nobody.has.set.this}}",
                            "<your-key>")),
            entry(
                    "taskstop.base-url",
                    List.of(
                            "tasks.example",
                            "ftp://tasks.example",
                            "http://tasks.example",
                            "https://tasks.example:0",
                            "https://tasks.example?a=b",
                            "https://me:bb_secret@tasks.example",
                            "https://tasks.example/api/tasks",
                            "https://tasks.example/api/v1/tasks/",
                            "https:///",
                            "bb_secret",
                            "not a url")),
            entry("taskstop.dialect", List.of("v2")),
            entry("taskstop.transport", List.of("okhttp")),
            entry("taskstop.concurrency", List.of("0", "-1", "10001", "many", "1.5")),
            entry("taskstop.requests-per-minute", List.of("0", "-1", "6000001")),
            entry(
                    "taskstop.connect-timeout",
                    List.of("0s", "-1s", "25d", "-106751991167300d", "106751991167300d", "ten")),
            entry("taskstop.request-timeout", List.of("0s", "-1s", "25d", "-106751991167300d", "106751991167300d")),
            entry("taskstop.poll-interval", List.of("0s", "-1s", "25d", "-106751991167300d", "106751991167300d")),
            entry("taskstop.allow-insecure-http", List.of("maybe")),
            entry("taskstop.http2-prior-knowledge", List.of("maybe", "true")),
            entry("taskstop.retry.max-attempts", List.of("0", "-1")),
            entry(
                    "taskstop.retry.min-backoff",
                    List.of("0s", "-1s", "36501d", "-106751991167300d", "106751991167300d")),
            entry("taskstop.retry.max-backoff", List.of("0s", "-1s", "1ms", "36501d", "-106751991167300d")),
            entry("taskstop.retry.jitter", List.of("-0.1", "2", "NaN")),
            entry("taskstop.retry.deadline", List.of("0s", "-1s", "36501d", "-106751991167300d", "106751991167300d")),
            entry("taskstop.retry.max-pause", List.of("0s", "-1s", "36501d", "-106751991167300d", "106751991167300d")),
            entry("taskstop.retry.budget", List.of("-1", "1000001")),
            entry("taskstop.ssl.bundle", List.of("typo")),
            entry("taskstop.user-agent", List.of("s\u00e9cret")),
            entry(
                    "taskstop.proxy.host",
                    List.of("http://proxy.example", "proxy.example:3128", "me@proxy.example", "a proxy")),
            entry("taskstop.proxy.port", List.of("0", "-1", "65536")),
            entry("taskstop.proxy.username", List.of()),
            entry("taskstop.proxy.password", List.of("alone")),
            entry("taskstop.sweeps", List.of("often")), // for what one is made of, see SweepTest
            entry("taskstop.shutdown.stop-tracked", List.of("maybe")),
            entry("taskstop.shutdown.grace", List.of("0s", "-1s", "36501d", "-106751991167300d")),
            entry("taskstop.health.max-age", List.of("0s", "-1s", "-106751991167300d")),
            entry("taskstop.problem-details.enabled", List.of("maybe")));

    /** Without these an empty value would change where the key goes. */
    private static final Set<String> REFUSED_WHEN_EMPTY = Set.of("taskstop.api-key", "taskstop.base-url");

    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    TaskstopAutoConfiguration.class,
                    TaskstopActuatorAutoConfiguration.class,
                    SslAutoConfiguration.class));

    static List<String> properties() throws IOException {
        List<String> names = new ArrayList<>();
        try (InputStream metadata =
                TaskstopProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            for (JsonNode property : JsonMapper.shared().readTree(metadata).path("properties")) {
                String name = property.path("name").asString();
                if (name.startsWith("taskstop.")) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    private static String[] with(String property, String value) {
        List<String> all = new ArrayList<>(List.of("taskstop.api-key=bb_test", property + "=" + value));
        if (property.equals("taskstop.proxy.password")) {
            all.add("taskstop.proxy.host=proxy.example");
        }
        return all.toArray(String[]::new);
    }

    private static void assertNames(AssertableApplicationContext refused, String property) {
        assertThat(refused).hasFailed();
        StringBuilder messages = new StringBuilder();
        for (@Nullable Throwable failure = refused.getStartupFailure(); failure != null; failure = failure.getCause()) {
            messages.append(failure.getMessage()).append('\n');
        }
        assertThat(messages).contains(property).doesNotContain("secret", "sécret");
    }

    static Stream<Arguments> outOfRange() throws IOException {
        return properties().stream()
                .flatMap(property -> OUT_OF_RANGE.getOrDefault(property, List.of("no row")).stream()
                        .map(value -> Arguments.of(property, value)));
    }

    @ParameterizedTest
    @MethodSource("outOfRange")
    void what_is_out_of_range_is_refused_by_its_name(String property, String value) {
        context.withPropertyValues(with(property, value)).run(refused -> assertNames(refused, property));
    }

    @ParameterizedTest
    @MethodSource("properties")
    void a_placeholder_that_stands_for_nothing_is_refused_by_its_name(String property) {
        context.withPropertyValues(with(property, "${NOBODY_HAS_SET_THIS}"))
                .run(refused -> assertNames(refused, property));
    }

    @ParameterizedTest
    @MethodSource("properties")
    void a_placeholder_within_a_text_is_refused_by_its_name(String property) {
        context.withPropertyValues(with(property, "https://a${NOBODY_HAS_SET_THIS}b"))
                .run(refused -> assertNames(refused, property));
    }

    /** As YAML has a section of which every line is commented out, which Spring Boot refuses. */
    @ParameterizedTest
    @MethodSource("sections")
    void an_empty_section_is_not_set_or_refused_by_its_name(String section) {
        context.withPropertyValues(with(section, "")).run(started -> {
            if (started.getStartupFailure() == null) {
                assertThat(started).hasSingleBean(TaskClient.class);
            } else {
                assertNames(started, section);
            }
        });
    }

    static Set<String> sections() throws IOException {
        return properties().stream()
                .map(name -> name.substring(0, name.lastIndexOf('.')))
                .filter(name -> !name.equals("taskstop"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @ParameterizedTest
    @MethodSource("properties")
    void empty_is_not_set_or_refused_by_its_name(String property) {
        for (String nothing : List.of("", " ", "\t")) {
            context.withPropertyValues(with(property, nothing)).run(started -> {
                if (REFUSED_WHEN_EMPTY.contains(property)) {
                    assertThat(started).hasFailed();
                }
                if (started.getStartupFailure() == null) {
                    assertThat(started).hasSingleBean(TaskClient.class);
                    assertThat(started.getBean(TaskClient.class).baseUrl()).hasHost("cloud.blackbox.ai");
                } else if (!property.equals("taskstop.api-key")) {
                    assertNames(started, property);
                } else {
                    assertThat(started.getStartupFailure()).hasRootCauseInstanceOf(IllegalStateException.class);
                }
            });
        }
    }
}
