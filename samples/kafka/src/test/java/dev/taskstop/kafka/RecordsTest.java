package dev.taskstop.kafka;

import static dev.taskstop.kafka.TestKafka.await;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.taskstop.kafka.TaskReport.Outcome;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** What records may hold. All tests share one instance, and each looks at the reports that came since it began. */
class RecordsTest {

    private static final TestKafka KAFKA = new TestKafka();
    private static final StubServer SERVER = new StubServer();
    private static ConfigurableApplicationContext instance;
    private static int sent;

    @BeforeAll
    static void start() {
        instance = KAFKA.start(SERVER.baseUrl(), "bb_key");
    }

    @AfterAll
    static void end() {
        instance.close();
        SERVER.close();
    }

    @BeforeEach
    void forget() {
        KAFKA.passOverReports();
    }

    @Test
    void a_record_that_names_no_task_is_set_aside_and_the_rest_goes_on() {
        List<byte[]> poison = List.of(
                "x".repeat(600_000).getBytes(UTF_8),
                "\u0001".repeat(200_000).getBytes(UTF_8),
                "\uFFFF".repeat(340_000).getBytes(UTF_8),
                new byte[1_040_000],
                "task-1".getBytes(UTF_16),
                new byte[] {'a', (byte) 0xC3},
                ByteBuffer.allocate(8).putLong(-1).array(),
                "{".getBytes(UTF_8),
                "{\"id\":17}".getBytes(UTF_8),
                "{\"id\":\"task-\\ud800\"}".getBytes(UTF_8),
                ("{\"id\":\"" + "\\u0001".repeat(100_000) + "\"}").getBytes(UTF_8),
                "[\"task-1\",\"task-2\"]".getBytes(UTF_8));
        List<ProducerRecord<byte @Nullable [], byte @Nullable []>> records = new ArrayList<>();
        for (int i = 0; i < poison.size(); i++) {
            byte[] id = ("before-" + i).getBytes(UTF_8);
            records.add(KAFKA.record(id, id));
            records.add(KAFKA.record(null, poison.get(i)));
        }
        List<String> taskIds =
                IntStream.range(0, 100).mapToObj(i -> "after-" + i).toList();
        taskIds.forEach(id -> records.add(KAFKA.record(id.getBytes(UTF_8), id.getBytes(UTF_8))));

        deliver(records);

        assertThat(KAFKA.results())
                .hasSize(poison.size() + taskIds.size())
                .allMatch(report -> report.outcome() == Outcome.STOPPED)
                .extracting(TaskReport::taskId)
                .containsAll(taskIds);
        assertThat(KAFKA.failed())
                .allMatch(report -> report.outcome() == Outcome.FAILED
                        && !report.outcomeUnknown()
                        && report.detail() != null
                        && report.taskId().length() <= 256)
                .extracting(TaskReport::sha256)
                .containsExactlyInAnyOrderElementsOf(
                        poison.stream().map(RecordsTest::sha256).toList());
        assertThat(instance.getBean(InFlight.class).count()).isZero();
    }

    @Test
    void a_tombstone_is_acknowledged_and_is_no_failure() {
        double before = count("tombstone");

        deliver(List.of(KAFKA.record("task-1".getBytes(UTF_8), null), KAFKA.record(null, null)));

        assertThat(KAFKA.results()).isEmpty();
        assertThat(KAFKA.failed()).isEmpty();
        assertThat(count("tombstone")).isEqualTo(before + 2);
    }

    @Test
    void blanks_carriage_returns_and_a_byte_order_mark_are_no_part_of_an_id() {
        deliver(values(" task-1", "task-2\r", "\uFEFFtask-3\r\n", "\"task-4\"", "{\"id\":\" task-5\\r\"}"));

        assertThat(KAFKA.results())
                .extracting(TaskReport::taskId, TaskReport::outcome)
                .containsExactlyInAnyOrder(
                        tuple("task-1", Outcome.STOPPED),
                        tuple("task-2", Outcome.STOPPED),
                        tuple("task-3", Outcome.STOPPED),
                        tuple("task-4", Outcome.STOPPED),
                        tuple("task-5", Outcome.STOPPED));
        assertThat(KAFKA.failed()).isEmpty();
    }

    @Test
    void the_reason_in_a_record_is_in_its_report_and_a_report_can_be_sent_back() {
        deliver(values(
                "{\"id\":\"task-1\",\"reason\":\"over budget\",\"by\":\"night shift\"}",
                "{\"id\":\"not/an/id\",\"reason\":\"" + "long ".repeat(100_000) + "\"}"));

        assertThat(KAFKA.results())
                .extracting(TaskReport::taskId, TaskReport::reason)
                .containsExactly(tuple("task-1", "over budget"));
        assertThat(KAFKA.failed())
                .hasSize(1)
                .allMatch(report -> report.taskId().equals("not/an/id")
                        && Objects.requireNonNull(report.reason()).endsWith("…"));

        deliver(values("{\"taskId\":\"task-1\",\"outcome\":\"FAILED\",\"attempts\":0,\"recovered\":false,"
                + "\"outcomeUnknown\":true,\"detail\":\"PATCH /api/tasks/{taskId} answered 500\","
                + "\"reason\":\"over budget\",\"sha256\":null,\"instance\":\"a\"}"));
        assertThat(KAFKA.results())
                .extracting(TaskReport::taskId, TaskReport::reason)
                .containsOnly(tuple("task-1", "over budget"))
                .hasSize(2);
    }

    @Test
    void a_report_says_which_record_it_is_about() {
        byte[] noText = {0, (byte) 0xFF};
        byte[] large = new byte[900_000];

        deliver(List.of(
                KAFKA.record("customer-7".getBytes(UTF_8), "task-1".getBytes(UTF_8)),
                KAFKA.record(noText, "task-2".getBytes(UTF_8)),
                KAFKA.record(null, "task-3".getBytes(UTF_8)),
                KAFKA.record(large, "task-4".getBytes(UTF_8)),
                KAFKA.record("customer-8".getBytes(UTF_8), "{".getBytes(UTF_8))));

        assertThat(Stream.concat(KAFKA.resultRecords().stream(), KAFKA.failedRecords().stream()))
                .hasSize(5)
                .allSatisfy(report -> {
                    Map<String, byte[]> headers = headers(report);
                    ConsumerRecord<byte[], byte[]> source = KAFKA.idRecord(
                            Integer.parseInt(new String(headers.get("source.partition"), UTF_8)),
                            Long.parseLong(new String(headers.get("source.offset"), UTF_8)));
                    assertThat(headers.get("source.topic")).asString(UTF_8).isEqualTo(source.topic());
                    assertThat(new String(source.value(), UTF_8))
                            .isEqualTo(report.value().taskId());
                    if (source.key() == null) {
                        assertThat(headers).doesNotContainKey("source.key");
                    } else {
                        assertThat(source.key()).startsWith(headers.get("source.key"));
                        assertThat(headers.get("source.key")).hasSize(Math.min(source.key().length, 1_024));
                    }
                    assertThat(report.key()).isEqualTo(report.value().taskId());
                });
    }

    private static void deliver(List<ProducerRecord<byte @Nullable [], byte @Nullable []>> records) {
        KAFKA.sendValues(records);
        sent += records.size();
        await().until(() -> KAFKA.committed() == sent
                || !instance.getBean(StopPipeline.class).isRunning());
        assertThat(instance.getBean(StopPipeline.class).isRunning()).isTrue();
    }

    private static List<ProducerRecord<byte @Nullable [], byte @Nullable []>> values(String... values) {
        return Stream.of(values)
                .map(value -> KAFKA.record(null, value.getBytes(UTF_8)))
                .toList();
    }

    private static double count(String outcome) {
        return instance.getBean(MeterRegistry.class)
                .get("taskstop.kafka.records")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private static Map<String, byte[]> headers(ConsumerRecord<?, ?> record) {
        return StreamSupport.stream(record.headers().spliterator(), false)
                .collect(Collectors.toMap(Header::key, Header::value));
    }

    private static String sha256(byte[] value) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(value));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
