package dev.taskstop.kafka;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskException;
import dev.taskstop.TaskResponseException;
import dev.taskstop.kafka.StopOrder.SetAside;
import dev.taskstop.kafka.StopOrder.Stop;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.event.ConsumerStoppedEvent;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.support.Acknowledgment;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * From a record with an id to a record with a result. One bulk stop takes the ids of all this instance's consumers, as
 * it has room; a record is acknowledged when the broker has its report, in whatever order that happens. What cannot be
 * stopped, since the record names no task, is reported without a stop.
 */
@Component
class StopPipeline implements SmartLifecycle {

    /** Their name in the registry of containers. */
    static final String CONSUMERS = "stops";

    private static final Logger log = LoggerFactory.getLogger(StopPipeline.class);

    /** Enough for the producer to fill its batches. */
    private static final int REPORTS_IN_FLIGHT = 256;

    private final TaskClient client;
    private final Reporter reporter;
    private final InFlight inFlight;
    private final RecordCounts counts;
    private final StopProperties properties;

    private final Sinks.One<String> failure = Sinks.one();
    private Sinks.Many<Delivery> deliveries = Sinks.many().unicast().onBackpressureBuffer();
    private Sinks.Many<Delivery> setAside = Sinks.many().unicast().onBackpressureBuffer();
    private Disposable stops = Disposables.disposed();

    StopPipeline(
            TaskClient client, Reporter reporter, InFlight inFlight, RecordCounts counts, StopProperties properties) {
        this.client = client;
        this.reporter = reporter;
        this.inFlight = inFlight;
        this.counts = counts;
        this.properties = properties;
    }

    @Override
    public synchronized void start() {
        deliveries = Sinks.many().unicast().onBackpressureBuffer(inFlight.waiting());
        setAside = Sinks.many().unicast().onBackpressureBuffer();
        Flux<Mono<Void>> reports = Flux.merge(
                REPORTS_IN_FLIGHT,
                client.stopAll(deliveries.asFlux().mapNotNull(this::begin)).map(this::report),
                setAside.asFlux().map(this::reportSetAside));
        stops = reports.flatMap(report -> report, REPORTS_IN_FLIGHT).subscribe(null, error -> {
            inFlight.clear();
            fail("Results cannot be reported", describe(error));
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

    /** Signals, once, that this instance cannot go on, and why. */
    Mono<String> failure() {
        return failure.asMono();
    }

    /** Called by the threads of several consumers; what they have handed over waits for demand. */
    @KafkaListener(id = CONSUMERS, idIsGroup = false, topics = "${taskstop.kafka.ids-topic}")
    synchronized void deliver(
            ConsumerRecord<byte @Nullable [], byte @Nullable []> record, Acknowledgment acknowledgment) {
        byte[] value = record.value();
        if (value == null) {
            // The producer's word that a key is of no interest any more: nothing to stop, and no failure.
            counts.tombstone();
            acknowledgment.acknowledge();
            return;
        }
        Delivery delivery = new Delivery(Source.of(record), StopOrderReader.read(value));
        if (inFlight.add(delivery, acknowledgment)) {
            Sinks.Many<Delivery> next = delivery.order() instanceof Stop ? deliveries : setAside;
            next.emitNext(delivery, Sinks.EmitFailureHandler.FAIL_FAST);
        }
    }

    /** A consumer that has ended by itself does not come back. */
    @EventListener
    void consumerStopped(ConsumerStoppedEvent event) {
        if (event.getReason() != ConsumerStoppedEvent.Reason.NORMAL) {
            fail("A consumer has ended", event.getReason().name());
        }
    }

    /** The id to stop, if it is still to be stopped. */
    private @Nullable String begin(Delivery delivery) {
        if (!(delivery.order() instanceof Stop stop) || !inFlight.begin(delivery)) {
            return null;
        }
        if (stop.reason() != null && log.isDebugEnabled()) {
            log.debug("Stopping {}: {}", Texts.line(stop.taskId()), Texts.line(stop.reason()));
        }
        return stop.taskId();
    }

    private Mono<Void> report(StopResult result) {
        Delivery delivery = inFlight.take(result.taskId());
        if (delivery == null) {
            return Mono.empty();
        }
        TaskException refusal = refusalOfKey(result);
        if (refusal != null) {
            fail("The key was refused", String.valueOf(refusal.getMessage()));
        }
        if (refusal != null || result instanceof Skipped) {
            // It waits in the topic for an instance with a good key.
            inFlight.release(delivery);
            return Mono.empty();
        }
        String reason = delivery.order() instanceof Stop stop ? stop.reason() : null;
        return send(TaskReport.of(result, reason, properties.instance()), delivery);
    }

    private Mono<Void> reportSetAside(Delivery delivery) {
        if (!(delivery.order() instanceof SetAside order) || !inFlight.begin(delivery)) {
            return Mono.empty();
        }
        return send(TaskReport.of(order, properties.instance()), delivery);
    }

    private Mono<Void> send(TaskReport report, Delivery delivery) {
        return reporter.send(report, delivery.source()).then(Mono.fromRunnable(() -> {
            counts.reported(report);
            inFlight.acknowledge(delivery);
        }));
    }

    private static @Nullable TaskException refusalOfKey(StopResult result) {
        return result instanceof Failed failed
                        && failed.error() instanceof TaskResponseException answer
                        && answer.isAboutKey()
                ? answer
                : null;
    }

    private void fail(String reason, String cause) {
        if (failure.tryEmitValue(reason).isSuccess()) {
            log.error(
                    "{} ({}). This instance ends; ids without a result are not acknowledged and will be delivered"
                            + " again.",
                    reason,
                    cause);
        }
    }

    /** Spring says that a send has failed, Kafka says why. */
    private static String describe(Throwable error) {
        Throwable cause = NestedExceptionUtils.getMostSpecificCause(error);
        return cause == error
                ? error.toString()
                : "%s: %s: %s".formatted(error.getMessage(), cause.getClass().getSimpleName(), cause.getMessage());
    }
}
