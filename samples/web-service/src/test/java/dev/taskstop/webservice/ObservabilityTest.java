package dev.taskstop.webservice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.junit.TaskstopTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.annotation.DirtiesContext.ClassMode;
import org.springframework.test.web.reactive.server.WebTestClient;

/** In a context of its own: an example of a trace is kept for some time, so the first stop of all is the one seen. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@DirtiesContext(classMode = ClassMode.BEFORE_CLASS)
@AutoConfigureWebTestClient
@TaskstopTest
class ObservabilityTest {

    private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

    @Autowired
    WebTestClient web;

    @Autowired
    TaskServer server;

    @Test
    void the_actuator_shows_the_stop_and_the_trace_of_the_request_that_it_was_made_in() {
        web.delete()
                .uri("/tasks/"
                        + server.createTasks(1, Lifecycle.staysIn(Status.PROCESSING))
                                .get(0))
                .header("traceparent", "00-" + TRACE_ID + "-00f067aa0ba902b7-01")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody();

        String metrics = String.valueOf(web.get()
                .uri("/actuator/prometheus")
                .header("Accept", "application/openmetrics-text; version=1.0.0")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody());

        assertThat(metrics).contains("taskstop_gate_limit_requests{");
        assertThat(metrics.lines())
                .anySatisfy(line -> assertThat(line)
                        .startsWith("taskstop_stop_seconds_count")
                        .contains("outcome=\"stopped\"", "trace_id=\"" + TRACE_ID + "\""));
    }
}
