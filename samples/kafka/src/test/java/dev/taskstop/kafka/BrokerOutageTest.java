package dev.taskstop.kafka;

import static dev.taskstop.kafka.TestKafka.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.kafka.TaskReport.Outcome;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.core.publisher.Sinks;

class BrokerOutageTest {

    private static final int CONCURRENCY = 16;

    private final List<String> taskIds =
            IntStream.range(0, 200).mapToObj(i -> "task-" + i).toList();

    @Test
    void a_broker_that_gives_no_answer_for_a_while_costs_no_id_and_no_report() throws Exception {
        try (BrokerProcess broker = new BrokerProcess();
                StubServer server = new StubServer()) {
            TestKafka kafka = new TestKafka(broker.servers());
            Sinks.Empty<Void> gate = server.stall();
            try (ConfigurableApplicationContext instance = kafka.start(
                    server.baseUrl(),
                    "bb_key",
                    "--taskstop.concurrency=" + CONCURRENCY,
                    "--taskstop.request-timeout=2m",
                    "--taskstop.kafka.lag-interval=100ms",
                    "--spring.kafka.properties.request.timeout.ms=2000")) {
                KafkaHealthIndicator health = instance.getBean(KafkaHealthIndicator.class);
                kafka.send(taskIds);
                await().until(() ->
                        server.requests() == CONCURRENCY && status(health).equals(Status.UP));

                broker.pause();
                await().until(() -> status(health).equals(Status.DOWN));
                // All that was delivered is stopped meanwhile, and its reports have to wait.
                gate.emitEmpty(Sinks.EmitFailureHandler.FAIL_FAST);
                await().until(() -> server.requests() > CONCURRENCY);
                broker.resume();

                await().until(() ->
                        kafka.committed() == taskIds.size() && status(health).equals(Status.UP));
                assertThat(kafka.results())
                        .allMatch(report -> report.outcome() == Outcome.STOPPED)
                        .extracting(TaskReport::taskId)
                        .containsExactlyInAnyOrderElementsOf(taskIds);
                assertThat(kafka.failed()).isEmpty();
                await().until(() ->
                        Objects.equals(instance.getBean(Lag.class).sample().records(), 0L));
                assertThat(instance.getBean(InFlight.class).count()).isZero();
            }
        }
    }

    private static Status status(KafkaHealthIndicator health) {
        return Objects.requireNonNull(health.health()).getStatus();
    }
}
