package dev.taskstop.kafka;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * How many records of this instance's partitions are not committed. The broker is asked at an interval: a consumer that
 * is paused learns nothing new. The sum over all instances is what their group has to do.
 */
@Component
class Lag implements SmartLifecycle {

    /** What the broker said last. Without a count when it gave no answer, and then with the problem. */
    record Sample(@Nullable Long records, @Nullable String problem) {}

    static final String GAUGE = "taskstop.kafka.lag";

    private static final Sample NONE_YET = new Sample(null, null);
    private static final int LONGEST_CALL_MILLIS = 5_000;

    private final KafkaAdmin kafka;
    private final KafkaListenerEndpointRegistry registry;
    private final Duration interval;
    private volatile Sample sample = NONE_YET;
    private volatile Disposable sampling = Disposables.disposed();

    Lag(KafkaAdmin kafka, KafkaListenerEndpointRegistry registry, StopProperties properties, MeterRegistry meters) {
        this.kafka = kafka;
        this.registry = registry;
        this.interval = properties.lagInterval();
        Gauge.builder(GAUGE, this, Lag::value)
                .description("Records of this instance's partitions that are not committed.")
                .register(meters);
    }

    Sample sample() {
        return sample;
    }

    private double value() {
        Long records = sample.records();
        return records == null ? Double.NaN : records;
    }

    @Override
    public void start() {
        sampling = Flux.using(
                        this::admin,
                        admin -> Flux.interval(Duration.ZERO, interval)
                                .onBackpressureDrop()
                                .concatMap(tick -> Mono.defer(() -> ask(admin)).onErrorResume(Lag::unknown), 1),
                        admin -> admin.close(Duration.ZERO))
                .subscribe(asked -> sample = asked);
    }

    @Override
    public void stop() {
        sampling.dispose();
    }

    @Override
    public boolean isRunning() {
        return !sampling.isDisposed();
    }

    private Admin admin() {
        Map<String, Object> configuration = new HashMap<>(kafka.getConfigurationProperties());
        configuration.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, LONGEST_CALL_MILLIS);
        configuration.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, LONGEST_CALL_MILLIS);
        return Admin.create(configuration);
    }

    private Mono<Sample> ask(Admin admin) {
        MessageListenerContainer consumers = registry.getListenerContainer(StopPipeline.CONSUMERS);
        Collection<TopicPartition> assigned = consumers == null ? null : consumers.getAssignedPartitions();
        String group = consumers == null ? null : consumers.getGroupId();
        // One that was taken from a consumer which has not heard of it yet is there twice.
        Set<TopicPartition> partitions = assigned == null ? Set.of() : Set.copyOf(assigned);
        if (group == null) {
            return Mono.just(NONE_YET);
        }
        return Mono.zip(
                        result(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()),
                        offsets(admin, partitions, OffsetSpec.earliest()),
                        offsets(admin, partitions, OffsetSpec.latest()))
                .map(answers -> new Sample(lag(partitions, answers.getT1(), answers.getT2(), answers.getT3()), null));
    }

    /** No reason to ask no more. */
    private static Mono<Sample> unknown(Throwable error) {
        return Mono.just(new Sample(null, error.toString()));
    }

    static long lag(
            Set<TopicPartition> partitions,
            Map<TopicPartition, OffsetAndMetadata> committed,
            Map<TopicPartition, ListOffsetsResultInfo> begins,
            Map<TopicPartition, ListOffsetsResultInfo> ends) {
        long lag = 0;
        for (TopicPartition partition : partitions) {
            ListOffsetsResultInfo begin = begins.get(partition);
            ListOffsetsResultInfo end = ends.get(partition);
            OffsetAndMetadata next = committed.get(partition);
            if (begin != null && end != null) {
                // What the broker has deleted in the meantime is nobody's work any more; a topic that was made anew
                // ends
                // before the offset that was committed.
                long from = Math.max(begin.offset(), next == null ? 0 : next.offset());
                lag += Math.max(0, end.offset() - from);
            }
        }
        return lag;
    }

    private static Mono<Map<TopicPartition, ListOffsetsResultInfo>> offsets(
            Admin admin, Set<TopicPartition> partitions, OffsetSpec which) {
        return result(admin.listOffsets(partitions.stream().collect(Collectors.toMap(one -> one, one -> which)))
                .all());
    }

    private static <T> Mono<T> result(KafkaFuture<T> future) {
        return Mono.fromCompletionStage(future.toCompletionStage());
    }
}
