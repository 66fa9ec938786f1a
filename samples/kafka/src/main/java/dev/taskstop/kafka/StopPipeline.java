package dev.taskstop.kafka;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskException;
import dev.taskstop.TaskResponseException;
import jakarta.annotation.PreDestroy;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.support.Acknowledgment;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * From a record with an id to a record with a result. One bulk stop takes the ids of all this instance's consumers, as
 * it has room; a record is acknowledged when the broker has its result, in whatever order that happens.
 */
@Component
class StopPipeline implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(StopPipeline.class);

    /** Enough for the producer to fill its batches. */
    private static final int REPORTS_IN_FLIGHT = 256;

    private final TaskClient client;
    private final KafkaTemplate<String, TaskReport> kafka;
    private final InFlight inFlight;
    private final StopProperties properties;

    private final Sinks.One<String> failure = Sinks.one();
    private final Scheduler reporting = Schedulers.newSingle("report");
    private Sinks.Many<String> taskIds = Sinks.many().unicast().onBackpressureBuffer();
    private Disposable stops = Disposables.disposed();

    StopPipeline(
            TaskClient client, KafkaTemplate<String, TaskReport> kafka, InFlight inFlight, StopProperties properties) {
        this.client = client;
        this.kafka = kafka;
        this.inFlight = inFlight;
        this.properties = properties;
    }

    @Override
    public synchronized void start() {
        taskIds = Sinks.many().unicast().onBackpressureBuffer();
        stops = client.stopAll(taskIds.asFlux())
                // Sending to Kafka may block, which the HTTP client's threads must not.
                .publishOn(reporting, REPORTS_IN_FLIGHT)
                .flatMap(this::report, REPORTS_IN_FLIGHT)
                .subscribe(null, error -> {
                    inFlight.clear();
                    fail("Results cannot be reported", error);
                });
    }

    /** What is left now took longer than the consumers waited for it: it is given up and delivered again. */
    @Override
    public synchronized void stop() {
        stops.dispose();
        inFlight.clear();
    }

    @Override
    public synchronized boolean isRunning() {
        return !stops.isDisposed();
    }

    /** Starts before the consumers; ends after them, and before the client, which fails what it still gets. */
    @Override
    public int getPhase() {
        return AbstractMessageListenerContainer.DEFAULT_PHASE - 1;
    }

    @PreDestroy
    void end() {
        reporting.dispose();
    }

    /** Signals, once, that this instance cannot go on, and why. */
    Mono<String> failure() {
        return failure.asMono();
    }

    /** Called by the threads of several consumers; what they have handed over waits for demand. */
    @KafkaListener(id = "stops", idIsGroup = false, topics = "${taskstop.kafka.ids-topic}")
    synchronized void deliver(ConsumerRecord<String, @Nullable String> record, Acknowledgment acknowledgment) {
        String taskId = Objects.requireNonNullElse(record.value(), "");
        inFlight.add(taskId, new TopicPartition(record.topic(), record.partition()), acknowledgment);
        taskIds.emitNext(taskId, Sinks.EmitFailureHandler.FAIL_FAST);
    }

    private Mono<Void> report(StopResult result) {
        TaskException refusal = refusalOfKey(result);
        if (refusal != null) {
            fail("The key was refused", refusal);
        }
        if (refusal != null || result instanceof Skipped) {
            // It waits in the topic for an instance with a good key.
            inFlight.release(result.taskId());
            return Mono.empty();
        }
        TaskReport report = TaskReport.of(result, properties.instance());
        String topic = result instanceof Failed ? properties.failedTopic() : properties.resultsTopic();
        return Mono.fromFuture(() -> kafka.send(topic, report.taskId(), report))
                .doOnNext(sent -> inFlight.acknowledge(report.taskId()))
                .then();
    }

    private static @Nullable TaskException refusalOfKey(StopResult result) {
        return result instanceof Failed failed
                        && failed.error() instanceof TaskResponseException answer
                        && answer.isAboutKey()
                ? answer
                : null;
    }

    private void fail(String reason, Throwable error) {
        if (failure.tryEmitValue(reason).isSuccess()) {
            log.error(
                    "{} ({}). This instance ends; ids without a result are not acknowledged and will be delivered"
                            + " again.",
                    reason,
                    error.getMessage());
        }
    }
}
