package dev.taskstop.kafka;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.event.ListenerContainerPartitionIdleEvent;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * How many records of this instance's partitions are not committed. The broker is asked at an interval: a consumer that
 * is paused learns nothing new. The sum over all instances is what their group has to do. What is behind the last record
 * and is none, such as the end of a transaction, is never committed; a consumer that has nothing in hand is past it.
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
    /** Where consumers stood that had nothing in hand. */
    private final Map<TopicPartition, Long> idleAt = new ConcurrentHashMap<>();

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

    /** Called by the consumer's thread. One that waits for acknowledgements has its partitions paused. */
    @EventListener
    void idle(ListenerContainerPartitionIdleEvent event) {
        TopicPartition partition = event.getTopicPartition();
        Consumer<?, ?> consumer = event.getConsumer();
        if (consumer.paused().contains(partition)) {
            return;
        }
        try {
            idleAt.put(partition, consumer.position(partition, Duration.ZERO));
        } catch (TimeoutException e) {
            // It does not know yet where it begins.
        }
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
                // Where there is nobody to ask: it may be a name that is not known at the moment.
                .onErrorResume(Lag::unknown)
                .repeatWhen(ended -> ended.delayElements(interval))
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
        // A call may not take less time than a request, and the application may have set either of them.
        configuration.putIfAbsent(
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                configuration.getOrDefault(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, LONGEST_CALL_MILLIS));
        configuration.putIfAbsent(
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                configuration.get(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG));
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
                .map(answers ->
                        new Sample(lag(partitions, answers.getT1(), idleAt, answers.getT2(), answers.getT3()), null));
    }

    /** No reason to ask no more. */
    private static Mono<Sample> unknown(Throwable error) {
        return Mono.just(new Sample(
                null, NestedExceptionUtils.getMostSpecificCause(error).toString()));
    }

    static long lag(
            Set<TopicPartition> partitions,
            Map<TopicPartition, OffsetAndMetadata> committed,
            Map<TopicPartition, Long> idleAt,
            Map<TopicPartition, ListOffsetsResultInfo> begins,
            Map<TopicPartition, ListOffsetsResultInfo> ends) {
        long lag = 0;
        for (TopicPartition partition : partitions) {
            ListOffsetsResultInfo begin = begins.get(partition);
            ListOffsetsResultInfo end = ends.get(partition);
            OffsetAndMetadata next = committed.get(partition);
            if (begin != null && end != null) {
                long done = Math.max(next == null ? 0 : next.offset(), idleAt.getOrDefault(partition, 0L));
                // What the broker has deleted in the meantime is nobody's work any more.
                long from = Math.max(begin.offset(), done);
                // A topic that was made anew ends before the offset that was committed.
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
