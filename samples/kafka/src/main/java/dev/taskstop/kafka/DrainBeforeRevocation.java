package dev.taskstop.kafka;

import java.util.Collection;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.listener.ConsumerAwareRebalanceListener;
import org.springframework.stereotype.Component;

/**
 * Lets the stops that have begun end before their partitions go to another consumer, or the process ends: the container
 * commits them afterwards, so nobody does them again. What has not begun, or takes too long, is delivered again.
 */
@Component
class DrainBeforeRevocation implements ConsumerAwareRebalanceListener {

    private static final Logger log = LoggerFactory.getLogger(DrainBeforeRevocation.class);

    private final InFlight inFlight;
    private final StopProperties properties;

    DrainBeforeRevocation(InFlight inFlight, StopProperties properties) {
        this.inFlight = inFlight;
        this.properties = properties;
    }

    @Override
    public void onPartitionsRevokedBeforeCommit(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        try {
            int left = inFlight.revoke(partitions, properties.drainTimeout());
            if (left > 0) {
                log.warn(
                        "{} ids had no result within {}; they will be delivered again",
                        left,
                        properties.drainTimeout());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Comes too late to wait for anything. */
    @Override
    public void onPartitionsLost(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        inFlight.lose(partitions);
    }
}
