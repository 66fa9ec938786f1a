package dev.taskstop.kafka;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where ids come from and results go to; the defaults are in {@code application.yml}.
 *
 * @param idsTopic its records name the tasks to stop
 * @param resultsTopic what became of each, but for failures
 * @param failedTopic what failed
 * @param instance names this instance in its results
 * @param drainTimeout how long a rebalance or the end of the process waits for the stops that have begun
 * @param lagInterval how often the broker is asked how much there is to do
 */
@ConfigurationProperties("taskstop.kafka")
record StopProperties(
        String idsTopic,
        String resultsTopic,
        String failedTopic,
        String instance,
        Duration drainTimeout,
        Duration lagInterval) {

    StopProperties {
        if (drainTimeout.isNegative()) {
            throw new IllegalArgumentException("taskstop.kafka.drain-timeout is below zero: " + drainTimeout);
        }
        if (lagInterval.isNegative() || lagInterval.isZero()) {
            throw new IllegalArgumentException("taskstop.kafka.lag-interval is not above zero: " + lagInterval);
        }
    }
}
