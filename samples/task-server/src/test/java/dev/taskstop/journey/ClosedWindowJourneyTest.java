package dev.taskstop.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.TaskClient;
import dev.taskstop.server.FaultKind;
import dev.taskstop.server.Faults;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** A server of HTTP/2 that answers and leaves no room for the next body: what is being written must end in time, too. */
class ClosedWindowJourneyTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Bodies of 17 bytes: after 3,855 of them, a connection that is given nothing back is full. */
    private static final int MORE_THAN_A_CONNECTION_TAKES = 5_000;

    @ParameterizedTest
    @EnumSource(
            value = FaultKind.class,
            names = {"CLOSED_WINDOW", "CLOSED_CONNECTION_WINDOW"})
    void what_cannot_be_written_ends_in_its_time_out_and_each_result_is_true(FaultKind kind) {
        int count = kind == FaultKind.CLOSED_WINDOW ? 5 : MORE_THAN_A_CONNECTION_TAKES;
        try (TaskServer server = TaskServer.start(
                TaskServerOptions.defaults().withFaults(Faults.none().with(kind, 1)))) {
            List<String> ids = server.createTasks(count, Lifecycle.staysIn(Status.PROCESSING));
            TaskClient client = TaskClient.builder()
                    .baseUrl(server.baseUrl())
                    .apiKey(server.key())
                    .http2PriorKnowledge()
                    .concurrency(1)
                    .requestTimeout(Duration.ofMillis(500))
                    .build();
            List<StopResult> results = new ArrayList<>();

            StepVerifier.create(client.stopAll(Flux.fromIterable(ids)).doOnNext(results::add))
                    .expectNextCount(count)
                    .expectComplete()
                    .verify(LIMIT);

            assertThat(results).extracting(StopResult::taskId).containsExactlyInAnyOrderElementsOf(ids);
            assertThat(results)
                    .allSatisfy(result -> assertThat(result instanceof Stopped)
                            .as("%s", result)
                            .isEqualTo(server.ledger().of(result.taskId()).effectiveRequest() > 0));
            // Something did get stuck.
            assertThat(results).anyMatch(result -> !(result instanceof Stopped stopped) || stopped.attempts() > 1);
            StepVerifier.create(client.closeAsync()).expectComplete().verify(LIMIT);
        }
    }
}
