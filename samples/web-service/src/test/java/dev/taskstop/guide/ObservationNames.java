package dev.taskstop.guide;

import dev.taskstop.StopObservationContext;
import dev.taskstop.StopObservationConvention;
import io.micrometer.common.KeyValues;
import org.springframework.stereotype.Component;

// begin
@Component
class ObservationNames implements StopObservationConvention {

    @Override
    public String getName() {
        return "agents.stop";
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(StopObservationContext context) {
        return StopObservationConvention.super
                .getLowCardinalityKeyValues(context)
                .and("team", "billing");
    }
}
// end
