package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Applications that lack what is optional: not hidden from conditions only, but nowhere on their class path. */
class AbsentLibrariesTest {

    private static final String ACTUATOR = "spring-boot-actuator|spring-boot-health|spring-boot-micrometer";

    @ParameterizedTest
    @ValueSource(
            strings = {
                ACTUATOR,
                ACTUATOR + "|micrometer-core",
                "spring-boot-webclient|spring-boot-http-client",
                "spring-webflux|spring-boot-webflux|spring-boot-webclient|spring-boot-reactor|spring-boot-http",
                ACTUATOR + "|micrometer-core|spring-web|spring-boot-web|spring-boot-reactor|spring-boot-http|httpc"
            })
    void an_application_without_them_starts_and_ends_in_order(String absent) throws Exception {
        Process process = ChildProcess.start(
                ChildProcess.classPath(Pattern.compile(absent)),
                SpringBoot3Application.class,
                "--spring.main.web-application-type=none",
                "--taskstop.api-key=bb_secret",
                "--taskstop.sweeps[0].name=forgotten",
                "--taskstop.sweeps[0].every=1h",
                "--taskstop.sweeps[0].older-than=6h",
                "--taskstop.base-url=http://127.0.0.1:9",
                "--taskstop.shutdown.grace=500ms",
                "--taskstop.problem-details.enabled=true",
                "--logging.level.dev.taskstop.spring=INFO");
        String output = ChildProcess.output(process);

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(output)
                .contains("Started SpringBoot3Application")
                .doesNotContain("APPLICATION FAILED TO START", "Caused by: ");
        assertThat(process.exitValue()).isZero();
    }
}
