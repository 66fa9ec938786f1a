package dev.taskstop.kafka;

import org.apache.kafka.common.TopicPartition;

/**
 * One record: where it lies, and what it asks for. Equal when it is the same record, also when that is delivered again.
 */
record Delivery(Source source, StopOrder order) {

    TopicPartition partition() {
        return source.partition();
    }
}
