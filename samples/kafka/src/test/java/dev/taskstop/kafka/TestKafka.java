package dev.taskstop.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
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

/** Topics and a group of their own for each test, on one broker for all of them, or on one that the test ends. */
final class TestKafka {

    private static final int PARTITIONS = 8;
    private static final AtomicInteger TESTS = new AtomicInteger();

    private final String name = "test-" + TESTS.incrementAndGet();
    private final String ids = name + ".ids";
    private final String results = name + ".results";
    private final String failed = name + ".failed";
    private final Map<TopicPartition, Long> passedOver = new HashMap<>();
    private final String servers;

    /** The broker of all tests. */
    private static final class Shared {
        static final String SERVERS = startBroker();
    }

    TestKafka() {
        this(Shared.SERVERS);
    }

    TestKafka(String servers) {
        this.servers = servers;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.createTopics(Stream.of(ids, results, failed)
                            .map(topic -> new NewTopic(topic, PARTITIONS, (short) 1))
                            .toList())
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        awaitLogs();
    }

    /** A topic is known before its partitions can be written to, which confuses an idempotent producer. */
    private void awaitLogs() {
        Map<TopicPartition, OffsetSpec> ends = Stream.of(ids, results, failed)
                .flatMap(topic -> partitions(topic).stream())
                .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
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
        ConfigurableApplicationContext instance = startWithoutWaiting(baseUrl, key, more);
        awaitPartitions(instance);
        return instance;
    }

    ConfigurableApplicationContext startWithoutWaiting(URI baseUrl, String key, String... more) {
        List<String> arguments = arguments(baseUrl, more);
        arguments.add("--taskstop.api-key=" + key);
        return SpringApplication.run(StopInstance.class, arguments.toArray(String[]::new));
    }

    /** The most bytes that the topics of results and failures take in one record. */
    void limitReports(int bytes) throws Exception {
        configureReports("max.message.bytes", Integer.toString(bytes));
    }

    /** Has the topics of results and failures refuse a record without a key, and the batch that it is in. */
    void refuseReportsWithoutKey() throws Exception {
        configureReports("cleanup.policy", "compact");
    }

    private void configureReports(String name, String value) throws Exception {
        AlterConfigOp limit = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, results), List.of(limit),
                            new ConfigResource(ConfigResource.Type.TOPIC, failed), List.of(limit)))
                    .all()
                    .get();
        }
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
                "--spring.kafka.bootstrap-servers=" + servers,
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

    /** Sends records with an id each, which is their key, too. */
    void send(List<String> taskIds) {
        sendValues(taskIds.stream()
                .map(taskId -> record(taskId.getBytes(UTF_8), taskId.getBytes(UTF_8)))
                .toList());
    }

    ProducerRecord<byte @Nullable [], byte @Nullable []> record(byte @Nullable [] key, byte @Nullable [] value) {
        return new ProducerRecord<>(ids, key, value);
    }

    /** Sends ids in one transaction each list: the first is taken back, the second is not, the third stays open. */
    KafkaProducer<byte[], byte[]> sendInTransactions(List<String> aborted, List<String> committed, List<String> open) {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers, "transactional.id", name),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        sendInTransaction(producer, aborted);
        producer.abortTransaction();
        sendInTransaction(producer, committed);
        producer.commitTransaction();
        sendInTransaction(producer, open);
        return producer;
    }

    private void sendInTransaction(KafkaProducer<byte[], byte[]> producer, List<String> taskIds) {
        producer.beginTransaction();
        List<Future<RecordMetadata>> sent = taskIds.stream()
                .map(id -> producer.send(new ProducerRecord<>(ids, id.getBytes(UTF_8), id.getBytes(UTF_8))))
                .toList();
        producer.flush();
        assertThat(sent).allMatch(Future::isDone);
    }

    void sendValues(List<ProducerRecord<byte @Nullable [], byte @Nullable []>> records) {
        try (KafkaProducer<byte @Nullable [], byte @Nullable []> producer = new KafkaProducer<>(
                // A record of the size that the broker takes is larger than that as a request.
                Map.of("bootstrap.servers", servers, "max.request.size", 2_000_000),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent =
                    records.stream().map(producer::send).toList();
            for (Future<RecordMetadata> one : sent) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    List<TaskReport> results() {
        return reports(results);
    }

    List<TaskReport> failed() {
        return reports(failed);
    }

    List<ConsumerRecord<String, TaskReport>> resultRecords() {
        return read(results);
    }

    List<ConsumerRecord<String, TaskReport>> failedRecords() {
        return read(failed);
    }

    /** Lets the reports that are there now be read no more. */
    void passOverReports() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(new ByteArrayDeserializer())) {
            passedOver.putAll(consumer.endOffsets(Stream.of(results, failed)
                    .flatMap(topic -> partitions(topic).stream())
                    .toList()));
        }
    }

    /** One record of the topic of ids. */
    ConsumerRecord<byte[], byte[]> idRecord(int partition, long offset) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(new ByteArrayDeserializer())) {
            TopicPartition only = new TopicPartition(ids, partition);
            consumer.assign(List.of(only));
            consumer.seek(only, offset);
            return consumer.poll(Duration.ofSeconds(30)).iterator().next();
        }
    }

    private List<TaskReport> reports(String topic) {
        return read(topic).stream().map(ConsumerRecord::value).toList();
    }

    /** How many ids the group has committed. */
    long committed() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            return admin.listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata().get().values().stream()
                    .mapToLong(offset -> offset == null ? 0 : offset.offset())
                    .sum();
        }
    }

    private List<ConsumerRecord<String, TaskReport>> read(String topic) {
        List<ConsumerRecord<String, TaskReport>> reports = new ArrayList<>();
        try (KafkaConsumer<String, TaskReport> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers),
                new StringDeserializer(),
                new JacksonJsonDeserializer<>(TaskReport.class, false))) {
            List<TopicPartition> partitions = partitions(topic);
            consumer.assign(partitions);
            partitions.forEach(partition -> consumer.seek(partition, passedOver.getOrDefault(partition, 0L)));
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(reports::add);
            }
        }
        return reports;
    }

    private KafkaConsumer<byte[], byte[]> consumer(ByteArrayDeserializer bytes) {
        return new KafkaConsumer<>(Map.of("bootstrap.servers", servers), bytes, bytes);
    }

    private static List<TopicPartition> partitions(String topic) {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    /** Starts one that ends with this process, and tells where it is. */
    static String startBroker() {
        EmbeddedKafkaKraftBroker broker = new EmbeddedKafkaKraftBroker(1, PARTITIONS);
        broker.brokerProperties(
                        Map.of("transaction.state.log.replication.factor", "1", "transaction.state.log.min.isr", "1"))
                .brokerListProperty("taskstop.test.broker")
                .afterPropertiesSet();
        Runtime.getRuntime().addShutdownHook(new Thread(broker::destroy));
        return broker.getBrokersAsString();
    }
}
