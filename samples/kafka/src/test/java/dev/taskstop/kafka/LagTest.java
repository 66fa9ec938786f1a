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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    void what_a_consumer_with_nothing_in_hand_is_past_is_no_work() {
        assertThat(lag(0, 10, 8L, Map.of(PARTITION, 10L))).isZero();
        assertThat(lag(0, 12, 8L, Map.of(PARTITION, 10L))).isEqualTo(2);
        assertThat(lag(0, 12, 11L, Map.of(PARTITION, 10L))).isEqualTo(1);
        assertThat(lag(0, 12, null, Map.of(PARTITION, 10L))).isEqualTo(2);
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

    @ParameterizedTest
    @CsvSource({"request.timeout.ms, 30000", "default.api.timeout.ms, 100", "request.timeout.ms, 100"})
    void a_time_out_that_the_application_sets_leaves_somebody_to_ask(String name, String value) {
        expectAsking(consumers(null), Map.of("bootstrap.servers", "127.0.0.1:1", name, value));
    }

    @Test
    void nobody_to_ask_is_a_problem_that_is_told_and_looked_at_again() {
        AtomicInteger looked = new AtomicInteger();
        KafkaAdmin unknown = new KafkaAdmin(Map.of("bootstrap.servers", "nobody.invalid:9092")) {
            @Override
            public Map<String, Object> getConfigurationProperties() {
                looked.incrementAndGet();
                return super.getConfigurationProperties();
            }
        };
        Lag lag = lag(unknown, new KafkaListenerEndpointRegistry());
        lag.start();
        try {
            await().until(() -> looked.get() >= 3 && lag.sample().problem() != null);
            assertThat(lag.sample().problem()).contains("bootstrap");
            assertThat(lag.isRunning()).isTrue();
        } finally {
            lag.stop();
        }
        assertThat(lag.isRunning()).isFalse();
    }

    private void expectAsking(MessageListenerContainer consumers) {
        expectAsking(
                consumers,
                Map.of("bootstrap.servers", "127.0.0.1:1", "request.timeout.ms", 100, "default.api.timeout.ms", 100));
    }

    private void expectAsking(MessageListenerContainer consumers, Map<String, Object> nobody) {
        KafkaListenerEndpointRegistry registry = new KafkaListenerEndpointRegistry() {
            @Override
            public MessageListenerContainer getListenerContainer(String id) {
                questions.incrementAndGet();
                return consumers;
            }
        };
        Lag lag = lag(new KafkaAdmin(nobody), registry);
        lag.start();
        try {
            await().until(() -> questions.get() >= 3 && lag.sample().problem() != null);
            assertThat(lag.isRunning()).isTrue();
        } finally {
            lag.stop();
        }
    }

    private static Lag lag(KafkaAdmin kafka, KafkaListenerEndpointRegistry registry) {
        StopProperties properties =
                new StopProperties("ids", "results", "failed", "one", Duration.ZERO, Duration.ofMillis(10));
        return new Lag(kafka, registry, properties, new SimpleMeterRegistry());
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
        return lag(begin, end, committed, Map.of());
    }

    private static long lag(long begin, long end, @Nullable Long committed, Map<TopicPartition, Long> idleAt) {
        return Lag.lag(
                Set.of(PARTITION),
                committed == null ? Map.of() : Map.of(PARTITION, new OffsetAndMetadata(committed)),
                idleAt,
                Map.of(PARTITION, offset(begin)),
                Map.of(PARTITION, offset(end)));
    }

    private static ListOffsetsResultInfo offset(long offset) {
        return new ListOffsetsResultInfo(offset, -1, Optional.empty());
    }
}
