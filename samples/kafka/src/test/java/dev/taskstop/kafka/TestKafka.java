package dev.taskstop.kafka;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.kafka.support.serializer.JacksonJsonDeserializer;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** Topics and a group of their own for each test, on one broker for all of them. */
final class TestKafka {

    private static final int PARTITIONS = 8;
    private static final EmbeddedKafkaKraftBroker BROKER = startBroker();
    private static final AtomicInteger TESTS = new AtomicInteger();

    private final String name = "test-" + TESTS.incrementAndGet();
    private final String ids = name + ".ids";
    private final String results = name + ".results";
    private final String failed = name + ".failed";

    TestKafka() {
        BROKER.addTopics(Stream.of(ids, results, failed)
                .map(topic -> new NewTopic(topic, PARTITIONS, (short) 1))
                .toArray(NewTopic[]::new));
        awaitLogs();
    }

    /** A topic is known before its partitions can be written to, which confuses an idempotent producer. */
    private void awaitLogs() {
        Map<TopicPartition, OffsetSpec> ends = Stream.of(ids, results, failed)
                .flatMap(topic -> partitions(topic).stream())
                .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKER.getBrokersAsString()))) {
            await().ignoreExceptions()
                    .until(() -> admin.listOffsets(ends).all().get().size() == ends.size());
        }
    }

    static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
    }

    /**
     * Starts an instance in this process, and waits until each of its consumers has its partitions: before that a first
     * consumer may have been given all of them, and loses some when the next one joins.
     */
    ConfigurableApplicationContext start(URI baseUrl, String key, String... more) {
        List<String> arguments = arguments(baseUrl, more);
        arguments.add("--taskstop.api-key=" + key);
        ConfigurableApplicationContext instance =
                SpringApplication.run(StopInstance.class, arguments.toArray(String[]::new));
        awaitPartitions(instance);
        return instance;
    }

    static void awaitPartitions(ConfigurableApplicationContext instance) {
        await().until(() -> consumers(instance).getContainers().stream()
                .map(MessageListenerContainer::getAssignedPartitions)
                .noneMatch(partitions -> partitions == null || partitions.isEmpty()));
    }

    /** Holds the consumers of an instance back, so that the first poll of each finds all that is sent meanwhile. */
    static void pause(ConfigurableApplicationContext instance) {
        consumers(instance).pause();
        await().until(() -> consumers(instance).isContainerPaused());
    }

    static void resume(ConfigurableApplicationContext instance) {
        consumers(instance).resume();
    }

    private static ConcurrentMessageListenerContainer<?, ?> consumers(ConfigurableApplicationContext instance) {
        return (ConcurrentMessageListenerContainer<?, ?>) Objects.requireNonNull(
                instance.getBean(KafkaListenerEndpointRegistry.class).getListenerContainer("stops"));
    }

    List<String> arguments(URI baseUrl, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.kafka.bootstrap-servers=" + BROKER.getBrokersAsString(),
                "--spring.kafka.consumer.group-id=" + name,
                "--spring.kafka.listener.concurrency=2",
                "--spring.main.register-shutdown-hook=false",
                "--taskstop.base-url=" + baseUrl,
                "--taskstop.kafka.ids-topic=" + ids,
                "--taskstop.kafka.results-topic=" + results,
                "--taskstop.kafka.failed-topic=" + failed));
        arguments.addAll(Arrays.asList(more));
        return arguments;
    }

    void send(List<? extends @Nullable String> taskIds) {
        try (KafkaProducer<String, @Nullable String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", BROKER.getBrokersAsString()),
                new StringSerializer(),
                new StringSerializer())) {
            taskIds.forEach(taskId -> {
                var unused = producer.send(new ProducerRecord<>(ids, taskId, taskId));
            });
        }
    }

    List<TaskReport> results() {
        return read(results);
    }

    List<TaskReport> failed() {
        return read(failed);
    }

    /** How many ids the group has committed. */
    long committed() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKER.getBrokersAsString()))) {
            return admin.listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata().get().values().stream()
                    .mapToLong(offset -> offset == null ? 0 : offset.offset())
                    .sum();
        }
    }

    private static List<TaskReport> read(String topic) {
        List<TaskReport> reports = new ArrayList<>();
        try (KafkaConsumer<String, TaskReport> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", BROKER.getBrokersAsString()),
                new StringDeserializer(),
                new JacksonJsonDeserializer<>(TaskReport.class, false))) {
            List<TopicPartition> partitions = partitions(topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> reports.add(record.value()));
            }
        }
        return reports;
    }

    private static List<TopicPartition> partitions(String topic) {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    private static EmbeddedKafkaKraftBroker startBroker() {
        EmbeddedKafkaKraftBroker broker = new EmbeddedKafkaKraftBroker(1, PARTITIONS);
        broker.brokerListProperty("taskstop.test.broker").afterPropertiesSet();
        Runtime.getRuntime().addShutdownHook(new Thread(broker::destroy));
        return broker;
    }
}
