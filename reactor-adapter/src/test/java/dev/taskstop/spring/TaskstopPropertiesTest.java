package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.TaskClient;
import dev.taskstop.spring.TaskstopProperties.Dialect;
import dev.taskstop.spring.TaskstopProperties.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TaskstopPropertiesTest {

    private static final String[] ALL = {
        "taskstop.api-key=bb_secret",
        "taskstop.base-url=http://127.0.0.1:8787",
        "taskstop.dialect=agent-v1",
        "taskstop.concurrency=12",
        "taskstop.requests-per-minute=600",
        "taskstop.connect-timeout=2s",
        "taskstop.request-timeout=3s",
        "taskstop.poll-interval=250ms",
        "taskstop.user-agent=my-service/2.3 (staging)",
        "taskstop.transport=reactor-netty",
        "taskstop.allow-insecure-http=true",
        "taskstop.http2-prior-knowledge=true",
        "taskstop.retry.max-attempts=4",
        "taskstop.retry.min-backoff=50ms",
        "taskstop.retry.max-backoff=2s",
        "taskstop.retry.jitter=0.25",
        "taskstop.retry.deadline=30s",
        "taskstop.retry.max-pause=20s",
        "taskstop.retry.budget=10",
        "taskstop.proxy.host=proxy.example",
        "taskstop.proxy.port=8080",
        "taskstop.proxy.username=me",
        "taskstop.proxy.password=proxy_secret",
        "taskstop.shutdown.stop-tracked=true",
        "taskstop.shutdown.grace=5s",
        "taskstop.health.max-age=2m",
        "taskstop.problem-details.enabled=true"
    };

    private final ApplicationContextRunner context =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(TaskstopAutoConfiguration.class));

    @Test
    void every_property_is_bound() {
        context.withPropertyValues(ALL).run(started -> {
            TaskstopProperties properties = started.getBean(TaskstopProperties.class);
            assertThat(properties.apiKey()).isEqualTo("bb_secret");
            assertThat(properties.baseUrl()).isEqualTo(URI.create("http://127.0.0.1:8787"));
            assertThat(properties.dialect()).isEqualTo(Dialect.AGENT_V1);
            assertThat(properties.concurrency()).isEqualTo(12);
            assertThat(properties.requestsPerMinute()).isEqualTo(600);
            assertThat(properties.connectTimeout()).isEqualTo(Duration.ofSeconds(2));
            assertThat(properties.requestTimeout()).isEqualTo(Duration.ofSeconds(3));
            assertThat(properties.pollInterval()).isEqualTo(Duration.ofMillis(250));
            assertThat(properties.userAgent()).isEqualTo("my-service/2.3 (staging)");
            assertThat(properties.transport()).isEqualTo(Transport.REACTOR_NETTY);
            assertThat(properties.allowInsecureHttp()).isTrue();
            assertThat(properties.http2PriorKnowledge()).isTrue();
            assertThat(properties.retry())
                    .isEqualTo(new TaskstopProperties.Retry(
                            4,
                            Duration.ofMillis(50),
                            Duration.ofSeconds(2),
                            0.25,
                            Duration.ofSeconds(30),
                            Duration.ofSeconds(20),
                            10));
            assertThat(properties.proxy())
                    .isEqualTo(new TaskstopProperties.Proxy("proxy.example", 8080, "me", "proxy_secret"));
            assertThat(properties.shutdown()).isEqualTo(new TaskstopProperties.Shutdown(true, Duration.ofSeconds(5)));
            assertThat(properties.health().maxAge()).isEqualTo(Duration.ofMinutes(2));
            assertThat(properties.problemDetails().enabled()).isTrue();
            assertThat(started.getBean(TaskClient.class).gateState().ceiling()).isEqualTo(12);
        });
    }

    @Test
    void what_is_not_set_is_left_to_the_client() {
        context.withPropertyValues("taskstop.api-key=bb_secret").run(started -> {
            TaskstopProperties properties = started.getBean(TaskstopProperties.class);
            assertThat(properties.dialect()).isEqualTo(Dialect.CLOUD);
            assertThat(properties.concurrency()).isNull();
            assertThat(properties.transport()).isEqualTo(Transport.REACTOR_NETTY);
            assertThat(properties.shutdown().stopTracked()).isTrue();
            assertThat(started.getBean(TaskClient.class).gateState().ceiling()).isEqualTo(64);
        });
    }

    @Test
    void secrets_are_in_no_text_form() {
        context.withPropertyValues(ALL)
                .run(started -> assertThat(started.getBean(TaskstopProperties.class))
                        .asString()
                        .contains("AGENT_V1", "proxy.example")
                        .doesNotContain("bb_secret", "proxy_secret"));
    }

    @ParameterizedTest
    @CsvSource({
        "concurrency, 0, from 1 to 10000",
        "requests-per-minute, 0, from 1 to 6000000",
        "connect-timeout, 0s, at least a millisecond",
        "connect-timeout, 25d, at most 2147483647",
        "request-timeout, 0s, at least a millisecond",
        "poll-interval, 0s, at least a millisecond",
        "user-agent, müller/1, printable ASCII",
        "retry.max-attempts, 0, from 1 up",
        "retry.max-backoff, 1ms, not below min-backoff",
        "retry.jitter, 2, from 0 to 1",
        "retry.deadline, 0s, above zero",
        "retry.max-pause, 0s, above zero",
        "retry.budget, -1, from 0"
    })
    void a_value_that_will_not_do_is_refused_by_its_name(String name, String value, String takes) {
        context.withPropertyValues("taskstop.api-key=bb_secret", "taskstop." + name + "=" + value)
                .run(started -> assertThat(started)
                        .getFailure()
                        .rootCause()
                        .isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, failure -> {
                            assertThat(failure.getName()).isEqualTo("taskstop." + name);
                            assertThat(failure.getReason()).contains(takes);
                        }));
    }

    @Test
    void a_key_that_no_header_can_hold_is_refused_without_being_repeated() {
        context.withPropertyValues("taskstop.api-key=bb secret")
                .run(started -> assertThat(started)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                        .hasMessageContaining("taskstop.api-key")
                        .hasMessageNotContaining("bb secret"));
    }

    private static Map<String, JsonNode> described() throws IOException {
        Map<String, JsonNode> described = new HashMap<>();
        try (InputStream metadata =
                TaskstopProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            for (JsonNode property : JsonMapper.shared().readTree(metadata).path("properties")) {
                described.put(property.path("name").asString(), property);
            }
        }
        return described;
    }

    private static String defaultOf(JsonNode property) {
        JsonNode value = property.path("defaultValue");
        return value.isMissingNode() ? "none" : value.asString();
    }

    @Test
    void the_guide_tells_the_defaults_that_editors_tell() throws IOException {
        Map<String, JsonNode> described = described();
        List<MatchResult> rows = Pattern.compile(
                        "^\\| `(taskstop\\.[a-z0-9.-]+)` \\| `?([^`|]+?)`? \\|", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("README.md")))
                .results()
                .toList();

        assertThat(rows)
                .hasSizeGreaterThan(10)
                .allSatisfy(row -> assertThat(described)
                        .hasEntrySatisfying(
                                row.group(1),
                                property -> assertThat(defaultOf(property)).isEqualTo(row.group(2))));
    }

    @Test
    void the_guide_tells_each_property_of_a_sweep() throws IOException {
        String guide = Files.readString(Path.of("README.md"));
        String rows = guide.substring(guide.indexOf("\n| property | |\n"), guide.indexOf("What a slip of the pen"));

        assertThat(rows.lines()
                        .filter(line -> line.startsWith("| `"))
                        .map(line -> line.substring(0, line.indexOf(" | ")))
                        .flatMap(names ->
                                Pattern.compile("`([a-z-]+)`").matcher(names).results())
                        .map(name -> name.group(1)))
                .containsExactlyInAnyOrderElementsOf(WrittenSweeps.properties().toList());
    }

    @Test
    void each_property_is_described_for_editors() throws IOException {
        Map<String, JsonNode> described = described();
        Set<String> names = new TreeSet<>();
        for (String property : ALL) {
            names.add(property.substring(0, property.indexOf('=')));
        }

        assertThat(described).containsKeys(names.toArray(String[]::new));
        assertThat(described.values())
                .allSatisfy(property -> assertThat(property.path("description").asString())
                        .as(property.path("name").asString())
                        .endsWith("."));
        assertThat(described)
                .hasEntrySatisfying(
                        "taskstop.request-timeout",
                        property -> assertThat(property.path("type").asString()).isEqualTo(Duration.class.getName()))
                .hasEntrySatisfying(
                        "taskstop.concurrency",
                        property -> assertThat(property.path("defaultValue").asInt())
                                .isEqualTo(64));
    }
}
