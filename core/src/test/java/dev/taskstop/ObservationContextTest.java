package dev.taskstop;

import static dev.taskstop.Observed.REQUEST;
import static dev.taskstop.Observed.STOP;
import static dev.taskstop.StubTransport.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.ContextView;

/** Whose child an observation is, and who sees it. */
class ObservationContextTest {

    private static final String KEY = "micrometer.observation";

    private final StubTransport server = new StubTransport();
    private final Observed observed = new Observed();
    private final Observation parent = Observation.start("parent", observed.registry);
    private final Observation other = Observation.start("other", observed.registry);

    private TaskClient client() {
        return server.client().observationRegistry(observed.registry).build();
    }

    private static @Nullable Observation of(ContextView context) {
        return context.getOrDefault(KEY, null);
    }

    private void assertParents(String name, int count, @Nullable Observation expected) {
        assertThat(observed.stopped(name))
                .hasSize(count)
                .allSatisfy(
                        context -> assertThat(context.getParentObservation()).isSameAs(expected));
    }

    @AfterEach
    void everythingThatBeganHasEndedOnce() {
        parent.stop();
        other.stop();
        observed.assertEverythingEndedOnce();
        assertThat(observed.registry.getCurrentObservation()).isNull();
    }

    @Test
    void the_key_is_the_one_of_micrometer() {
        assertThat(MicrometerObserver.KEY)
                .isEqualTo(ObservationThreadLocalAccessor.KEY)
                .isEqualTo(KEY);
    }

    @Test
    void the_parent_of_a_stop_is_the_observation_in_the_context() {
        Wire.value(client().stop("t1").contextWrite(context -> context.put(KEY, parent)));

        assertParents(STOP, 1, parent);
    }

    @Test
    void the_parent_of_each_stop_of_a_batch_is_the_observation_in_the_context() {
        Wire.values(client().stopAll(Flux.fromIterable(Wire.ids(200))).contextWrite(c -> c.put(KEY, parent)));

        assertParents(STOP, 200, parent);
    }

    @Test
    void the_parent_of_each_stop_of_a_shutdown_is_the_observation_of_who_subscribes() {
        ActiveTasks tasks = client().activeTasks();
        Wire.ids(20).forEach(tasks::register);
        Flux<StopResult> assembledElsewhere = tasks.shutdown(Duration.ofSeconds(5));

        parent.scoped(() -> Wire.values(assembledElsewhere));

        assertParents(STOP, 20, parent);
    }

    @Test
    void the_transport_sees_the_observation_of_the_request_whose_parent_is_the_stop_and_no_thread_local() {
        List<Observation> seen = new CopyOnWriteArrayList<>();
        server.onStop((request, taskId) -> Mono.deferContextual(context -> {
            seen.add(of(context));
            assertThat(observed.registry.getCurrentObservation()).isNull();
            assertThat(context.<String>get("mine")).isEqualTo("kept");
            return stopped().to(request, taskId);
        }));

        Wire.value(client().stop("t1")
                .doOnNext(task ->
                        assertThat(observed.registry.getCurrentObservation()).isNull())
                .contextWrite(context -> context.put(KEY, parent).put("mine", "kept")));

        assertThat(seen)
                .singleElement()
                .satisfies(request -> assertThat(request.getContextView()).isSameAs(observed.single(REQUEST)));
        assertThat(Observed.parent(observed.single(REQUEST))).isSameAs(observed.single(STOP));
    }

    @Test
    void the_source_of_keys_sees_the_observation_of_the_stop() {
        List<Observation> seen = new CopyOnWriteArrayList<>();
        TaskClient client = server.client()
                .observationRegistry(observed.registry)
                .apiKey(() -> Mono.deferContextual(context -> {
                    seen.add(of(context));
                    return Mono.just("bb_key");
                }))
                .build();

        Wire.value(client.stop("t1"));

        assertThat(seen)
                .singleElement()
                .satisfies(stop -> assertThat(stop.getContextView()).isSameAs(observed.single(STOP)));
    }

    @Test
    void the_source_of_the_ids_and_the_subscriber_see_the_parent_and_not_a_stop() {
        List<Observation> seen = new CopyOnWriteArrayList<>();
        Flux<String> ids = Flux.deferContextual(context -> {
            seen.add(of(context));
            return Flux.just("t1");
        });

        Wire.values(client().stopAll(ids).contextWrite(context -> context.put(KEY, parent)));

        assertThat(seen).containsExactly(parent);
    }

    @Test
    void without_one_in_the_context_the_parent_is_the_current_one_of_the_thread_that_subscribes() {
        Mono<StoppedTask> stop = client().stop("t1");

        parent.scoped(() -> Wire.value(stop));

        assertParents(STOP, 1, parent);
    }

    @Test
    void it_stays_the_parent_of_stops_and_requests_that_begin_on_other_threads() {
        server.onStop(stopped().after(Duration.ofMillis(2))).onStatus(StubTransport.status("stopped"));
        TaskClient client = client();

        parent.scoped(() -> {
            Wire.values(client.stopAll(
                    Flux.fromIterable(Wire.ids(30)),
                    StopAllOptions.defaults().withConcurrency(4).withConfirm(true)));
            Wire.value(client.awaitDone("t1"));
            Wire.value(client.status("t1"));
        });

        assertParents(STOP, 30, parent);
        assertThat(observed.stopped(REQUEST))
                .filteredOn(request -> "GET".equals(Observed.low(request).get("method")))
                .hasSize(32)
                .allSatisfy(
                        request -> assertThat(request.getParentObservation()).isSameAs(parent));
    }

    @Test
    void it_is_the_parent_of_the_stop_that_ends_work_of_ones_own() {
        server.onStatus(StubTransport.status("completed"));
        TaskClient client = client();
        parent.scoped(() -> {
            Mono.never()
                    .transform(client.stopOnTimeout("t1", Duration.ofMillis(1)))
                    .onErrorComplete()
                    .block(Duration.ofSeconds(10));
            Mono.never().transform(client.stopOnCancel("t1")).subscribe().dispose();
        });

        assertParents(STOP, 2, parent);
    }

    @Test
    void the_context_goes_before_the_thread() {
        Mono<StoppedTask> stop = client().stop("t1").contextWrite(context -> context.put(KEY, parent));

        other.scoped(() -> Wire.value(stop));

        assertParents(STOP, 1, parent);
    }

    @Test
    void something_else_under_the_key_is_nobodys_parent() {
        Wire.value(client().stop("t1").contextWrite(context -> context.put(KEY, "not an observation")));

        assertParents(STOP, 1, null);
    }

    @Test
    void a_call_that_another_thread_lets_in_does_not_become_that_ones_child() {
        Sinks.One<TaskResponse> answer = Sinks.one();
        server.onStop((request, taskId) -> answer.asMono());
        TaskClient client = server.client()
                .observationRegistry(observed.registry)
                .concurrency(1)
                .build();
        client.stop("first").onErrorComplete().subscribe();
        client.status("waiting").subscribe();
        assertThat(client.gateState().waiting()).isEqualTo(1);

        other.scoped(
                () -> answer.tryEmitValue(StubTransport.response(404, "{}")).orThrow());

        assertThat(observed.stopped(REQUEST))
                .hasSize(2)
                .allSatisfy(
                        request -> assertThat(request.getParentObservation()).isNotSameAs(other));
        assertThat(observed.stopped(REQUEST).get(1).getParentObservation()).isNull();
    }

    @Test
    void a_stop_that_a_predicate_turns_off_leaves_its_requests_to_the_parent() {
        observed.registry
                .observationConfig()
                .observationPredicate(
                        (name, context) -> !name.equals(STOP) || context.getParentObservation() != parent);

        Wire.value(client().stop("t1").contextWrite(context -> context.put(KEY, parent)));
        assertParents(STOP, 0, null);
        assertParents(REQUEST, 1, parent);

        Wire.value(client().stop("t1"));
        assertParents(STOP, 1, null);
    }

    @Test
    void with_automatic_propagation_the_current_observation_is_the_parent_and_the_transport_has_its_own() {
        List<Observation> current = new CopyOnWriteArrayList<>();
        server.onStop((request, taskId) -> stopped()
                .after(Duration.ofMillis(2))
                .to(request, taskId)
                .doOnNext(response -> current.add(observed.registry.getCurrentObservation())));
        TaskClient client = client();

        Hooks.enableAutomaticContextPropagation();
        try {
            parent.scoped(() -> Wire.values(client.stopAll(
                    Flux.fromIterable(Wire.ids(20)), StopAllOptions.defaults().withConcurrency(3))));
            parent.scoped(() -> Wire.value(client.stop("t1")));
        } finally {
            Hooks.disableAutomaticContextPropagation();
        }

        assertParents(STOP, 21, parent);
        assertThat(current)
                .extracting(Observation::getContextView)
                .containsExactlyInAnyOrderElementsOf(observed.stopped(REQUEST));
    }

    @Test
    void with_automatic_propagation_a_context_without_an_observation_means_no_parent() {
        Mono<StoppedTask> stop = client().stop("t1");

        Hooks.enableAutomaticContextPropagation();
        try {
            parent.scoped(() -> Wire.value(stop.contextWrite(context -> context.put("some", "thing"))));
        } finally {
            Hooks.disableAutomaticContextPropagation();
        }

        assertParents(STOP, 1, null);
    }
}
