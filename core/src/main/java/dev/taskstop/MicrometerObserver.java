package dev.taskstop;

import static dev.taskstop.TaskObservationDocumentation.REQUEST;
import static dev.taskstop.TaskObservationDocumentation.STOP;

import dev.taskstop.StopResult.Failed;
import io.micrometer.observation.NullObservation;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Observes calls with Micrometer. Parents come from the Reactor Context, and each observation is in the Context of what
 * it surrounds; no thread-local is set.
 */
final class MicrometerObserver implements CallObserver {

    /** Micrometer's own; its constant is in a class that needs the context-propagation library. */
    static final String KEY = "micrometer.observation";

    private static final Logger log = LoggerFactory.getLogger(MicrometerObserver.class);

    private static final StopObservationConvention STOPS = new StopObservationConvention() {};
    private static final RequestObservationConvention REQUESTS = new RequestObservationConvention() {};

    private final ObservationRegistry registry;
    private final String dialect;
    private final @Nullable StopObservationConvention stops;
    private final @Nullable RequestObservationConvention requests;
    private final Guard guard = new Guard(log, "An observation handler", "what it observes goes on");

    private MicrometerObserver(
            ObservationRegistry registry,
            String dialect,
            @Nullable StopObservationConvention stops,
            @Nullable RequestObservationConvention requests) {
        this.registry = registry;
        this.dialect = dialect;
        this.stops = stops;
        this.requests = requests;
    }

    /** Without conventions of the caller's own, those of the registry hold, and else the documented ones. */
    static CallObserver of(
            ObservationRegistry registry,
            String dialect,
            @Nullable StopObservationConvention stops,
            @Nullable RequestObservationConvention requests) {
        // One without handlers is no-op as well, but may get some.
        return registry == ObservationRegistry.NOOP ? NONE : new MicrometerObserver(registry, dialect, stops, requests);
    }

    @Override
    public <T> Mono<T> fromCaller(Mono<T> call) {
        return call.contextWrite(this::withCurrent);
    }

    @Override
    public <T> Flux<T> fromCaller(Flux<T> call) {
        return call.contextWrite(this::withCurrent);
    }

    /** The thread's observation means the caller's only here: what comes later runs on threads of others. */
    private Context withCurrent(Context context) {
        Observation current = context.hasKey(KEY) ? null : guard.callOrNull(registry::getCurrentObservation);
        return current == null ? context : context.put(KEY, current);
    }

    @Override
    public Mono<StopResult> stop(@Nullable String taskId, @Nullable String reason, Mono<StopResult> stop) {
        return observe(
                stop,
                () -> new StopObservationContext(dialect, taskId, reason),
                own -> STOP.observation(stops, STOPS, () -> own, registry),
                (own, result) -> {
                    own.setResult(result);
                    return result instanceof Failed failed ? failed.error() : null;
                },
                (own, failure) -> {},
                StopObservationContext::setCancelled);
    }

    @Override
    public Mono<TaskResponse> exchange(TaskRequest request, Mono<TaskResponse> exchange) {
        return observe(
                exchange,
                () -> new RequestObservationContext(request.method(), request.pathTemplate()),
                own -> REQUEST.observation(requests, REQUESTS, () -> own, registry),
                (own, response) -> {
                    own.end(response.status(), "answered");
                    return null;
                },
                (own, failure) -> own.end(null, wasNotSent(failure) ? "not_sent" : "no_answer"),
                own -> own.end(null, "cancelled"));
    }

    /**
     * Ends the observation before the subscriber sees the signal, and on cancel after what it surrounds has ended. A
     * subscriber may cancel after it got its value, so the first ending is the only one.
     */
    private <T, C extends Observation.Context> Mono<T> observe(
            Mono<T> call,
            Supplier<C> newContext,
            Function<C, Observation> create,
            BiFunction<C, ? super T, @Nullable Throwable> onValue,
            BiConsumer<C, Throwable> onError,
            Consumer<C> onCancel) {
        return Mono.deferContextual(context -> {
            C own = newContext.get();
            Observation observation = start(() -> withParent(own, create, context));
            if (observation.isNoop()) {
                return call;
            }
            AtomicBoolean ended = new AtomicBoolean();
            return call.doOnNext(value -> end(observation, ended, () -> onValue.apply(own, value)))
                    .doOnError(failure -> end(observation, ended, () -> {
                        onError.accept(own, failure);
                        return failure;
                    }))
                    .doFinally(signal -> end(observation, ended, () -> {
                        onCancel.accept(own);
                        return null;
                    }))
                    .contextWrite(Context.of(KEY, observation));
        });
    }

    /** Names the parent twice: before, for predicates that ask for it; after, because none must not mean the thread's. */
    private static <C extends Observation.Context> Observation withParent(
            C own, Function<C, Observation> create, ContextView context) {
        Object value = context.getOrDefault(KEY, null);
        // Automatic propagation stands in for "none" with an observation that is nothing.
        Observation parent = value instanceof Observation known && !(value instanceof NullObservation) ? known : null;
        own.setParentObservation(parent);
        return create.apply(own).parentObservation(parent);
    }

    /** Who watches must not harm: a handler that throws costs its observation, never the truth about a task. */
    private Observation start(Supplier<Observation> create) {
        return guard.call(() -> create.get().start(), Observation.NOOP);
    }

    private void end(Observation observation, AtomicBoolean ended, Supplier<@Nullable Throwable> ending) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        guard.run(() -> {
            Throwable error = ending.get();
            if (error != null) {
                observation.error(error);
            }
            observation.stop();
        });
    }

    /** Null while it is not known. */
    static @Nullable String outcome(StopObservationContext context) {
        StopResult result = context.result();
        if (result == null) {
            return context.isCancelled() ? "cancelled" : context.getError() == null ? null : "failed";
        }
        return result.outcome().name().toLowerCase(Locale.ROOT);
    }

    /** A server can put any number there, and a metric has a time series for each. */
    static String status(@Nullable Integer status) {
        if (status == null) {
            return "none";
        }
        return status >= 100 && status <= 999 ? Integer.toString(status) : "other";
    }

    private static boolean wasNotSent(Throwable failure) {
        return failure instanceof TaskException known && !known.isOutcomeUnknown();
    }
}
