package dev.taskstop.kafka;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where ids come from and results go to; the defaults are in {@code application.yml}.
 *
 * @param idsTopic its values are the ids of the tasks to stop
 * @param resultsTopic what became of each, but for failures
 * @param failedTopic what failed
 * @param instance names this instance in its results
 * @param drainTimeout how long a rebalance or the end of the process waits for the stops that have begun
 */
@ConfigurationProperties("taskstop.kafka")
record StopProperties(
        String idsTopic, String resultsTopic, String failedTopic, String instance, Duration drainTimeout) {}
