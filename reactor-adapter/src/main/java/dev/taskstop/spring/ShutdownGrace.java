package dev.taskstop.spring;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;

/**
 * How long stops may take when the application ends.
 *
 * @param time shorter than the phase, or the container would go on meanwhile
 */
record ShutdownGrace(Duration time) {

    private static final Logger log = LoggerFactory.getLogger(ShutdownGrace.class);

    private static final Duration DEFAULT_PHASE_TIMEOUT = Duration.ofSeconds(30);

    /** What a phase without any time leaves: enough to send the first stops. */
    private static final Duration SHORTEST = Duration.ofMillis(1);

    /** The deadline of a bulk stop is no longer. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    static ShutdownGrace of(TaskstopProperties properties, ObjectProvider<LifecycleProperties> lifecycle) {
        Duration phaseTimeout = lifecycle.stream()
                .map(LifecycleProperties::getTimeoutPerShutdownPhase)
                .findFirst()
                .orElse(DEFAULT_PHASE_TIMEOUT);
        return within(properties.shutdown().grace(), phaseTimeout);
    }

    /**
     * Cuts the grace to what a phase leaves.
     *
     * @param grace above zero
     * @param phaseTimeout how long the container waits for a phase
     */
    static ShutdownGrace within(Duration grace, Duration phaseTimeout) {
        if (grace.isNegative() || grace.isZero()) {
            throw new InvalidSettingException("shutdown.grace", "it takes a duration above zero, not " + grace);
        }
        if (grace.compareTo(LONGEST) > 0) {
            throw new InvalidSettingException(
                    "shutdown.grace", "it takes at most " + LONGEST.toDays() + " days, not " + grace);
        }
        Duration longest = phaseTimeout.multipliedBy(9).dividedBy(10);
        if (longest.compareTo(SHORTEST) < 0) {
            log.warn(
                    "spring.lifecycle.timeout-per-shutdown-phase is {}: that leaves no time to stop tracked tasks",
                    phaseTimeout);
            longest = SHORTEST;
        }
        return new ShutdownGrace(grace.compareTo(longest) < 0 ? grace : longest);
    }
}
