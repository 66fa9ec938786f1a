package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.support.SpringApplicationJsonEnvironmentPostProcessor;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/** Where sweeps can be written, and the slips of the pen that each place has of its own. */
class SweepFormsTest {

    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(TaskstopAutoConfiguration.class))
            .withPropertyValues("taskstop.api-key=bb_test")
            .withBean(TaskClientCustomizer.class, () -> builder -> builder.transport(new RecordingTransport(500)));

    /** In what an application writes its settings. */
    enum Place {
        YAML,
        PROPERTIES,
        JSON,
        ENVIRONMENT;

        void add(ConfigurableEnvironment environment, String text) {
            switch (this) {
                case YAML -> load(new YamlPropertySourceLoader(), environment, text);
                case PROPERTIES -> load(new PropertiesPropertySourceLoader(), environment, text);
                case JSON -> {
                    environment
                            .getPropertySources()
                            .addFirst(new MapPropertySource("sweeps", Map.of("spring.application.json", text)));
                    new SpringApplicationJsonEnvironmentPostProcessor()
                            .postProcessEnvironment(environment, new SpringApplication());
                }
                case ENVIRONMENT -> {
                    Map<String, Object> variables = new LinkedHashMap<>();
                    text.lines()
                            .forEach(line ->
                                    variables.put(line.replaceFirst("=.*", ""), line.replaceFirst("[^=]*=", "")));
                    environment
                            .getPropertySources()
                            .addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", variables));
                }
            }
        }

        private static void load(PropertySourceLoader loader, ConfigurableEnvironment environment, String text) {
            try {
                loader.load("sweeps", new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8)))
                        .forEach(environment.getPropertySources()::addFirst);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void with(Place place, String text, ContextConsumer<AssertableApplicationContext> test) {
        context.withInitializer(started -> place.add(started.getEnvironment(), text))
                .run(test);
    }

    private static void assertRefused(AssertableApplicationContext refused, String... told) {
        assertThat(refused).hasFailed();
        StringBuilder messages = new StringBuilder();
        for (@Nullable Throwable failure = refused.getStartupFailure(); failure != null; failure = failure.getCause()) {
            messages.append(failure.getMessage()).append('\n');
        }
        assertThat(messages).contains(told);
    }

    static Stream<Arguments> oneSweep() {
        return Stream.of(
                Arguments.of(Place.YAML, """
                        taskstop:
                          sweeps:
                            - name: forgotten
                              every: 5m
                              older-than: 6h
                              superseded: yes
                              max: 100
                        """),
                Arguments.of(Place.YAML, """
                        taskstop.sweeps:
                        - {name: forgotten, every: 5m, olderThan: 6h, superseded: true, max: 100}
                        """),
                Arguments.of(Place.PROPERTIES, """
                        taskstop.sweeps[0].name = forgotten
                        taskstop.sweeps[0].every: 5m
                        taskstop.sweeps[0].older_than 6h
                        taskstop.sweeps[0].superseded=on
                        taskstop.sweeps[0].max=100
                        """),
                Arguments.of(Place.JSON, """
                        {"taskstop": {"sweeps": [
                          {"name": "forgotten", "every": "5m", "olderThan": "6h", "superseded": true, "max": 100}]}}"""),
                Arguments.of(Place.JSON, """
                        {"taskstop.sweeps[0]": {"name": "forgotten", "every": "PT5M", "older-than": "PT6H",
                          "superseded": "true", "max": "100"}}"""),
                Arguments.of(Place.ENVIRONMENT, """
                        TASKSTOP_SWEEPS_0_NAME=forgotten
                        TASKSTOP_SWEEPS_0_EVERY=5m
                        TASKSTOP_SWEEPS_0_OLDER_THAN=6h
                        TASKSTOP_SWEEPS_0_SUPERSEDED=1
                        TASKSTOP_SWEEPS_0_MAX=100"""),
                Arguments.of(Place.ENVIRONMENT, """
                        TASKSTOP_SWEEPS_0_NAME=forgotten
                        TASKSTOP_SWEEPS_0_EVERY=5m
                        TASKSTOP_SWEEPS_0_OLDERTHAN=6h
                        TASKSTOP_SWEEPS_0_SUPERSEDED=TRUE
                        TASKSTOP_SWEEPS_0_MAX=100"""));
    }

    @ParameterizedTest
    @MethodSource("oneSweep")
    void a_sweep_is_the_same_wherever_it_is_written(Place place, String text) {
        with(place, text, started -> {
            assertThat(started).hasNotFailed();
            TaskSweep sweep = started.getBean("taskstopSweep.forgotten", TaskSweep.class);
            assertThat(sweep.every()).hasMinutes(5);
            assertThat(sweep.query()).asString().contains("olderThan=PT6H", "superseded");
            assertThat(started.getBean(TaskstopProperties.class).sweeps())
                    .hasSize(1)
                    .allMatch(bound -> Long.valueOf(100).equals(bound.max()));
        });
    }

    static Stream<Arguments> noConditions() {
        return Stream.of(
                Arguments.of(Place.YAML, """
                        taskstop:
                          sweeps:
                            - name: forgotten
                              every: 5m
                              repository: acme/web
                              older-than:
                        """),
                Arguments.of(Place.YAML, """
                        taskstop:
                          sweeps:
                            - {name: forgotten, every: 5m, repository: acme/web, older-than: null}
                        """),
                Arguments.of(Place.YAML, """
                        taskstop:
                          sweeps:
                            - {name: forgotten, every: 5m, repository: acme/web, older-than: ~}
                        """),
                Arguments.of(Place.YAML, """
                        taskstop:
                          sweeps:
                            - {name: forgotten, every: 5m, repository: acme/web, older-than: []}
                        """),
                Arguments.of(Place.YAML, """
                        taskstop:
                          sweeps:
                            - {name: forgotten, every: 5m, repository: acme/web, older-than: [6h]}
                        """),
                Arguments.of(Place.YAML, """
                        taskstop:
                          sweeps:
                            - {name: forgotten, every: 5m, repository: acme/web, older-than: {hours: 6}}
                        """),
                Arguments.of(Place.PROPERTIES, """
                        taskstop.sweeps[0].name=forgotten
                        taskstop.sweeps[0].every=5m
                        taskstop.sweeps[0].repository=acme/web
                        taskstop.sweeps[0].older-than
                        """),
                Arguments.of(Place.PROPERTIES, """
                        taskstop.sweeps[0].name=forgotten
                        taskstop.sweeps[0].every=5m
                        taskstop.sweeps[0].repository=acme/web
                        taskstop.sweeps[0].older-than=${NOT_SET_ANYWHERE:}
                        """),
                Arguments.of(Place.PROPERTIES, """
                        taskstop.sweeps[0].name=forgotten
                        taskstop.sweeps[0].every=5m
                        taskstop.sweeps[0].repository=acme/web
                        taskstop.sweeps[0].older-than=\\t
                        """),
                Arguments.of(Place.JSON, """
                        {"taskstop": {"sweeps": [
                          {"name": "forgotten", "every": "5m", "repository": "acme/web", "older-than": null}]}}"""),
                Arguments.of(Place.JSON, """
                        {"taskstop": {"sweeps": [
                          {"name": "forgotten", "every": "5m", "repository": "acme/web", "older-than": ""}]}}"""),
                Arguments.of(Place.JSON, """
                        {"taskstop": {"sweeps": [
                          {"name": "forgotten", "every": "5m", "repository": "acme/web", "older-than": {}}]}}"""),
                Arguments.of(Place.JSON, """
                        {"taskstop": {"sweeps": [
                          {"name": "forgotten", "every": "5m", "repository": "acme/web", "older-than": []}]}}"""),
                Arguments.of(Place.ENVIRONMENT, """
                        TASKSTOP_SWEEPS_0_NAME=forgotten
                        TASKSTOP_SWEEPS_0_EVERY=5m
                        TASKSTOP_SWEEPS_0_REPOSITORY=acme/web
                        TASKSTOP_SWEEPS_0_OLDER_THAN="""),
                Arguments.of(Place.ENVIRONMENT, """
                        TASKSTOP_SWEEPS_0_NAME=forgotten
                        TASKSTOP_SWEEPS_0_EVERY=5m
                        TASKSTOP_SWEEPS_0_REPOSITORY=acme/web
                        TASKSTOP_SWEEPS_0_OLDER__THAN=6h"""));
    }

    /** Without it all tasks of the repository would be stopped. */
    @ParameterizedTest
    @MethodSource("noConditions")
    void a_condition_that_is_there_and_says_nothing_is_refused_by_its_name(Place place, String text) {
        with(place, text, refused -> assertRefused(refused, "sweeps[0].older"));
    }

    static Stream<Arguments> noLists() {
        return Stream.of(
                Arguments.of(Place.YAML, """
                        taskstop:
                          sweeps:
                            forgotten: {every: 5m, older-than: 6h}
                        """),
                Arguments.of(Place.YAML, """
                        taskstop:
                          sweeps: {name: forgotten, every: 5m, older-than: 6h}
                        """),
                Arguments.of(Place.YAML, """
                        taskstop:
                          sweeps: forgotten
                        """),
                Arguments.of(Place.YAML, """
                        taskstop:
                          sweeps: [forgotten]
                        """),
                Arguments.of(Place.YAML, """
                        taskstop:
                          sweeps: [[{name: forgotten, every: 5m, older-than: 6h}]]
                        """),
                Arguments.of(Place.PROPERTIES, """
                        taskstop.sweeps.name=forgotten
                        taskstop.sweeps.every=5m
                        taskstop.sweeps.older-than=6h
                        """),
                Arguments.of(Place.PROPERTIES, """
                        taskstop.sweeps[forgotten].every=5m
                        taskstop.sweeps[forgotten].older-than=6h
                        """),
                Arguments.of(Place.PROPERTIES, """
                        taskstop.sweeps[1].name=forgotten
                        taskstop.sweeps[1].every=5m
                        taskstop.sweeps[1].older-than=6h
                        """),
                Arguments.of(Place.PROPERTIES, """
                        taskstop.sweeps[0].name=forgotten
                        taskstop.sweeps[0].every=5m
                        taskstop.sweeps[0].older-than=6h
                        taskstop.sweeps[2].name=other
                        taskstop.sweeps[2].every=5m
                        taskstop.sweeps[2].older-than=6h
                        """),
                Arguments.of(Place.PROPERTIES, """
                        taskstop.sweeps[0].name=forgotten
                        taskstop.sweeps[0].every=5m
                        taskstop.sweeps[0].older-than=6h
                        taskstop.sweeps.dry-run=true
                        """),
                Arguments.of(Place.JSON, """
                        {"taskstop": {"sweeps": {"name": "forgotten", "every": "5m", "older-than": "6h"}}}"""),
                Arguments.of(Place.ENVIRONMENT, """
                        TASKSTOP_SWEEPS_NAME=forgotten
                        TASKSTOP_SWEEPS_EVERY=5m
                        TASKSTOP_SWEEPS_OLDER_THAN=6h"""),
                Arguments.of(Place.ENVIRONMENT, """
                        TASKSTOP_SWEEPS_1_NAME=forgotten
                        TASKSTOP_SWEEPS_1_EVERY=5m
                        TASKSTOP_SWEEPS_1_OLDER_THAN=6h"""));
    }

    /** Who has written a sweep takes it to be there. */
    @ParameterizedTest
    @MethodSource("noLists")
    void what_is_no_list_is_refused(Place place, String text) {
        with(place, text, refused -> assertRefused(refused, "taskstop.sweeps"));
    }

    /** Spring Boot takes a list from one place as a whole. */
    @Test
    void a_part_that_stands_in_another_place_than_the_rest_is_told_so() {
        context.withInitializer(started -> {
                    Place.PROPERTIES.add(started.getEnvironment(), """
                            taskstop.sweeps[0].name=forgotten
                            taskstop.sweeps[0].every=5m
                            taskstop.sweeps[0].older-than=6h
                            """);
                    Place.ENVIRONMENT.add(started.getEnvironment(), "TASKSTOP_SWEEPS_0_DRY_RUN=true");
                })
                .run(refused -> assertRefused(refused, "taskstop.sweeps[0].name", "one place"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "null", "~"})
    void no_sweeps_are_none(String nothing) {
        with(
                Place.YAML,
                "taskstop: {sweeps: " + nothing + "}",
                started -> assertThat(started).hasNotFailed().doesNotHaveBean(TaskSweep.class));
    }

    /** A file of variables keeps quotes, and properties keep what is behind a value: then nothing would ever match. */
    @ParameterizedTest
    @ValueSource(strings = {"branch", "agent", "model", "batch", "creator"})
    void quotes_and_blanks_around_a_condition_are_refused(String condition) {
        for (String value : List.of("\"a\"", "'a'", "a ", " a", "a\\t")) {
            with(
                    Place.PROPERTIES,
                    Stream.of("name=forgotten", "every=5m", condition + "=\\" + value)
                            .map(line -> "taskstop.sweeps[0]." + line)
                            .collect(Collectors.joining("\n")),
                    refused -> assertRefused(refused, "taskstop.sweeps[0]." + condition));
        }
    }
}
