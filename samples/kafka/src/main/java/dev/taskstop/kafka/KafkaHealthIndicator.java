package dev.taskstop.kafka;

import java.util.Collection;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.stereotype.Component;

/**
 * Whether this instance takes ids and reports: down when its consumers or its bulk stop have ended, or the broker gave no
 * answer lately. An instance that has no partitions, because others have all of them, is up.
 */
@Component
class KafkaHealthIndicator extends AbstractHealthIndicator {

    private final StopPipeline pipeline;
    private final KafkaListenerEndpointRegistry registry;
    private final InFlight inFlight;
    private final Lag lag;
    private final StopProperties properties;

    KafkaHealthIndicator(
            StopPipeline pipeline,
            KafkaListenerEndpointRegistry registry,
            InFlight inFlight,
            Lag lag,
            StopProperties properties) {
        super("The state of this instance cannot be told");
        this.pipeline = pipeline;
        this.registry = registry;
        this.inFlight = inFlight;
        this.lag = lag;
        this.properties = properties;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        MessageListenerContainer consumers = registry.getListenerContainer(StopPipeline.CONSUMERS);
        Collection<?> partitions = consumers == null ? null : consumers.getAssignedPartitions();
        boolean consuming = consumers != null && consumers.isRunning() && consumers.isInExpectedState();
        Lag.Sample sample = lag.sample();
        health.status(consuming && pipeline.isRunning() && sample.problem() == null ? Status.UP : Status.DOWN)
                .withDetail("instance", properties.instance())
                .withDetail("consuming", consuming)
                .withDetail("partitions", partitions == null ? 0 : partitions.size())
                .withDetail("inFlight", inFlight.count());
        if (sample.records() != null) {
            health.withDetail("lag", sample.records());
        }
        if (sample.problem() != null) {
            health.withDetail("broker", sample.problem());
        }
    }
}
