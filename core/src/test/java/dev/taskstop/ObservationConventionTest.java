package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Stopped;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.GlobalObservationConvention;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Names and keys of observations that are the caller's own. */
class ObservationConventionTest {

    private static final String ID = "9qQe2F8Z_nXx9-eJA0BD6";

    private final ObservationRegistry registry = ObservationRegistry.create();
    private final List<Observation.Context> ended = new CopyOnWriteArrayList<>();

    private TaskClientBuilder client(int status) {
        registry.observationConfig().observationHandler(new ObservationHandler<>() {
            @Override
            public void onStop(Observation.Context context) {
                ended.add(context);
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
        byte[] body = "{\"task\":{\"id\":\"%s\",\"status\":\"stopped\"}}"
                .formatted(ID)
                .getBytes(StandardCharsets.UTF_8);
        return TaskClient.builder()
                .apiKey(Wire.KEY)
                .retry(StopRetry.defaults().withMaxAttempts(1).withBudget(0))
                .observationRegistry(registry)
                .transport(request -> Mono.fromSupplier(() -> new TaskResponse(status, name -> null, body, false)));
    }

    private Observation.Context ended(Class<? extends Observation.Context> type) {
        return ended.stream().filter(type::isInstance).findFirst().orElseThrow();
    }

    private static final class OwnStops implements StopObservationConvention {

        @Override
        public String getName() {
            return "agents.stopped";
        }

        @Override
        public String getContextualName(StopObservationContext context) {
            return "stop an agent";
        }

        @Override
        public KeyValues getLowCardinalityKeyValues(StopObservationContext context) {
            return KeyValues.of("well", Boolean.toString(context.result() instanceof Stopped));
        }

        @Override
        public KeyValues getHighCardinalityKeyValues(StopObservationContext context) {
            return KeyValues.of("agent", context.dialect() + " " + context.taskId());
        }
    }

    private static final class OwnRequests implements RequestObservationConvention {

        @Override
        public String getName() {
            return "agents.calls";
        }

        @Override
        public KeyValues getLowCardinalityKeyValues(RequestObservationContext context) {
            return KeyValues.of(
                    "call", context.method() + " " + context.pathTemplate(), "said", String.valueOf(context.status()));
        }
    }

    @Test
    void conventions_replace_names_and_keys() {
        TaskClient client = client(200)
                .stopObservationConvention(new OwnStops())
                .requestObservationConvention(new OwnRequests())
                .build();

        Wire.value(client.stop(ID));

        Observation.Context stop = ended(StopObservationContext.class);
        assertThat(stop.getName()).isEqualTo("agents.stopped");
        assertThat(stop.getContextualName()).isEqualTo("stop an agent");
        assertThat(stop.getLowCardinalityKeyValues()).isEqualTo(KeyValues.of("well", "true"));
        assertThat(stop.getHighCardinalityKeyValues()).isEqualTo(KeyValues.of("agent", "cloud " + ID));
        Observation.Context request = ended(RequestObservationContext.class);
        assertThat(request.getName()).isEqualTo("agents.calls");
        assertThat(request.getContextualName()).isEqualTo("PATCH /api/tasks/{taskId}");
        assertThat(request.getLowCardinalityKeyValues())
                .isEqualTo(KeyValues.of("call", "PATCH /api/tasks/{taskId}", "said", "200"));
        assertThat(request.getHighCardinalityKeyValues()).isEqualTo(KeyValues.empty());
    }

    @Test
    void one_convention_leaves_the_other_observation_as_documented() {
        Wire.value(client(200).stopObservationConvention(new OwnStops()).build().stop(ID));

        assertThat(ended(RequestObservationContext.class).getName()).isEqualTo("taskstop.request");
        assertThat(ended(RequestObservationContext.class).getLowCardinalityKeyValue("outcome"))
                .isNotNull()
                .satisfies(key -> assertThat(key.getValue()).isEqualTo("answered"));
    }

    @Test
    void those_of_the_registry_hold_where_the_client_has_none() {
        class Everywhere implements GlobalObservationConvention<StopObservationContext> {

            @Override
            public boolean supportsContext(Observation.Context context) {
                return context instanceof StopObservationContext;
            }

            @Override
            public String getName() {
                return "everywhere";
            }
        }
        registry.observationConfig().observationConvention(new Everywhere());

        Wire.value(client(200).build().stop(ID));

        assertThat(ended(StopObservationContext.class).getName()).isEqualTo("everywhere");
        assertThat(ended(StopObservationContext.class).getLowCardinalityKeyValues())
                .isEmpty();
    }

    @Test
    void a_convention_that_throws_costs_its_observation_and_nothing_else() {
        StopObservationConvention throwing = new StopObservationConvention() {
            @Override
            public KeyValues getLowCardinalityKeyValues(StopObservationContext context) {
                throw new IllegalStateException("on purpose");
            }
        };

        assertThat(Wire.value(
                        client(200).stopObservationConvention(throwing).build().stop(ID)))
                .isNotNull();
    }

    @Test
    void a_convention_sees_the_failure() {
        Wire.failure(
                client(500).stopObservationConvention(new OwnStops()).build().stop(ID));

        Observation.Context stop = ended(StopObservationContext.class);
        assertThat(stop.getError()).isInstanceOf(TaskResponseException.class);
        assertThat(stop.getLowCardinalityKeyValues()).isEqualTo(KeyValues.of("well", "false"));
    }
}
