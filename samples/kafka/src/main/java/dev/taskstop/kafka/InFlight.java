package dev.taskstop.kafka;

import dev.taskstop.kafka.StopOrder.Stop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.support.Acknowledgment;
import org.springframework.stereotype.Component;

/**
 * The records that were delivered and have no report in a topic yet. The container delivers no further poll before each
 * record of the last one is acknowledged, so there are never more than the consumers' polls, and those stops that had
 * begun when their partition was taken away: they cannot be called back, and count until they end. A record of such a
 * partition whose stop has not begun is dropped; who gets the partition gets the record. When that is this instance, a
 * record that is still being stopped is not stopped a second time.
 */
@Component
class InFlight {

    private static final class Entry {

        /** Null when its partition was taken away: then it is not ours to acknowledge. */
        @Nullable
        Acknowledgment acknowledgment;

        boolean begun;
    }

    /** What has not begun, in the order of delivery. */
    private final Queue<Delivery> waiting = new ConcurrentLinkedQueue<>();

    private final Map<Delivery, Entry> all = new HashMap<>();
    /** Those that are ours to acknowledge. */
    private final Map<TopicPartition, Set<Delivery>> held = new HashMap<>();
    /** Those that have begun and have no result yet. Several records may carry the same id. */
    private final Map<String, Queue<Delivery>> stopping = new HashMap<>();

    /** Where the stops take the deliveries from, each of which they ask for with {@link #begin}. */
    Queue<Delivery> waiting() {
        return waiting;
    }

    /** Returns whether there is something to do: false for a record that came back while its stop goes on. */
    synchronized boolean add(Delivery delivery, Acknowledgment acknowledgment) {
        boolean isNew = !all.containsKey(delivery);
        all.computeIfAbsent(delivery, added -> new Entry()).acknowledgment = acknowledgment;
        held.computeIfAbsent(delivery.partition(), partition -> new HashSet<>()).add(delivery);
        return isNew;
    }

    /** Tells whether a delivery may be worked on: not when it was dropped meanwhile. */
    synchronized boolean begin(Delivery delivery) {
        Entry entry = all.get(delivery);
        if (entry == null || entry.begun) {
            return false;
        }
        entry.begun = true;
        if (delivery.order() instanceof Stop stop) {
            stopping.computeIfAbsent(stop.taskId(), id -> new ArrayDeque<>(1)).add(delivery);
        }
        return true;
    }

    /** An id has a result: takes the delivery that it is for. Null when all of them were forgotten. */
    synchronized @Nullable Delivery take(String taskId) {
        Queue<Delivery> sameId = stopping.get(taskId);
        Delivery delivery = sameId == null ? null : sameId.poll();
        if (sameId != null && sameId.isEmpty()) {
            stopping.remove(taskId);
        }
        return delivery;
    }

    /** A delivery has its report. */
    synchronized void acknowledge(Delivery delivery) {
        Entry entry = remove(delivery);
        // Within the lock, so that nobody who waits commits without it, and no partition is taken away meanwhile.
        if (entry != null && entry.acknowledgment != null) {
            entry.acknowledgment.acknowledge();
        }
    }

    /** A delivery gets no report: without its acknowledgement the record comes again some day. */
    synchronized void release(Delivery delivery) {
        remove(delivery);
    }

    /**
     * Partitions are taken away. Drops what has not begun, waits until the rest has ended or the time is up, and gives
     * up the acknowledgement of what is left then. Returns how many these are.
     */
    synchronized int revoke(Collection<TopicPartition> partitions, Duration timeout) throws InterruptedException {
        try {
            drop(partitions);
            return awaitNone(partitions, timeout);
        } finally {
            lose(partitions);
        }
    }

    /** Partitions are somebody else's already: nothing of them can be acknowledged any more. */
    synchronized void lose(Collection<TopicPartition> partitions) {
        drop(partitions);
        for (TopicPartition partition : partitions) {
            Set<Delivery> lost = held.remove(partition);
            if (lost != null) {
                lost.forEach(delivery -> all.computeIfPresent(delivery, (same, entry) -> {
                    entry.acknowledgment = null;
                    return entry;
                }));
            }
        }
    }

    /** Forgets all of them: they come again some day. */
    synchronized void clear() {
        waiting.clear();
        all.clear();
        held.clear();
        stopping.clear();
        notifyAll();
    }

    synchronized int count() {
        return all.size();
    }

    private void drop(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            for (Delivery delivery : List.copyOf(held.getOrDefault(partition, Set.of()))) {
                Entry entry = all.get(delivery);
                if (entry != null && !entry.begun) {
                    remove(delivery);
                }
            }
        }
        // What is taken out of it at this very moment may not begin.
        waiting.removeIf(delivery -> partitions.contains(delivery.partition()));
    }

    private int awaitNone(Collection<TopicPartition> partitions, Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        int left;
        while ((left = countHeld(partitions)) > 0) {
            long millis = (end - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                break;
            }
            wait(millis);
        }
        return left;
    }

    private int countHeld(Collection<TopicPartition> partitions) {
        return partitions.stream()
                .mapToInt(partition -> held.getOrDefault(partition, Set.of()).size())
                .sum();
    }

    private @Nullable Entry remove(Delivery delivery) {
        held.computeIfPresent(delivery.partition(), (partition, deliveries) -> {
            deliveries.remove(delivery);
            return deliveries.isEmpty() ? null : deliveries;
        });
        notifyAll();
        return all.remove(delivery);
    }
}
