package dev.taskstop.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Where a record lies. Goes into the headers of its report, as text but for the key.
 *
 * @param partition its topic and partition
 * @param offset its offset
 * @param key its key, as many of the bytes as a report takes; null when it has none
 */
record Source(
        TopicPartition partition, long offset, @Nullable Bytes key) {

    static final String TOPIC = "source.topic";
    static final String PARTITION = "source.partition";
    static final String OFFSET = "source.offset";
    static final String KEY = "source.key";

    /** A key may be as large as a record, and its report is to be sent all the same. */
    static final int LONGEST_KEY = 1_024;

    static Source of(ConsumerRecord<byte @Nullable [], ?> record) {
        byte[] key = record.key();
        return new Source(
                new TopicPartition(record.topic(), record.partition()),
                record.offset(),
                key == null ? null : Bytes.wrap(key.length > LONGEST_KEY ? Arrays.copyOf(key, LONGEST_KEY) : key));
    }

    Source withoutKey() {
        return new Source(partition, offset, null);
    }

    void writeTo(Headers headers) {
        headers.add(TOPIC, partition.topic().getBytes(UTF_8));
        headers.add(PARTITION, Integer.toString(partition.partition()).getBytes(UTF_8));
        headers.add(OFFSET, Long.toString(offset).getBytes(UTF_8));
        if (key != null) {
            headers.add(KEY, key.get());
        }
    }
}
