package dev.taskstop.kafka;

import static dev.taskstop.kafka.TestKafka.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.taskstop.kafka.TaskReport.Outcome;
import dev.taskstop.server.FaultKind;
import dev.taskstop.server.Faults;
import dev.taskstop.server.LedgerEntry;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

class StopInstanceTest {

    private final TestKafka kafka = new TestKafka();

    @Test
    void each_id_is_stopped_and_has_one_result() {
        try (TaskServer server = TaskServer.start();
                ConfigurableApplicationContext instance = kafka.start(server.baseUrl(), server.key())) {
            List<String> taskIds = processing(server, 1_000);

            kafka.send(taskIds);

            await().until(() -> kafka.committed() == 1_000);
            assertThat(kafka.results())
                    .allMatch(report -> report.outcome() == Outcome.STOPPED && report.attempts() == 1)
                    .extracting(TaskReport::taskId)
                    .containsExactlyInAnyOrderElementsOf(taskIds);
            assertThat(kafka.failed()).isEmpty();
            assertThat(server.ledger().tasks())
                    .allMatch(task -> task.stopRequests() == 1 && task.effectiveRequest() == 1);
            assertThat(instance.getBean(InFlight.class).count()).isZero();
        }
    }

    @Test
    void what_fails_goes_to_its_own_topic_and_is_acknowledged() {
        TaskServerOptions failing =
                TaskServerOptions.defaults().withFaults(Faults.none().with(FaultKind.ERROR_BEFORE, 1));
        try (TaskServer server = TaskServer.start(failing);
                ConfigurableApplicationContext instance =
                        kafka.start(server.baseUrl(), server.key(), "--taskstop.retry.max-attempts=2")) {
            String taskId = processing(server, 1).get(0);

            kafka.send(List.of(taskId, "not/an/id", "", "nobody-s"));

            await().until(() -> kafka.committed() == 4);
            assertThat(kafka.failed())
                    .allMatch(report -> report.outcome() == Outcome.FAILED && report.detail() != null)
                    .extracting(TaskReport::taskId, TaskReport::outcomeUnknown)
                    .containsExactlyInAnyOrder(tuple(taskId, true), tuple("not/an/id", false), tuple("", false));
            assertThat(kafka.results())
                    .extracting(TaskReport::taskId, TaskReport::outcome)
                    .containsExactly(tuple("nobody-s", Outcome.NOT_FOUND));
            assertThat(instance.getBean(InFlight.class).count()).isZero();
        }
    }

    @Test
    void an_id_that_is_there_twice_has_two_results() {
        try (TaskServer server = TaskServer.start();
                ConfigurableApplicationContext instance = kafka.start(server.baseUrl(), server.key())) {
            String taskId = processing(server, 1).get(0);

            kafka.send(List.of(taskId, taskId, taskId));

            await().until(() -> kafka.committed() == 3);
            assertThat(kafka.results())
                    .extracting(TaskReport::outcome)
                    .containsExactlyInAnyOrder(Outcome.STOPPED, Outcome.ALREADY_ENDED, Outcome.ALREADY_ENDED);
            assertThat(instance.getBean(InFlight.class).count()).isZero();
        }
    }

    @Test
    void what_its_producer_has_taken_back_or_not_committed_yet_is_not_stopped() {
        try (TaskServer server = TaskServer.start();
                ConfigurableApplicationContext instance = kafka.start(
                        server.baseUrl(),
                        server.key(),
                        "--taskstop.kafka.lag-interval=50ms",
                        "--spring.kafka.listener.idle-partition-event-interval=100ms")) {
            List<String> aborted = processing(server, 20);
            List<String> committed = processing(server, 100);
            List<String> open = processing(server, 20);
            List<String> last = processing(server, 100);

            try (KafkaProducer<byte[], byte[]> producer = kafka.sendInTransactions(aborted, committed, open)) {
                await().until(() -> kafka.results().size() >= committed.size());
                producer.abortTransaction();
            }
            // They come after all others.
            kafka.send(last);
            await().until(() -> kafka.results().size() >= committed.size() + last.size());

            assertThat(kafka.results())
                    .extracting(TaskReport::taskId)
                    .containsExactlyInAnyOrderElementsOf(
                            Stream.concat(committed.stream(), last.stream()).toList());
            assertThat(server.ledger().totals().patchRequests()).isEqualTo(200);
            // The end of a transaction is no work, although it has an offset.
            kafka.sendInTransactions(List.of(), committed, List.of()).close();
            await().until(() -> kafka.results().size() >= 300);
            await().until(() ->
                    Objects.equals(instance.getBean(Lag.class).sample().records(), 0L));
        }
    }

    @Test
    void an_instance_that_is_told_to_end_finishes_and_commits_what_it_has_begun() throws Exception {
        try (TaskServer server = slowServer()) {
            List<String> taskIds = processing(server, 400);
            String[] smallPolls = {"--spring.kafka.consumer.max-poll-records=20", "--taskstop.concurrency=2"};

            try (ConfigurableApplicationContext first = kafka.start(server.baseUrl(), server.key(), smallPolls)) {
                kafka.send(taskIds);
                await().until(() -> first.getBean(InFlight.class).count() > 0
                        && !kafka.results().isEmpty());
            }

            int begun = kafka.results().size();
            assertThat(begun).isLessThan(400);
            assertThat(server.ledger().totals().patchRequests()).isEqualTo(begun);
            assertThat(kafka.committed()).isEqualTo(begun);
            try (ConfigurableApplicationContext second = kafka.start(server.baseUrl(), server.key())) {
                await().until(() -> second.isRunning() && kafka.committed() == 400);
            }
            assertThat(kafka.results()).extracting(TaskReport::taskId).containsExactlyInAnyOrderElementsOf(taskIds);
        }
    }

    @Test
    void an_instance_that_joins_takes_over_without_duplicates() {
        try (TaskServer server = slowServer()) {
            List<String> taskIds = processing(server, 1_500);
            kafka.send(taskIds);
            String[] smallPolls = {"--spring.kafka.consumer.max-poll-records=20", "--taskstop.concurrency=2"};

            try (ConfigurableApplicationContext first = kafka.start(server.baseUrl(), server.key(), smallPolls);
                    ConfigurableApplicationContext second =
                            kafka.start(server.baseUrl(), server.key(), "--taskstop.kafka.instance=second")) {
                assertThat(first.isRunning() && second.isRunning()).isTrue();
                await().until(() -> kafka.committed() == 1_500);
            }

            assertThat(kafka.results())
                    .anyMatch(report -> report.instance().equals("second"))
                    .anyMatch(report -> !report.instance().equals("second"))
                    .extracting(TaskReport::taskId)
                    .containsExactlyInAnyOrderElementsOf(taskIds);
            assertThat(server.ledger().tasks())
                    .extracting(LedgerEntry::stopRequests)
                    .containsOnly(1);
        }
    }

    private static TaskServer slowServer() {
        return TaskServer.start(TaskServerOptions.defaults().withLatency(Duration.ofMillis(50)));
    }

    private static List<String> processing(TaskServer server, int count) {
        return server.createTasks(count, Lifecycle.staysIn(Status.PROCESSING));
    }
}
