package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/** A Spring MVC application on Tomcat, in a process of its own and without WebFlux. */
class SpringMvcTest {

    private static final Pattern WEB_FLUX = Pattern.compile(
            "spring-webflux|spring-boot-(starter-)?(webflux|webclient|webtestclient|reactor-netty|http-client)");

    @Test
    void it_stops_tasks_tells_problems_and_health_and_stops_its_own_tasks_at_the_end() throws Exception {
        try (TaskServer server = TaskServer.start()) {
            List<String> taskIds = server.createTasks(3, Lifecycle.staysIn(Status.PROCESSING));
            Process process = ChildProcess.start(
                    ChildProcess.classPath(WEB_FLUX, Path.of("target/spring-mvc")),
                    MvcApplication.class,
                    "--server.port=0",
                    "--logging.level.root=INFO",
                    "--taskstop.api-key=" + server.key(),
                    "--taskstop.base-url=" + server.baseUrl(),
                    "--taskstop.problem-details.enabled=true",
                    "--management.endpoints.web.exposure.include=*",
                    "--management.endpoint.health.show-details=always");
            List<String> log = new ArrayList<>();
            try (BufferedReader output = process.inputReader()) {
                WebTestClient web = WebTestClient.bindToServer()
                        .baseUrl("http://127.0.0.1:" + port(output, log))
                        .responseTimeout(Signals.LIMIT)
                        .build();
                web.put()
                        .uri("/tasks/" + taskIds.get(2))
                        .exchange()
                        .expectStatus()
                        .isOk()
                        .expectBody();
                assertStops(web, "/reactive/" + taskIds.get(0));
                assertStops(web, "/blocking/" + taskIds.get(1));
                assertProblem(web, "/reactive/nobody-has-this-one");
                assertProblem(web, "/blocking/nobody-has-this-one");
                for (String accept : List.of("text/event-stream", "text/html", "application/x-ndjson")) {
                    assertProblem(web, "/reactive/nobody-has-this-one", accept);
                    assertProblem(web, "/blocking/nobody-has-this-one", accept);
                }
                web.get()
                        .uri("/actuator/health/taskstop")
                        .exchange()
                        .expectStatus()
                        .isOk()
                        .expectBody()
                        .jsonPath("$.details.lastOutcome")
                        .isEqualTo("not_found");
                web.get()
                        .uri("/actuator/taskstop")
                        .exchange()
                        .expectStatus()
                        .isOk()
                        .expectBody()
                        .jsonPath("$.clients.taskClient.tracked.count")
                        .isEqualTo(1);
                web.get()
                        .uri("/actuator/metrics/taskstop.stop")
                        .exchange()
                        .expectStatus()
                        .isOk()
                        .expectBody();

                process.toHandle().destroy();
                output.lines().forEach(log::add);
                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            } finally {
                process.destroyForcibly();
            }

            assertThat(taskIds).allMatch(id -> server.ledger().of(id).effectiveRequest() == 1);
            assertThat(log).anyMatch(line -> line.contains("Bulk stop ended: 1 stopped"));
        }
    }

    private static void assertStops(WebTestClient web, String path) {
        web.delete()
                .uri(path)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.taskId")
                .isNotEmpty();
    }

    private static void assertProblem(WebTestClient web, String path, String... accepted) {
        web.delete()
                .uri(path)
                .header("Accept", accepted)
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.reason")
                .isEqualTo("NOT_FOUND");
    }

    private static int port(BufferedReader output, List<String> log) throws Exception {
        Pattern started = Pattern.compile(".*Tomcat started on port (\\d+).*");
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            log.add(line);
            if (started.matcher(line).matches()) {
                return Integer.parseInt(started.matcher(line).replaceFirst("$1"));
            }
        }
        throw new AssertionError("The application did not start: " + String.join("\n", log));
    }
}
