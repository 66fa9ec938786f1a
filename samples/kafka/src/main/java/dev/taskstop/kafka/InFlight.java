package dev.taskstop.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.support.Acknowledgment;
import org.springframework.stereotype.Component;

/**
 * The ids that were delivered and have no result in a topic yet. There are never more than the consumers may hold: the
 * container delivers no further poll before each record of the last one is acknowledged.
 */
@Component
class InFlight {

    /** One record. The same id may be delivered more than once. */
    private record Delivery(TopicPartition partition, Acknowledgment acknowledgment) {}

    private final Map<String, Queue<Delivery>> byTaskId = new HashMap<>();
    private final Map<TopicPartition, Integer> byPartition = new HashMap<>();

    synchronized void add(String taskId, TopicPartition partition, Acknowledgment acknowledgment) {
        byTaskId.computeIfAbsent(taskId, id -> new ArrayDeque<>(1)).add(new Delivery(partition, acknowledgment));
        byPartition.merge(partition, 1, Integer::sum);
    }

    /** One delivery of an id has its result. Acknowledged first, so that nobody who waits commits without it. */
    void acknowledge(String taskId) {
        Delivery delivery = remove(taskId);
        if (delivery != null) {
            delivery.acknowledgment.acknowledge();
            ended(delivery);
        }
    }

    /** One delivery of an id has no result: without its acknowledgement it comes again some day. */
    void release(String taskId) {
        Delivery delivery = remove(taskId);
        if (delivery != null) {
            ended(delivery);
        }
    }

    private synchronized @Nullable Delivery remove(String taskId) {
        Queue<Delivery> deliveries = byTaskId.get(taskId);
        Delivery delivery = deliveries == null ? null : deliveries.poll();
        if (deliveries != null && deliveries.isEmpty()) {
            byTaskId.remove(taskId);
        }
        return delivery;
    }

    private synchronized void ended(Delivery delivery) {
        byPartition.computeIfPresent(delivery.partition, (partition, count) -> count == 1 ? null : count - 1);
        notifyAll();
    }

    /** Forgets all of them: they come again some day. */
    synchronized void clear() {
        byTaskId.clear();
        byPartition.clear();
        notifyAll();
    }

    synchronized int count() {
        return byPartition.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Waits until nothing of these partitions is in flight, or the time is up. Returns how many are left. */
    synchronized int awaitNone(Collection<TopicPartition> partitions, Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        int left;
        while ((left = count(partitions)) > 0) {
            long millis = (end - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                break;
            }
            wait(millis);
        }
        return left;
    }

    private int count(Collection<TopicPartition> partitions) {
        return partitions.stream()
                .mapToInt(partition -> byPartition.getOrDefault(partition, 0))
                .sum();
    }
}
