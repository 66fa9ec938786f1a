package dev.taskstop.kafka;

import static dev.taskstop.kafka.TestKafka.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.taskstop.kafka.TaskReport.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.test.StepVerifier;

class InstanceFailureTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final TestKafka kafka = new TestKafka();
    private final StubServer server = new StubServer();
    private final Logger logger = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @AfterEach
    void close() {
        logger.detachAppender(logged);
        server.close();
    }

    @Test
    void a_topic_that_takes_no_report_ends_the_instance_and_the_log_says_why() throws Exception {
        try (ConfigurableApplicationContext instance =
                kafka.start(server.baseUrl(), "bb_key", "--taskstop.kafka.results-topic=no topic")) {
            listen();
            kafka.send(List.of("task-1"));

            expectFailure(instance, "Results cannot be reported");
        }

        assertThat(logged())
                .anyMatch(line -> line.startsWith("Results cannot be reported (Send failed: InvalidTopicException: "))
                .noneMatch(line -> line.contains("task-1"));
        assertThat(kafka.committed()).isZero();
    }

    @Test
    void a_consumer_that_ends_by_itself_ends_the_instance() {
        try (ConfigurableApplicationContext instance = kafka.startWithoutWaiting(
                server.baseUrl(), "bb_key", "--spring.kafka.consumer.auto-offset-reset=none")) {
            expectFailure(instance, "A consumer has ended");
        }
    }

    @Test
    void a_report_that_is_too_large_for_its_topic_is_sent_without_its_texts() throws Exception {
        kafka.limitReports(700);

        // Each report by itself: the producer never ends to split a batch that is larger than its topic takes.
        try (ConfigurableApplicationContext instance =
                kafka.start(server.baseUrl(), "bb_key", "--spring.kafka.producer.batch-size=0")) {
            listen();
            kafka.sendValues(List.of(
                    kafka.record(new byte[1_000], "task-1".getBytes(UTF_8)),
                    kafka.record(
                            null, ("{\"id\":\"task-2\",\"reason\":\"" + "\\u0001".repeat(200) + "\"}").getBytes(UTF_8)),
                    kafka.record(null, "\u0001".repeat(300).getBytes(UTF_8)),
                    kafka.record(null, "task-3".getBytes(UTF_8))));
            await().until(() -> kafka.committed() == 4
                    || !instance.getBean(StopPipeline.class).isRunning());
        }

        assertThat(kafka.results())
                .extracting(TaskReport::taskId)
                .containsExactlyInAnyOrder("task-1", "task-2", "task-3");
        assertThat(kafka.results()).allMatch(report -> report.reason() == null);
        assertThat(kafka.failed()).singleElement().satisfies(report -> {
            assertThat(report.taskId()).isEmpty();
            assertThat(report.sha256()).hasSize(64);
        });
        assertThat(kafka.committed()).isEqualTo(4);
        assertThat(logged())
                .anyMatch(line -> line.contains("is sent without its texts"))
                .noneMatch(line -> line.contains("task-"));
    }

    @Test
    void no_id_is_so_long_that_its_report_ends_the_instance() throws Exception {
        kafka.limitReports(600);

        try (ConfigurableApplicationContext instance =
                kafka.start(server.baseUrl(), "bb_key", "--spring.kafka.producer.batch-size=0")) {
            listen();
            kafka.sendValues(Stream.of("x".repeat(256), "\u0001".repeat(256), "\uFFFF".repeat(256), "task-1")
                    .map(id -> kafka.record(null, id.getBytes(UTF_8)))
                    .toList());
            await().until(() -> kafka.committed() == 4
                    || !instance.getBean(StopPipeline.class).isRunning());
        }

        assertThat(kafka.committed()).isEqualTo(4);
        assertThat(kafka.results())
                .allMatch(report -> report.outcome() == Outcome.STOPPED)
                .extracting(TaskReport::taskId)
                .containsExactlyInAnyOrder("", "task-1");
        assertThat(kafka.failed()).extracting(TaskReport::taskId).containsExactly("", "");
        assertThat(Stream.concat(kafka.resultRecords().stream(), kafka.failedRecords().stream()))
                .allMatch(report -> report.headers().lastHeader("source.offset") != null);
        assertThat(logged()).anyMatch(line -> line.contains("is sent without its texts and its id"));
    }

    @Test
    void a_report_that_the_broker_refuses_is_sent_without_its_texts_and_those_of_its_batch_as_they_are()
            throws Exception {
        kafka.refuseReportsWithoutKey();
        List<String> taskIds =
                IntStream.range(0, 200).mapToObj(i -> "task-" + i).toList();

        try (ConfigurableApplicationContext instance = kafka.start(
                server.baseUrl(),
                "bb_key",
                // They are to come in batches.
                "--spring.kafka.producer.properties.linger.ms=50",
                "--spring.kafka.producer.properties.interceptor.classes=" + WithoutKey.class.getName())) {
            listen();
            TestKafka.pause(instance);
            kafka.sendValues(taskIds.stream()
                    .map(id -> kafka.record(
                            null,
                            "{\"id\":\"%s\",\"reason\":\"%s\"}"
                                    .formatted(id, id.endsWith("7") ? WithoutKey.REFUSED : "fine")
                                    .getBytes(UTF_8)))
                    .toList());
            TestKafka.resume(instance);
            await().until(() -> kafka.committed() == taskIds.size()
                    || !instance.getBean(StopPipeline.class).isRunning());
        }

        assertThat(kafka.committed()).isEqualTo(taskIds.size());
        assertThat(kafka.results()).extracting(TaskReport::taskId).containsExactlyInAnyOrderElementsOf(taskIds);
        assertThat(kafka.results())
                .allMatch(report -> report.taskId().endsWith("7")
                        ? report.reason() == null
                        : Objects.equals(report.reason(), "fine"));
        assertThat(logged()).anyMatch(line -> line.contains("is sent without its texts: InvalidRecordException"));
    }

    /** Stands for a rule of the broker: it takes the key away, which a compacted topic refuses. */
    public static final class WithoutKey implements ProducerInterceptor<String, TaskReport> {

        static final String REFUSED = "refused";

        @Override
        public ProducerRecord<String, TaskReport> onSend(ProducerRecord<String, TaskReport> record) {
            return REFUSED.equals(record.value().reason())
                    ? new ProducerRecord<>(
                            record.topic(),
                            record.partition(),
                            record.timestamp(),
                            null,
                            record.value(),
                            record.headers())
                    : record;
        }

        @Override
        public void onAcknowledgement(RecordMetadata metadata, Exception exception) {}

        @Override
        public void close() {}

        @Override
        public void configure(Map<String, ?> configs) {}
    }

    /** Not before an instance has started, which sets the logging up. */
    private void listen() {
        logged.start();
        logger.addAppender(logged);
    }

    private List<String> logged() {
        return List.copyOf(logged.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private static void expectFailure(ConfigurableApplicationContext instance, String reason) {
        StepVerifier.create(instance.getBean(StopPipeline.class).failure())
                .expectNext(reason)
                .expectComplete()
                .verify(PATIENCE);
    }
}
