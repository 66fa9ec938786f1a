package dev.taskstop.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.kafka.StopOrder.Stop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class InFlightTest {

    private static final TopicPartition MINE = new TopicPartition("ids", 0);
    private static final TopicPartition OTHER = new TopicPartition("ids", 1);
    private static final Duration AT_ONCE = Duration.ZERO;

    private final InFlight inFlight = new InFlight();
    private final List<String> acknowledged = new ArrayList<>();

    @Test
    void a_record_is_acknowledged_when_its_id_has_a_result() {
        begin(delivery(MINE, "a"), "a");

        acknowledge("a");

        assertThat(acknowledged).containsExactly("a");
        assertThat(inFlight.count()).isZero();
    }

    @Test
    void a_record_without_a_result_is_released_without_an_acknowledgement() {
        begin(delivery(MINE, "a"), "a");

        inFlight.release(take("a"));

        assertThat(acknowledged).isEmpty();
        assertThat(inFlight.count()).isZero();
    }

    @Test
    void each_of_two_records_with_the_same_id_has_its_own_result() {
        begin(delivery(MINE, "a"), "first");
        begin(delivery(OTHER, "a"), "second");

        acknowledge("a");
        assertThat(acknowledged).containsExactly("first");
        assertThat(inFlight.count()).isEqualTo(1);

        acknowledge("a");
        assertThat(acknowledged).containsExactly("first", "second");
        assertThat(inFlight.count()).isZero();
    }

    @Test
    void what_has_not_begun_is_dropped_with_its_partition() throws Exception {
        Delivery mine = delivery(MINE, "a");
        Delivery other = delivery(OTHER, "b");
        add(mine, "a");
        add(other, "b");

        assertThat(inFlight.revoke(List.of(MINE), AT_ONCE)).isZero();

        assertThat(inFlight.waiting()).containsExactly(other);
        assertThat(inFlight.count()).isEqualTo(1);
        assertThat(inFlight.begin(mine)).isFalse();
        assertThat(inFlight.begin(other)).isTrue();
    }

    @Test
    void what_has_begun_counts_until_it_ends_but_is_not_acknowledged_for_a_partition_that_is_gone() throws Exception {
        begin(delivery(MINE, "a"), "a");
        begin(delivery(OTHER, "b"), "b");

        assertThat(inFlight.revoke(List.of(MINE), AT_ONCE)).isEqualTo(1);
        assertThat(inFlight.count()).isEqualTo(2);

        acknowledge("a");
        acknowledge("b");
        assertThat(acknowledged).containsExactly("b");
        assertThat(inFlight.count()).isZero();
    }

    @Test
    void nobody_waits_for_what_was_lost() throws Exception {
        begin(delivery(MINE, "a"), "a");

        inFlight.lose(List.of(MINE));

        assertThat(inFlight.revoke(List.of(MINE), Duration.ofDays(1))).isZero();
    }

    @Test
    void a_record_that_comes_back_while_it_is_being_stopped_is_stopped_and_acknowledged_once() {
        Delivery record = delivery(MINE, "a");
        begin(record, "before");
        inFlight.lose(List.of(MINE));

        assertThat(inFlight.add(delivery(MINE, "a"), () -> acknowledged.add("after")))
                .isFalse();
        assertThat(inFlight.begin(record)).isFalse();
        assertThat(inFlight.count()).isEqualTo(1);

        acknowledge("a");
        assertThat(acknowledged).containsExactly("after");
        assertThat(inFlight.count()).isZero();
    }

    @Test
    void a_record_that_comes_back_before_it_was_begun_is_begun_once() {
        Delivery record = delivery(MINE, "a");
        add(record, "before");
        inFlight.lose(List.of(MINE));
        add(record, "after");

        assertThat(inFlight.waiting()).containsExactly(record);
        assertThat(inFlight.begin(record)).isTrue();
        assertThat(inFlight.begin(record)).isFalse();

        acknowledge("a");
        assertThat(acknowledged).containsExactly("after");
        assertThat(inFlight.count()).isZero();
    }

    @Test
    void a_record_that_comes_back_while_its_report_is_sent_is_acknowledged_by_that() {
        Delivery record = delivery(MINE, "a");
        begin(record, "before");
        Delivery reported = take("a");
        inFlight.lose(List.of(MINE));

        assertThat(inFlight.add(record, () -> acknowledged.add("after"))).isFalse();

        inFlight.acknowledge(reported);
        assertThat(acknowledged).containsExactly("after");
        assertThat(inFlight.count()).isZero();
    }

    private static Delivery delivery(TopicPartition partition, String taskId) {
        return new Delivery(new Source(partition, 0, null), new Stop(taskId, null));
    }

    private Delivery take(String taskId) {
        return Objects.requireNonNull(inFlight.take(taskId));
    }

    private void acknowledge(String taskId) {
        inFlight.acknowledge(take(taskId));
    }

    private void add(Delivery delivery, String name) {
        assertThat(inFlight.add(delivery, () -> acknowledged.add(name))).isTrue();
        inFlight.waiting().add(delivery);
    }

    private void begin(Delivery delivery, String name) {
        add(delivery, name);
        assertThat(inFlight.waiting().poll()).isEqualTo(delivery);
        assertThat(inFlight.begin(delivery)).isTrue();
    }
}
