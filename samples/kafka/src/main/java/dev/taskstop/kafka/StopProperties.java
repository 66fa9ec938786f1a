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
        checkTopic("ids-topic", idsTopic);
        checkTopic("results-topic", resultsTopic);
        checkTopic("failed-topic", failedTopic);
        // A report names a task as an order does, so each would be an order to stop it again, for ever.
        if (idsTopic.equals(resultsTopic) || idsTopic.equals(failedTopic)) {
            throw new IllegalArgumentException(
                    "taskstop.kafka.ids-topic is where reports go, too, which would be taken for ids: " + idsTopic);
        }
        // Null is what Spring makes of an empty property.
        if (drainTimeout == null || drainTimeout.isNegative()) {
            throw new IllegalArgumentException(
                    "taskstop.kafka.drain-timeout takes a duration from zero up, not " + drainTimeout);
        }
        if (lagInterval == null || lagInterval.isNegative() || lagInterval.isZero()) {
            throw new IllegalArgumentException(
                    "taskstop.kafka.lag-interval takes a duration above zero, not " + lagInterval);
        }
    }

    private static void checkTopic(String property, String topic) {
        if (topic.isBlank()) {
            throw new IllegalArgumentException(
                    "taskstop.kafka." + property + " takes the name of a topic, not a blank");
        }
    }
}
