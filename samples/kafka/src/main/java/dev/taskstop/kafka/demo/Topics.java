package dev.taskstop.kafka.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskstop.kafka.TaskReport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.support.serializer.JacksonJsonDeserializer;

/** What a user of the instances does with their topics: sends ids, reads results, and looks at the group. */
final class Topics implements AutoCloseable {

    static final String IDS = "taskstop.ids";
    static final String RESULTS = "taskstop.results";
    static final String FAILED = "taskstop.failed";
    static final String GROUP = "taskstop";

    /** Values that are no ids, and whose reports would be too large for the broker, or not to be written at all. */
    static final List<byte[]> POISON = List.of(
            "x".repeat(600_000).getBytes(UTF_8),
            "\u0001".repeat(200_000).getBytes(UTF_8),
            new byte[] {'t', 'a', 's', 'k', '-', (byte) 0xFF},
            "{\"id\":\"task-\\ud800\"}".getBytes(UTF_8),
            "{\"id\":17}".getBytes(UTF_8));

    private static final Duration POLL = Duration.ofMillis(200);

    private final String bootstrapServers;
    private final Admin admin;
    private final KafkaConsumer<String, TaskReport> reports;

    Topics(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
        this.reports = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new StringDeserializer(),
                new JacksonJsonDeserializer<>(TaskReport.class, false));
        List<TopicPartition> partitions =
                Stream.of(RESULTS, FAILED).flatMap(this::partitions).toList();
        reports.assign(partitions);
        reports.seekToBeginning(partitions);
    }

    /** Waits until the group has so many members, and has shared out the partitions. */
    void awaitMembers(int count, Duration timeout) throws IOException, ExecutionException, InterruptedException {
        long start = System.nanoTime();
        while (stableMembers() != count) {
            if (System.nanoTime() - start > timeout.toNanos()) {
                throw new IOException("The group does not have " + count + " members");
            }
            reports.poll(POLL);
        }
    }

    private int stableMembers() throws ExecutionException, InterruptedException {
        try {
            return admin.describeConsumerGroups(List.of(GROUP)).all().get().values().stream()
                    .filter(group -> group.groupState() == GroupState.STABLE)
                    .mapToInt(group -> group.members().size())
                    .sum();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return 0;
            }
            throw e;
        }
    }

    /**
     * Sends records that name no task, and then ids, each as the key too, so that the same id always goes to the same
     * instance.
     */
    void send(List<String> taskIds) throws ExecutionException, InterruptedException {
        try (KafkaProducer<byte @Nullable [], byte @Nullable []> producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (byte[] value : POISON) {
                sent.add(producer.send(new ProducerRecord<>(IDS, value)));
            }
            sent.add(producer.send(new ProducerRecord<>(IDS, "a tombstone".getBytes(UTF_8), null)));
            for (String taskId : taskIds) {
                byte[] bytes = taskId.getBytes(UTF_8);
                sent.add(producer.send(new ProducerRecord<>(IDS, bytes, bytes)));
            }
            for (Future<RecordMetadata> one : sent) {
                one.get();
            }
        }
    }

    /** Takes what results there are. */
    void poll(Reports into) {
        ConsumerRecords<String, TaskReport> records = reports.poll(POLL);
        records.forEach(record -> into.add(record.value(), record.timestamp()));
    }

    /** Takes all results there are now. */
    void pollToEnd(Reports into) {
        Map<TopicPartition, Long> end = reports.endOffsets(reports.assignment());
        while (end.entrySet().stream().anyMatch(last -> reports.position(last.getKey()) < last.getValue())) {
            poll(into);
        }
    }

    /** Tells whether the group has committed everything. */
    boolean isCommittedToEnd() throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(GROUP)
                .partitionsToOffsetAndMetadata()
                .get();
        Map<TopicPartition, Long> ends = reports.endOffsets(partitions(IDS).collect(Collectors.toSet()));
        return ends.entrySet().stream().allMatch(end -> {
            OffsetAndMetadata offset = committed.get(end.getKey());
            return (offset == null ? 0 : offset.offset()) == end.getValue();
        });
    }

    private Stream<TopicPartition> partitions(String topic) {
        return reports.partitionsFor(topic).stream().map(partition -> new TopicPartition(topic, partition.partition()));
    }

    @Override
    public void close() {
        reports.close();
        admin.close();
    }
}
