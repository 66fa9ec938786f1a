package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
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
                        "baseUrl is plain http to tasks.example",
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
                .contains("APPLICATION FAILED TO START", "over https, HTTP/2 is negotiated without it")
                .doesNotContain("\tat ", "bb_secret");
    }

    @Test
    void spring_boot_3_is_refused_in_its_own_process() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        springBoot3(),
                        SpringBoot3Application.class.getName())
                .redirectErrorStream(true)
                .start();
        String output;
        try (BufferedReader reader = process.inputReader()) {
            output = reader.lines().collect(Collectors.joining("\n"));
        }

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(output)
                .contains("APPLICATION FAILED TO START", "is for Spring Boot 4", "runs on Spring Boot 3")
                .doesNotContain("\tat ");
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
}
