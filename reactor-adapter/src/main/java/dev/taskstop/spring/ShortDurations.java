package dev.taskstop.spring;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of durations that are mostly meant to be longer: a number without a unit is one of milliseconds. */
final class ShortDurations {

    private static final Logger log = LoggerFactory.getLogger(ShortDurations.class);
    private static final Duration SHORT = Duration.ofMillis(100);

    /** A first wait may well be short; nobody waits for single milliseconds. */
    private static final Duration SHORT_WAIT = Duration.ofMillis(10);

    private ShortDurations() {}

    static void warn(TaskstopProperties properties) {
        TaskstopProperties.Retry retry = properties.retry();
        warn("connect-timeout", properties.connectTimeout(), SHORT);
        warn("request-timeout", properties.requestTimeout(), SHORT);
        warn("poll-interval", properties.pollInterval(), SHORT);
        warn("retry.min-backoff", retry.minBackoff(), SHORT_WAIT);
        warn("retry.max-backoff", retry.maxBackoff(), SHORT);
        warn("retry.deadline", retry.deadline(), SHORT);
        warn("retry.max-pause", retry.maxPause(), SHORT);
        warn("health.max-age", properties.health().maxAge(), SHORT);
        for (int i = 0; i < properties.sweeps().size(); i++) {
            warn("sweeps[" + i + "].deadline", properties.sweeps().get(i).deadline(), SHORT);
        }
        warn("shutdown.grace", properties.shutdown().grace(), SHORT);
    }

    private static void warn(String name, @Nullable Duration duration, Duration limit) {
        // What is below zero is refused when the client is built.
        if (duration != null && !duration.isNegative() && duration.compareTo(limit) < 0) {
            log.warn(
                    "taskstop.{} is {} ms, which is short: is a unit missing? A number alone is one of milliseconds;"
                            + " 10s is ten seconds",
                    name,
                    duration.toMillis());
        }
    }
}
