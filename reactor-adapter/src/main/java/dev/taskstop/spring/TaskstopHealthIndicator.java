package dev.taskstop.spring;

import dev.taskstop.GateState;
import dev.taskstop.StopResult;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.Sweep;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskException;
import dev.taskstop.TaskRequestException;
import dev.taskstop.TaskResponseException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import reactor.core.publisher.Mono;

/**
 * Tells from what came last how the task API is; sends nothing. Down when the last stop failed because the key was
 * refused, or because the API failed or did not answer; a task that cannot be stopped for a reason of its own is no
 * reason to be down. What came last counts for a time. Then nothing is known: behind a balancer that sends no more
 * requests to what is down, nothing would come that could change it. A round of a sweep that could not read the list
 * counts until the next one.
 */
final class TaskstopHealthIndicator extends AbstractReactiveHealthIndicator {

    private final TaskClient client;
    private final RecentStops recent;
    private final Duration maxAge;
    private final List<SweepLifecycle> sweeps;

    TaskstopHealthIndicator(TaskClient client, RecentStops recent, Duration maxAge) {
        this(client, recent, maxAge, List.of());
    }

    /** @param sweeps of any client; those of this one are told */
    TaskstopHealthIndicator(TaskClient client, RecentStops recent, Duration maxAge, Collection<SweepLifecycle> sweeps) {
        super("The state of the task client cannot be told");
        this.client = client;
        this.recent = recent;
        this.maxAge = maxAge;
        this.sweeps = sweeps.stream().filter(sweep -> sweep.client() == client).toList();
        if (maxAge.isNegative() || maxAge.isZero()) {
            throw new InvalidSettingException("health.max-age", "it takes a duration above zero, not " + maxAge);
        }
    }

    @Override
    protected Mono<Health> doHealthCheck(Health.Builder health) {
        return Mono.fromSupplier(() -> {
            health.up();
            tellGate(health);
            RecentStops.Result last = recent.last();
            if (last != null) {
                tellLast(last, health);
            }
            tellSweeps(health);
            return health.build();
        });
    }

    private void tellGate(Health.Builder health) {
        @Nullable GateState gate = client.gateState();
        if (gate != null) { // as it is of a mock in the place of the client
            health.withDetail("inFlight", gate.inFlight())
                    .withDetail("limit", gate.limit())
                    .withDetail("waiting", gate.waiting())
                    .withDetail("pause", gate.pause());
        }
    }

    private void tellLast(RecentStops.Result last, Health.Builder health) {
        health.withDetail("lastOutcome", outcome(last.result())).withDetail("lastOutcomeAt", last.at());
        if (last.result() instanceof Failed failed) {
            health.withDetail("lastFailure", String.valueOf(failed.error().getMessage()));
            if (isAboutTheApi(failed.error())) {
                health.down();
            }
        }
        if (recent.age(last).compareTo(maxAge) > 0) {
            health.unknown();
        }
    }

    /** A round comes by itself, so the last one counts until the next, however long that takes. */
    private void tellSweeps(Health.Builder health) {
        Map<String, String> told = new LinkedHashMap<>();
        for (SweepLifecycle sweep : sweeps) {
            Sweep last = sweep.state().last();
            TaskException failure = last == null ? null : last.error();
            told.put(
                    sweep.name(),
                    last == null
                            ? "no round has ended"
                            : "round " + last.number() + ": "
                                    + (failure == null ? last.summary() : failure.getMessage()));
            if (failure != null && isAboutTheApi(failure)) {
                health.down();
            }
        }
        if (!told.isEmpty()) {
            health.withDetail("sweeps", told);
        }
    }

    private static String outcome(StopResult result) {
        return result.outcome().name().toLowerCase(Locale.ROOT);
    }

    private static boolean isAboutTheApi(TaskException failure) {
        if (failure instanceof TaskResponseException answer) {
            return answer.isAboutKey() || answer.reason() == TaskResponseException.Reason.SERVER_ERROR;
        }
        return !(failure instanceof TaskRequestException unanswered) || isAboutTheApi(unanswered.reason());
    }

    private static boolean isAboutTheApi(TaskRequestException.Reason reason) {
        return switch (reason) {
            case REFUSED, NO_TURN -> false;
            case NO_KEY, NOT_SENT, NOT_PROCESSED, NO_ANSWER, BROKEN_OFF, UNCONFIRMED, DEADLINE -> true;
        };
    }
}
