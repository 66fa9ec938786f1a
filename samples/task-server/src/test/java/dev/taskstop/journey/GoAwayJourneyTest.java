package dev.taskstop.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import dev.taskstop.server.FaultKind;
import dev.taskstop.server.Faults;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class GoAwayJourneyTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final AtomicInteger connections = new AtomicInteger();

    private TaskClientBuilder client(TaskServer server, boolean http2) {
        TaskClientBuilder builder = TaskClient.builder()
                .baseUrl(server.baseUrl())
                .apiKey(server.key())
                .httpClient(
                        http -> http.doOnChannelInit((observer, channel, address) -> connections.incrementAndGet()));
        return http2 ? builder.http2PriorKnowledge() : builder;
    }

    private static TaskServer server(double rate) {
        return TaskServer.start(
                TaskServerOptions.defaults().withFaults(Faults.none().with(FaultKind.GO_AWAY, rate)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_connection_that_is_told_to_go_away_is_not_used_again(boolean http2) {
        try (TaskServer server = server(1)) {
            TaskClient client = client(server, http2).concurrency(1).build();

            StepVerifier.create(client.stopAll(
                            Flux.fromIterable(server.createTasks(5, Lifecycle.staysIn(Status.PROCESSING)))))
                    .expectNextCount(5)
                    .expectComplete()
                    .verify(LIMIT);

            assertThat(server.ledger().tasks()).allMatch(entry -> entry.effectiveRequest() == 1);
            assertThat(connections).hasValue(5);
            StepVerifier.create(client.closeAsync()).expectComplete().verify(LIMIT);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_is_in_flight_beside_the_last_answer_is_stopped_and_reported_all_the_same(boolean http2) {
        try (TaskServer server = server(0.002)) {
            List<String> ids = server.createTasks(2_000, Lifecycle.staysIn(Status.PROCESSING));
            TaskClient client = client(server, http2).build();
            List<StopResult> results = new ArrayList<>();

            StepVerifier.create(client.stopAll(Flux.fromIterable(ids)).doOnNext(results::add))
                    .thenConsumeWhile(result -> true)
                    .expectComplete()
                    .verify(LIMIT);

            assertThat(results).allMatch(Stopped.class::isInstance);
            assertThat(results).extracting(StopResult::taskId).containsExactlyInAnyOrderElementsOf(ids);
            assertThat(server.ledger().totals().faults().get(FaultKind.GO_AWAY)).isPositive();
            StepVerifier.create(client.closeAsync()).expectComplete().verify(LIMIT);
        }
    }
}
