package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
class FailureMessagesTest {

    private static void assertFailsToStart(String... arguments) {
        SpringApplicationBuilder application =
                new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE);
        assertThatThrownBy(() -> application.run(arguments)).isInstanceOf(RuntimeException.class);
    }

    @Test
    void a_missing_key_is_asked_for(CapturedOutput output) {
        assertFailsToStart();

        assertThat(output)
                .contains("APPLICATION FAILED TO START", "The task client has no API key.", "taskstop.api-key")
                .doesNotContain("\tat ");
    }

    @Test
    void plain_http_to_another_host_is_refused(CapturedOutput output) {
        assertFailsToStart("--taskstop.api-key=bb_secret", "--taskstop.base-url=http://tasks.example");

        assertThat(output)
                .contains(
                        "APPLICATION FAILED TO START",
                        "taskstop.base-url is plain http to tasks.example",
                        "taskstop.allow-insecure-http=true")
                .doesNotContain("\tat ", "bb_secret");
    }

    @Test
    void a_value_that_will_not_do_is_refused_with_its_origin(CapturedOutput output) {
        assertFailsToStart("--taskstop.api-key=bb_secret", "--taskstop.concurrency=0");

        assertThat(output)
                .contains("APPLICATION FAILED TO START", "taskstop.concurrency", "takes a number from 1 to 10000")
                .doesNotContain("\tat ", "bb_secret");
    }

    @Test
    void settings_that_contradict_each_other_are_refused(CapturedOutput output) {
        assertFailsToStart("--taskstop.api-key=bb_secret", "--taskstop.http2-prior-knowledge=true");

        assertThat(output)
                .contains(
                        "APPLICATION FAILED TO START",
                        "taskstop.http2-prior-knowledge",
                        "over https, HTTP/2 is negotiated without it")
                .doesNotContain("\tat ", "bb_secret");
    }

    /** Spring Boot's own analysis prints the value of the property. */
    @ParameterizedTest
    @ValueSource(strings = {"taskstop.api-key", "taskstop.apiKey", "taskstop.api_key", "TASKSTOP.APIKEY"})
    void a_key_that_will_not_do_is_not_printed(String name, CapturedOutput output) {
        assertFailsToStart("--" + name + "=bb_sec ret");

        assertThat(output)
                .contains("APPLICATION FAILED TO START", "taskstop.api-key", "printable ASCII")
                .doesNotContain("\tat ", "bb_sec");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "taskstop.api-key       | ${BLACKBOX_API_KEY_OF_NOBODY} | the placeholder ${BLACKBOX_API_KEY_OF_NOBODY}",
                "taskstop.apiKey        | ${BLACKBOX_API_KEY_OF_NOBODY} | taskstop.api-key",
                "taskstop.base-url      | ''                            | it is empty",
                "taskstop.base-url      | https://me:bb_secret@x.example | taskstop.base-url",
                "taskstop.base-url      | https://x.example/api/tasks   | each request adds",
                "taskstop.ssl.bundle    | typo                          | no SSL bundle named typo",
                "taskstop.proxy.host    | http://proxy.example          | taskstop.proxy.port",
                "taskstop.shutdown.grace | 0s                           | above zero",
                "taskstop.transport     | http                          | taskstop.transport",
                "taskstop.sweeps[0].olderThen | 6h                      | a sweep has no such property",
            })
    void what_will_not_do_is_told_by_name_and_with_its_origin(
            String name, String value, String told, CapturedOutput output) {
        String key = name.startsWith("taskstop.api") ? "--anything=else" : "--taskstop.api-key=bb_secret";
        assertFailsToStart(key, "--" + name + "=" + value);

        assertThat(output)
                .contains("APPLICATION FAILED TO START", told, "Origin: ")
                .doesNotContain("\tat ", "bb_secret");
    }

    @Test
    void a_client_that_the_application_builds_from_the_injected_builder_asks_for_a_key_too(CapturedOutput output) {
        SpringApplicationBuilder application =
                new SpringApplicationBuilder(Application.class, OwnClient.class).web(WebApplicationType.NONE);
        assertThatThrownBy(application::run).isInstanceOf(RuntimeException.class);

        assertThat(output)
                .contains("APPLICATION FAILED TO START", "The task client has no API key.", "taskstop.api-key")
                .doesNotContain("\tat ");
    }

    @Test
    void settings_of_a_client_that_the_application_builds_are_told_in_the_words_of_properties(CapturedOutput output) {
        SpringApplicationBuilder application =
                new SpringApplicationBuilder(Application.class, OwnClient.class).web(WebApplicationType.NONE);
        assertThatThrownBy(() ->
                        application.run("--taskstop.api-key=bb_secret", "--taskstop.base-url=http://tasks.example"))
                .isInstanceOf(RuntimeException.class);

        assertThat(output)
                .contains(
                        "APPLICATION FAILED TO START",
                        "taskstop.base-url is plain http to tasks.example",
                        "taskstop.allow-insecure-http=true")
                .doesNotContain("\tat ", "bb_secret");
    }

    /** What connection details say is no property, and has no origin in a file. */
    @ParameterizedTest
    @ValueSource(classes = {BadAddress.class, BadKey.class})
    void what_connection_details_say_is_told_to_be_theirs(Class<?> details, CapturedOutput output) {
        SpringApplicationBuilder application =
                new SpringApplicationBuilder(Application.class, details).web(WebApplicationType.NONE);
        assertThatThrownBy(() ->
                        application.run("--taskstop.api-key=bb_secret", "--taskstop.base-url=https://tasks.example"))
                .isInstanceOf(RuntimeException.class);

        assertThat(output)
                .contains("APPLICATION FAILED TO START", "Origin: a bean of type " + details.getName())
                .doesNotContain("\tat ", "bb_secret", "system properties", "commandLineArgs");
    }

    @Test
    void short_durations_are_warned_of(CapturedOutput output) {
        new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .run(
                        "--logging.level.root=WARN",
                        "--taskstop.api-key=bb_secret",
                        "--taskstop.request-timeout=10",
                        "--taskstop.connect-timeout=10ms",
                        "--taskstop.poll-interval=1",
                        "--taskstop.retry.deadline=30",
                        "--taskstop.retry.max-pause=60",
                        "--taskstop.retry.min-backoff=1",
                        "--taskstop.retry.max-backoff=5",
                        "--taskstop.health.max-age=60",
                        "--taskstop.shutdown.grace=20")
                .close();

        assertThat(output.toString().lines().filter(line -> line.contains("is a unit missing?")))
                .hasSize(9)
                .anyMatch(line -> line.contains("taskstop.request-timeout is 10 ms"));
    }

    @Test
    void the_defaults_are_not_warned_of(CapturedOutput output) {
        new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .run("--logging.level.root=WARN", "--taskstop.api-key=bb_secret")
                .close();

        assertThat(output).doesNotContain("is a unit missing?");
    }

    private static void assertProcessFailsToStart(String classPath, String... told) throws Exception {
        Process process = ChildProcess.start(classPath, SpringBoot3Application.class, "--taskstop.api-key=bb_secret");
        String output = ChildProcess.output(process);

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains(told)
                .doesNotContain("\tat ", "bb_secret");
    }

    @Test
    void spring_boot_3_is_refused_in_its_own_process() throws Exception {
        assertProcessFailsToStart(springBoot3(), "is for Spring Boot 4", "runs on Spring Boot 3");
    }

    /** As Spring Boot 4.0.0 manages it. */
    @Test
    void a_reactor_netty_that_is_too_old_is_named_with_what_to_do() throws Exception {
        assertProcessFailsToStart(
                ChildProcess.classPath(Pattern.compile("reactor-netty-"), Path.of("target/reactor-netty-1.3.0")),
                "Taskstop needs Reactor Netty 1.3.4 or newer (found: 1.3.0)",
                "reactor-bom.version");
    }

    /** As where an application takes it away because it has another JSON library. */
    @Test
    void a_jackson_that_is_not_there_is_named_with_what_to_do() throws Exception {
        assertProcessFailsToStart(
                ChildProcess.classPath(Pattern.compile("jackson-databind-3")),
                "Taskstop needs Jackson 3.0 or newer (found: none)",
                "jackson-bom.version");
    }

    /** This module, the libraries of the core, and Spring Boot 3 in the place of 4. */
    private static String springBoot3() throws IOException {
        try (Stream<Path> jars = Files.list(Path.of("target/spring-boot-3"))) {
            return Stream.concat(
                            Stream.of(
                                            SpringBoot3Application.class,
                                            TaskstopAutoConfiguration.class,
                                            dev.taskstop.TaskClient.class,
                                            reactor.core.publisher.Flux.class,
                                            org.reactivestreams.Publisher.class,
                                            org.slf4j.Logger.class,
                                            ch.qos.logback.classic.Logger.class,
                                            ch.qos.logback.core.Appender.class)
                                    .map(FailureMessagesTest::location),
                            jars.sorted())
                    .map(Path::toString)
                    .collect(Collectors.joining(System.getProperty("path.separator")));
        }
    }

    private static Path location(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    static class OwnClient {

        @Bean(destroyMethod = "closeAsync")
        TaskClient ownClient(TaskClientBuilder builder) {
            return builder.build();
        }
    }

    static class BadAddress implements TaskstopConnectionDetails {

        @Override
        public URI getBaseUrl() {
            return URI.create("ftp://tasks.example");
        }

        @Override
        public String getApiKey() {
            return "bb_secret";
        }
    }

    static class BadKey implements TaskstopConnectionDetails {

        @Override
        public URI getBaseUrl() {
            return URI.create("https://tasks.example");
        }

        @Override
        public String getApiKey() {
            return "bb_secret with spaces";
        }
    }
}
