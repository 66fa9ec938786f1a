package dev.taskstop.spring;

import dev.taskstop.GateState;
import dev.taskstop.StopResult;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskException;
import dev.taskstop.TaskResponseException;
import java.util.Locale;
import org.springframework.boot.health.contributor.AbstractReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import reactor.core.publisher.Mono;

/**
 * Tells from what came last how the task API is; sends nothing. Down when the last stop failed since the key was
 * refused, or since the API failed or did not answer; a task that cannot be stopped for a reason of its own is no
 * reason to be down.
 */
final class TaskstopHealthIndicator extends AbstractReactiveHealthIndicator {

    private final TaskClient client;
    private final RecentStops recent;

    TaskstopHealthIndicator(TaskClient client, RecentStops recent) {
        super("The state of the task client cannot be told");
        this.client = client;
        this.recent = recent;
    }

    @Override
    protected Mono<Health> doHealthCheck(Health.Builder health) {
        return Mono.fromSupplier(() -> {
            GateState gate = client.gateState();
            health.up()
                    .withDetail("inFlight", gate.inFlight())
                    .withDetail("limit", gate.limit())
                    .withDetail("waiting", gate.waiting())
                    .withDetail("pause", gate.pause());
            RecentStops.Result last = recent.last();
            if (last != null) {
                health.withDetail("lastOutcome", outcome(last.result())).withDetail("lastOutcomeAt", last.at());
                if (last.result() instanceof Failed failed) {
                    health.withDetail(
                            "lastFailure", String.valueOf(failed.error().getMessage()));
                    if (isAboutTheApi(failed.error())) {
                        health.down();
                    }
                }
            }
            return health.build();
        });
    }

    private static String outcome(StopResult result) {
        return result.getClass()
                .getSimpleName()
                .replaceAll("(?<=.)([A-Z])", "_$1")
                .toLowerCase(Locale.ROOT);
    }

    private static boolean isAboutTheApi(TaskException failure) {
        if (failure instanceof TaskResponseException answer) {
            return answer.isAboutKey() || answer.reason() == TaskResponseException.Reason.SERVER_ERROR;
        }
        boolean refusedHere = !failure.isOutcomeUnknown() && failure.getCause() == null;
        return !refusedHere;
    }
}
