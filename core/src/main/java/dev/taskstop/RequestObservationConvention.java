package dev.taskstop;

import dev.taskstop.TaskObservationDocumentation.RequestKey;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import org.jspecify.annotations.Nullable;

/**
 * Names and keys of the observation of an HTTP exchange: see {@link TaskClientBuilder#requestObservationConvention}. As
 * it is, it gives those of {@link TaskObservationDocumentation#REQUEST}; override what is to be another.
 */
public interface RequestObservationConvention extends ObservationConvention<RequestObservationContext> {

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof RequestObservationContext;
    }

    @Override
    default @Nullable String getName() {
        return TaskObservationDocumentation.REQUEST.getName();
    }

    @Override
    default @Nullable String getContextualName(RequestObservationContext context) {
        return context.method() + " " + context.pathTemplate();
    }

    /** Method and path from the start on; status and outcome once they are known. */
    @Override
    default KeyValues getLowCardinalityKeyValues(RequestObservationContext context) {
        KeyValues keys = KeyValues.of(
                RequestKey.METHOD.withValue(context.method()), RequestKey.PATH.withValue(context.pathTemplate()));
        String outcome = context.outcome();
        return outcome == null
                ? keys
                : keys.and(
                        RequestKey.STATUS.withValue(MicrometerObserver.status(context.status())),
                        RequestKey.OUTCOME.withValue(outcome));
    }
}
