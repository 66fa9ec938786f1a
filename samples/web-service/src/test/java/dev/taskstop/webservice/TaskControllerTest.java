package dev.taskstop.webservice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.ActiveTasks;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.junit.TaskstopTest;
import dev.taskstop.webservice.TaskController.Outcome;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureWebTestClient
@TaskstopTest
class TaskControllerTest {

    @Autowired
    WebTestClient web;

    @Autowired
    TaskServer server;

    @Autowired
    ActiveTasks activeTasks;

    @Autowired
    Environment environment;

    private List<String> running(int count) {
        return server.createTasks(count, Lifecycle.staysIn(Status.PROCESSING));
    }

    @Test
    void a_task_is_stopped() {
        String taskId = running(1).get(0);

        web.delete()
                .uri("/tasks/" + taskId)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.taskId")
                .isEqualTo(taskId);

        assertThat(server.ledger().of(taskId).effectiveRequest()).isEqualTo(1);
    }

    @Test
    void a_task_that_is_not_there_is_not_found() {
        web.delete()
                .uri("/tasks/nobody-has-this-one")
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectBody()
                .jsonPath("$.detail")
                .isNotEmpty();
    }

    @Test
    void many_tasks_are_stopped_and_each_is_told_of() {
        List<String> taskIds = running(500);

        List<Outcome> outcomes = web.post()
                .uri("/stops")
                .contentType(MediaType.TEXT_PLAIN)
                .bodyValue(String.join("\n", taskIds))
                .exchange()
                .expectStatus()
                .isOk()
                .expectBodyList(Outcome.class)
                .returnResult()
                .getResponseBody();

        assertThat(outcomes).isNotNull().extracting(Outcome::taskId).containsExactlyInAnyOrderElementsOf(taskIds);
        assertThat(taskIds)
                .allSatisfy(id ->
                        assertThat(server.ledger().of(id).effectiveRequest()).isEqualTo(1));
    }

    @Test
    void a_task_of_its_own_is_tracked() {
        String taskId = running(1).get(0);

        web.put().uri("/tasks/" + taskId).exchange().expectStatus().isAccepted().expectBody();

        assertThat(activeTasks.taskIds()).contains(taskId);
    }

    /** A caller's mistakes are told to be the caller's, and nothing is promised. */
    @ParameterizedTest
    @CsvSource({
        "DELETE, /tasks/a%0Ab",
        "PUT, /tasks/a%0Ab",
        "GET, /tasks/a%0Ab/outcome",
        "GET, /tasks/t1/outcome?timeout=0s",
        "GET, /tasks/t1/outcome?timeout=-1s",
        "GET, /tasks/t1/outcome?timeout=100000000d",
        "GET, /tasks/t1/outcome?timeout=soon"
    })
    void what_cannot_be_done_is_a_bad_request(String method, String path) {
        int port = Objects.requireNonNull(environment.getProperty("local.server.port", Integer.class));
        web.method(HttpMethod.valueOf(method))
                // As it is: a text would be encoded once more.
                .uri(URI.create("http://127.0.0.1:" + port + path))
                .exchange()
                .expectStatus()
                .isBadRequest()
                .expectBody();
    }
}
