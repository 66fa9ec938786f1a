package dev.taskstop.kafka;

import static dev.taskstop.kafka.TestKafka.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.kafka.event.ConsumerPausedEvent;
import org.springframework.kafka.event.ConsumerResumedEvent;
import org.springframework.kafka.event.KafkaEvent;
import reactor.core.publisher.Sinks;

class BackPressureTest {

    private static final int CONSUMERS = 2;
    private static final int POLL = 50;
    private static final int CONCURRENCY = 16;

    private final List<String> taskIds =
            IntStream.range(0, 1_000).mapToObj(i -> "task-" + i).toList();
    private final TestKafka kafka = new TestKafka();
    private final StubServer server = new StubServer();
    private final Sinks.Empty<Void> gate = server.stall();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void a_server_that_stalls_pauses_the_consumers_and_bounds_what_is_in_flight() throws Exception {
        Set<Object> paused = ConcurrentHashMap.newKeySet();
        Set<Object> resumed = ConcurrentHashMap.newKeySet();

        try (ConfigurableApplicationContext instance = startInstance()) {
            InFlight inFlight = instance.getBean(InFlight.class);
            TestKafka.pause(instance);
            kafka.send(taskIds);
            instance.addApplicationListener((ApplicationListener<KafkaEvent>) event -> {
                if (event instanceof ConsumerPausedEvent) {
                    paused.add(event.getSource());
                } else if (event instanceof ConsumerResumedEvent && paused.contains(event.getSource())) {
                    resumed.add(event.getSource());
                }
            });
            TestKafka.resume(instance);
            await().until(() -> paused.size() == CONSUMERS && server.requests() == CONCURRENCY);

            assertThat(inFlight.count()).isBetween(CONCURRENCY, CONSUMERS * POLL);
            assertThat(resumed).isEmpty();
            assertThat(kafka.committed()).isZero();
            assertThat(kafka.results()).isEmpty();

            gate.emitEmpty(Sinks.EmitFailureHandler.FAIL_FAST);
            await().until(() -> kafka.committed() == taskIds.size());

            assertThat(resumed).hasSize(CONSUMERS);
            assertThat(kafka.results()).extracting(TaskReport::taskId).containsExactlyInAnyOrderElementsOf(taskIds);
        }
    }

    @Test
    void what_does_not_end_in_time_when_the_instance_ends_is_neither_reported_nor_acknowledged() throws Exception {
        try (ConfigurableApplicationContext instance = startInstance("--taskstop.kafka.drain-timeout=500ms")) {
            sendAtOnce(instance);
            await().until(() -> instance.isRunning() && server.requests() == CONCURRENCY);
        }

        assertThat(kafka.committed()).isZero();
        assertThat(kafka.results()).isEmpty();
        assertThat(kafka.failed()).isEmpty();
    }

    @Test
    void a_rebalance_that_cannot_wait_ends_no_instance_and_keeps_what_is_in_flight_bounded() throws Exception {
        try (ConfigurableApplicationContext first = startInstance("--taskstop.kafka.drain-timeout=200ms")) {
            sendAtOnce(first);
            await().until(() ->
                    first.getBean(InFlight.class).count() == CONSUMERS * POLL && server.requests() == CONCURRENCY);

            try (ConfigurableApplicationContext second = startInstance("--taskstop.kafka.drain-timeout=200ms")) {
                TestKafka.awaitPartitions(first);
                await().until(() -> server.requests() == 2 * CONCURRENCY
                        && first.getBean(InFlight.class).count() > CONCURRENCY);

                assertThat(first.getBean(InFlight.class).count()).isLessThanOrEqualTo(CONSUMERS * POLL + CONCURRENCY);
                assertThat(second.getBean(InFlight.class).count()).isLessThanOrEqualTo(CONSUMERS * POLL + CONCURRENCY);

                gate.emitEmpty(Sinks.EmitFailureHandler.FAIL_FAST);
                await().until(() -> kafka.committed() == taskIds.size()
                        || !first.getBean(StopPipeline.class).isRunning());

                assertThat(first.getBean(StopPipeline.class).isRunning()).isTrue();
                assertThat(second.getBean(StopPipeline.class).isRunning()).isTrue();
                assertThat(first.getBean(InFlight.class).count()).isZero();
            }
        }
        assertThat(kafka.results()).extracting(TaskReport::taskId).containsAll(taskIds);
        assertThat(kafka.failed()).isEmpty();
    }

    private void sendAtOnce(ConfigurableApplicationContext instance) {
        TestKafka.pause(instance);
        kafka.send(taskIds);
        TestKafka.resume(instance);
    }

    private ConfigurableApplicationContext startInstance(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--taskstop.concurrency=" + CONCURRENCY,
                "--taskstop.request-timeout=2m",
                "--spring.kafka.consumer.max-poll-records=" + POLL));
        arguments.addAll(List.of(more));
        return kafka.start(server.baseUrl(), "bb_key", arguments.toArray(String[]::new));
    }
}
