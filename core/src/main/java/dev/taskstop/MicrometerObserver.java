package dev.taskstop;

import static dev.taskstop.TaskObservationDocumentation.REQUEST;
import static dev.taskstop.TaskObservationDocumentation.STOP;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.TaskObservationDocumentation.RequestKey;
import dev.taskstop.TaskObservationDocumentation.StopDetail;
import dev.taskstop.TaskObservationDocumentation.StopKey;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.NullObservation;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.concurrent.atomic.AtomicBoolean;
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

    private static final Ending STOP_CANCELLED = stopEnding("cancelled", false, null);
    private static final Ending REQUEST_CANCELLED = requestEnding("none", "cancelled", null);

    private final ObservationRegistry registry;
    private final String dialect;
    private final Guard guard = new Guard(log, "An observation handler", "what it observes goes on");

    private MicrometerObserver(ObservationRegistry registry, String dialect) {
        this.registry = registry;
        this.dialect = dialect;
    }

    static CallObserver of(ObservationRegistry registry, String dialect) {
        // One without handlers is no-op as well, but may get some.
        return registry == ObservationRegistry.NOOP ? NONE : new MicrometerObserver(registry, dialect);
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
        Observation current = context.hasKey(KEY) ? null : registry.getCurrentObservation();
        return current == null ? context : context.put(KEY, current);
    }

    @Override
    public Mono<StopResult> stop(@Nullable String taskId, Mono<StopResult> stop) {
        return observe(
                stop,
                context -> {
                    Observation observation =
                            create(STOP, context).lowCardinalityKeyValue(StopKey.DIALECT.withValue(dialect));
                    return taskId == null
                            ? observation
                            : observation.highCardinalityKeyValue(StopDetail.TASK_ID.withValue(taskId));
                },
                MicrometerObserver::stopEnding,
                failure -> stopEnding("failed", false, failure),
                STOP_CANCELLED);
    }

    @Override
    public Mono<TaskResponse> exchange(TaskRequest request, Mono<TaskResponse> exchange) {
        return observe(
                exchange,
                context -> create(REQUEST, context)
                        .contextualName(request.toString())
                        .lowCardinalityKeyValue(RequestKey.METHOD.withValue(request.method()))
                        .lowCardinalityKeyValue(RequestKey.PATH.withValue(request.pathTemplate())),
                response -> requestEnding(status(response.status()), "answered", null),
                failure -> requestEnding("none", wasNotSent(failure) ? "not_sent" : "no_answer", failure),
                REQUEST_CANCELLED);
    }

    /**
     * Ends the observation before the subscriber sees the signal, and on cancel after what it surrounds has ended. A
     * subscriber may cancel after it got its value, so the first ending is the only one.
     */
    private <T> Mono<T> observe(
            Mono<T> call,
            Function<ContextView, Observation> create,
            Function<? super T, Ending> onValue,
            Function<Throwable, Ending> onError,
            Ending onCancel) {
        return Mono.deferContextual(context -> {
            Observation observation = start(() -> create.apply(context));
            if (observation.isNoop()) {
                return call;
            }
            AtomicBoolean ended = new AtomicBoolean();
            return call.doOnNext(value -> end(observation, ended, onValue.apply(value)))
                    .doOnError(failure -> end(observation, ended, onError.apply(failure)))
                    .doFinally(signal -> end(observation, ended, onCancel))
                    .contextWrite(Context.of(KEY, observation));
        });
    }

    /** Names the parent twice: before, for predicates that ask for it; after, since none must not mean the thread's. */
    private Observation create(TaskObservationDocumentation kind, ContextView context) {
        Object value = context.getOrDefault(KEY, null);
        // Automatic propagation stands in for "none" with an observation that is nothing.
        Observation parent = value instanceof Observation known && !(value instanceof NullObservation) ? known : null;
        return kind.observation(registry, () -> {
                    Observation.Context own = new Observation.Context();
                    own.setParentObservation(parent);
                    return own;
                })
                .parentObservation(parent);
    }

    /** Who watches must not harm: a handler that throws costs its observation, never the truth about a task. */
    private Observation start(Supplier<Observation> create) {
        return guard.call(() -> create.get().start(), Observation.NOOP);
    }

    private void end(Observation observation, AtomicBoolean ended, Ending ending) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        guard.run(() -> {
            observation.lowCardinalityKeyValues(ending.keys());
            if (ending.error() != null) {
                observation.error(ending.error());
            }
            observation.stop();
        });
    }

    private static Ending stopEnding(StopResult result) {
        if (result instanceof Stopped stopped) {
            return stopEnding("stopped", stopped.recovered(), null);
        }
        if (result instanceof Failed failed) {
            return stopEnding("failed", false, failed.error());
        }
        if (result instanceof StopResult.AlreadyEnded) {
            return stopEnding("already_ended", false, null);
        }
        return stopEnding(result instanceof StopResult.NotFound ? "not_found" : "skipped", false, null);
    }

    private static Ending stopEnding(String outcome, boolean recovered, @Nullable Throwable error) {
        return new Ending(
                KeyValues.of(
                        StopKey.OUTCOME.withValue(outcome), StopKey.RECOVERED.withValue(Boolean.toString(recovered))),
                error);
    }

    private static Ending requestEnding(String status, String outcome, @Nullable Throwable error) {
        return new Ending(
                KeyValues.of(RequestKey.STATUS.withValue(status), RequestKey.OUTCOME.withValue(outcome)), error);
    }

    /** A server can put any number there, and a metric has a time series for each. */
    private static String status(int status) {
        return status >= 100 && status <= 999 ? Integer.toString(status) : "other";
    }

    private static boolean wasNotSent(Throwable failure) {
        return failure instanceof TaskException known && !known.isOutcomeUnknown();
    }

    /** What is known in the end. */
    private record Ending(KeyValues keys, @Nullable Throwable error) {}
}
