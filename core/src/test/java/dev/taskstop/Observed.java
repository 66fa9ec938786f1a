package dev.taskstop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.tck.TestObservationRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** A registry, and what was started and stopped in it, in that order. */
final class Observed implements ObservationHandler<Observation.Context> {

    static final String STOP = "taskstop.stop";
    static final String REQUEST = "taskstop.request";

    final TestObservationRegistry registry = TestObservationRegistry.create();
    private final List<Observation.Context> started = new CopyOnWriteArrayList<>();
    private final List<Observation.Context> stopped = new CopyOnWriteArrayList<>();

    Observed() {
        registry.observationConfig().observationHandler(this);
    }

    @Override
    public void onStart(Observation.Context context) {
        started.add(context);
    }

    @Override
    public void onStop(Observation.Context context) {
        stopped.add(context);
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
        return true;
    }

    /** Stops tasks in virtual time, with as much of it as it takes. */
    List<StopResult> stopAll(
            StubTransport server,
            UnaryOperator<TaskClientBuilder> settings,
            StopAllOptions options,
            String... taskIds) {
        List<StopResult> results = new ArrayList<>();
        StepVerifier.withVirtualTime(() -> settings.apply(server.client().observationRegistry(registry))
                        .build()
                        .stopAll(Flux.just(taskIds), options)
                        .doOnNext(results::add)
                        .then())
                .thenAwait(Duration.ofHours(1))
                .expectComplete()
                .verify(Wire.LIMIT);
        return results;
    }

    int startedSoFar() {
        return started.size();
    }

    /** The names of what was stopped, in the order of its ends. */
    List<String> ends() {
        return stopped.stream()
                .map(context -> String.valueOf(context.getName()))
                .toList();
    }

    List<Observation.Context> stopped(String name) {
        return stopped.stream()
                .filter(context -> name.equals(context.getName()))
                .toList();
    }

    Observation.Context single(String name) {
        assertThat(stopped(name)).hasSize(1);
        return stopped(name).get(0);
    }

    /** The values of one key, in the order of the ends. */
    List<String> values(String name, String key) {
        return stopped(name).stream()
                .map(context -> low(context).getOrDefault(key, "(missing)"))
                .toList();
    }

    void assertEverythingEndedOnce() {
        assertThat(stopped).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(started);
    }

    static Observation.ContextView parent(Observation.Context context) {
        return requireNonNull(context.getParentObservation()).getContextView();
    }

    static Map<String, String> low(Observation.ContextView context) {
        return map(context.getLowCardinalityKeyValues());
    }

    static Map<String, String> high(Observation.ContextView context) {
        return map(context.getHighCardinalityKeyValues());
    }

    private static Map<String, String> map(KeyValues keys) {
        return keys.stream().collect(Collectors.toMap(KeyValue::getKey, KeyValue::getValue));
    }
}
