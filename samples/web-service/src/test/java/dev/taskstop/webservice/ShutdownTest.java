package dev.taskstop.webservice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.test.StepVerifier;

/** The service as a process of its own, ended by a signal while it is busy. */
class ShutdownTest {

    private static final int OWN_TASKS = 300;
    private static final int REQUESTS = 100;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int PHASE_BUDGET_SECONDS = 30;

    @Test
    void a_service_that_is_terminated_under_load_finishes_requests_then_stops_its_tasks_then_ends_well()
            throws Exception {
        try (TaskServer server = TaskServer.start()) {
            List<String> own = server.createTasks(OWN_TASKS, Lifecycle.staysIn(Status.PROCESSING));
            List<String> awaited = server.createTasks(REQUESTS, Lifecycle.staysIn(Status.PROCESSING));
            List<String> log;
            try (ServiceProcess process = ServiceProcess.start(server)) {
                WebClient service = client(process.port());
                Flux.fromIterable(own)
                        .flatMap(
                                id -> service.put()
                                        .uri("/tasks/" + id)
                                        .retrieve()
                                        .toBodilessEntity(),
                                50)
                        .blockLast(LIMIT);
                Mono<List<HttpStatusCode>> answers = Flux.fromIterable(awaited)
                        .flatMap(
                                id -> service.get()
                                        .uri("/tasks/" + id + "/outcome?timeout=3s")
                                        .retrieve()
                                        .toEntity(String.class)
                                        .map(ResponseEntity::getStatusCode),
                                REQUESTS)
                        .collectList()
                        .cache();
                answers.subscribe();
                untilBusy(service);

                long begin = System.nanoTime();
                process.terminate();

                StepVerifier.create(answers)
                        .assertNext(statuses ->
                                assertThat(statuses).hasSize(REQUESTS).allMatch(status -> status.value() == 200))
                        .expectComplete()
                        .verify(LIMIT);
                log = process.logAtEnd(PHASE_BUDGET_SECONDS);
                long millis = (System.nanoTime() - begin) / 1_000_000;
                System.out.printf("Ended %d ms after the signal%n", millis);
                assertThat(millis).isLessThan(PHASE_BUDGET_SECONDS * 1_000L);
            }

            assertThat(own)
                    .allSatisfy(id -> assertThat(server.ledger().of(id).effectiveRequest())
                            .isEqualTo(1));
            assertThat(awaited)
                    .allSatisfy(id -> assertThat(server.ledger().of(id).effectiveRequest())
                            .isEqualTo(1));
            assertThat(log.stream()
                            .map(line -> line.replaceFirst(".* : ", ""))
                            .filter(line -> line.startsWith("Commencing graceful shutdown")
                                    || line.startsWith("Graceful shutdown complete")
                                    || line.startsWith("Stopping ")
                                    || line.startsWith("Tracked tasks: ")))
                    .satisfiesExactly(
                            line -> assertThat(line).startsWith("Commencing graceful shutdown"),
                            line -> assertThat(line).startsWith("Graceful shutdown complete"),
                            line -> assertThat(line).startsWith("Stopping 300 tracked tasks"),
                            line -> assertThat(line).startsWith("Tracked tasks: 300 stopped"));
            assertThat(log).noneMatch(line -> line.contains(server.key()));
        }
    }

    private static WebClient client(int port) {
        ConnectionProvider connections = ConnectionProvider.builder("load")
                .maxConnections(REQUESTS + 1)
                .pendingAcquireMaxCount(-1)
                .build();
        return WebClient.builder()
                .baseUrl("http://127.0.0.1:" + port)
                .clientConnector(new org.springframework.http.client.reactive.ReactorClientHttpConnector(
                        HttpClient.create(connections)))
                .build();
    }

    /** Waits until all requests are in the service's hands: the one that asks is counted too. */
    private static void untilBusy(WebClient service) {
        service.get()
                .uri("/actuator/metrics/http.server.requests.active")
                .retrieve()
                .bodyToMono(String.class)
                .onErrorReturn("")
                .map(metric -> metric.matches("(?s).*\"ACTIVE_TASKS\",\"value\":" + (REQUESTS + 1) + "\\.0.*"))
                .repeatWhen(asked -> asked.delayElements(Duration.ofMillis(20)))
                .filter(busy -> busy)
                .blockFirst(LIMIT);
    }
}
