package dev.taskstop.kafka;

import static dev.taskstop.kafka.TestKafka.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.listener.MessageListenerContainer;

class LagTest {

    private static final TopicPartition PARTITION = new TopicPartition("ids", 0);

    private final AtomicInteger questions = new AtomicInteger();

    @Test
    void records_that_are_not_committed_and_still_there_are_counted() {
        assertThat(lag(0, 10, null)).isEqualTo(10);
        assertThat(lag(0, 10, 4L)).isEqualTo(6);
        assertThat(lag(7, 10, 4L)).isEqualTo(3);
        assertThat(lag(0, 10, 10L)).isZero();
    }

    @Test
    void a_topic_that_was_made_anew_does_not_count_below_zero() {
        assertThat(lag(0, 10, 400L)).isZero();
        assertThat(lag(0, 0, 400L)).isZero();
    }

    @Test
    void a_partition_that_two_consumers_claim_for_a_moment_does_not_end_the_asking() {
        expectAsking(consumers(List.of(PARTITION, PARTITION)));
    }

    @Test
    void a_question_that_fails_does_not_end_the_asking() {
        expectAsking(consumers(null));
    }

    private void expectAsking(MessageListenerContainer consumers) {
        KafkaListenerEndpointRegistry registry = new KafkaListenerEndpointRegistry() {
            @Override
            public MessageListenerContainer getListenerContainer(String id) {
                questions.incrementAndGet();
                return consumers;
            }
        };
        Map<String, Object> nobody =
                Map.of("bootstrap.servers", "127.0.0.1:1", "request.timeout.ms", 100, "default.api.timeout.ms", 100);
        StopProperties properties =
                new StopProperties("ids", "results", "failed", "one", Duration.ZERO, Duration.ofMillis(10));
        Lag lag = new Lag(new KafkaAdmin(nobody), registry, properties, new SimpleMeterRegistry());
        lag.start();
        try {
            await().until(() -> questions.get() >= 3 && lag.sample().problem() != null);
            assertThat(lag.isRunning()).isTrue();
        } finally {
            lag.stop();
        }
    }

    /** @param partitions what they have; null where that cannot be told */
    private static MessageListenerContainer consumers(@Nullable List<TopicPartition> partitions) {
        return (MessageListenerContainer) Proxy.newProxyInstance(
                LagTest.class.getClassLoader(),
                new Class<?>[] {MessageListenerContainer.class},
                (proxy, method, args) -> switch (method.getName()) {
                    case "getGroupId" -> "group";
                    case "getAssignedPartitions" -> {
                        if (partitions == null) {
                            throw new IllegalStateException("not now");
                        }
                        yield partitions;
                    }
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static long lag(long begin, long end, @Nullable Long committed) {
        return Lag.lag(
                Set.of(PARTITION),
                committed == null ? Map.of() : Map.of(PARTITION, new OffsetAndMetadata(committed)),
                Map.of(PARTITION, offset(begin)),
                Map.of(PARTITION, offset(end)));
    }

    private static ListOffsetsResultInfo offset(long offset) {
        return new ListOffsetsResultInfo(offset, -1, Optional.empty());
    }
}
