package dev.taskstop.kafka;

import dev.taskstop.kafka.TaskReport.Outcome;
import jakarta.annotation.PreDestroy;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * Sends the reports to their topics, each with the place of its record in the headers. A report that the topic does not
 * take, because it is too large or against a rule of the broker, is sent again with less in it: one record is no reason to
 * end an instance, and then the next one, for ever. The last that is tried has nothing of the record in it, so a topic
 * that does not take that takes no report.
 */
@Component
class Reporter {

    private static final Logger log = LoggerFactory.getLogger(Reporter.class);

    /** Each time another report of the batch is refused for good, or accepted with less in it. */
    private static final int MOST_TRIES_BESIDE_OTHERS = 32;

    private final KafkaTemplate<String, TaskReport> kafka;
    private final StopProperties properties;
    /** Sending may block: not for the HTTP client's threads, nor for the producer's own, which it may wait for. */
    private final Scheduler sending = Schedulers.newSingle("report");

    Reporter(KafkaTemplate<String, TaskReport> kafka, StopProperties properties) {
        this.kafka = kafka;
        this.properties = properties;
    }

    /** Completes when the broker has the report; fails when none can be sent. */
    Mono<Void> send(TaskReport report, Source source) {
        Source withoutKey = source.withoutKey();
        return sendAsItIs(report, source)
                .onErrorResume(
                        Reporter::isAboutTheReport,
                        error -> sendWithout("its texts", error, report.withoutTexts(), withoutKey))
                .onErrorResume(
                        Reporter::isAboutTheReport,
                        error -> sendWithout("its texts and its id", error, report.withoutId(), withoutKey));
    }

    private Mono<Void> sendWithout(String what, Throwable error, TaskReport less, Source source) {
        log.warn(
                "The report of {}, offset {}, is sent without {}: {}",
                source.partition(),
                source.offset(),
                what,
                NestedExceptionUtils.getMostSpecificCause(error).getClass().getSimpleName());
        return sendAsItIs(less, source);
    }

    /** Each try has a record of its own: the headers of one that was sent cannot be added to any more. */
    private Mono<Void> sendAsItIs(TaskReport report, Source source) {
        return Mono.fromFuture(() -> kafka.send(record(report, source)))
                .subscribeOn(sending)
                .retryWhen(Retry.max(MOST_TRIES_BESIDE_OTHERS)
                        .filter(Reporter::isAboutAnother)
                        .onRetryExhaustedThrow((spec, signal) -> signal.failure()))
                .then();
    }

    @PreDestroy
    void end() {
        sending.dispose();
    }

    private ProducerRecord<String, TaskReport> record(TaskReport report, Source source) {
        String topic = report.outcome() == Outcome.FAILED ? properties.failedTopic() : properties.resultsTopic();
        ProducerRecord<String, TaskReport> record = new ProducerRecord<>(topic, report.taskId(), report);
        source.writeTo(record.headers());
        return record;
    }

    private static boolean isAboutTheReport(Throwable error) {
        Throwable cause = NestedExceptionUtils.getMostSpecificCause(error);
        return cause instanceof RecordTooLargeException
                || cause instanceof SerializationException
                || cause instanceof InvalidRecordException
                || cause instanceof PolicyViolationException;
    }

    /** The broker refuses a batch as a whole: whoever was only beside the report that it is about gets no kind of its own. */
    private static boolean isAboutAnother(Throwable error) {
        return NestedExceptionUtils.getMostSpecificCause(error).getClass() == KafkaException.class;
    }
}
