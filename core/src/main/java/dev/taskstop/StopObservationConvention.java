package dev.taskstop;

import dev.taskstop.StopResult.Stopped;
import dev.taskstop.TaskObservationDocumentation.StopDetail;
import dev.taskstop.TaskObservationDocumentation.StopKey;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import org.jspecify.annotations.Nullable;

/**
 * Names and keys of the observation of a stop: see {@link TaskClientBuilder#stopObservationConvention}. As it is, it
 * gives those of {@link TaskObservationDocumentation#STOP}; override what is to be another.
 */
public interface StopObservationConvention extends ObservationConvention<StopObservationContext> {

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof StopObservationContext;
    }

    @Override
    default @Nullable String getName() {
        return TaskObservationDocumentation.STOP.getName();
    }

    @Override
    default @Nullable String getContextualName(StopObservationContext context) {
        return TaskObservationDocumentation.STOP.getContextualName();
    }

    /** The dialect from the start on; outcome and recovered once they are known. */
    @Override
    default KeyValues getLowCardinalityKeyValues(StopObservationContext context) {
        KeyValues keys = KeyValues.of(StopKey.DIALECT.withValue(context.dialect()));
        String outcome = MicrometerObserver.outcome(context);
        return outcome == null
                ? keys
                : keys.and(
                        StopKey.OUTCOME.withValue(outcome),
                        StopKey.RECOVERED.withValue(
                                Boolean.toString(context.result() instanceof Stopped stopped && stopped.recovered())));
    }

    @Override
    default KeyValues getHighCardinalityKeyValues(StopObservationContext context) {
        String taskId = context.taskId();
        String reason = context.reason();
        KeyValues keys = taskId == null ? KeyValues.empty() : KeyValues.of(StopDetail.TASK_ID.withValue(taskId));
        return reason == null ? keys : keys.and(StopDetail.REASON.withValue(reason));
    }
}
