package dev.taskstop;

import static dev.taskstop.Observed.REQUEST;
import static dev.taskstop.Observed.STOP;
import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.response;
import static dev.taskstop.StubTransport.silence;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.taskstop.StopResult.Failed;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.util.RaceTestUtils;

/** Observations end once, in time, and harm nothing. */
class ObservationEndTest {

    private final StubTransport server = new StubTransport();
    private final Observed observed = new Observed();

    private TaskClientBuilder settings() {
        return server.client().observationRegistry(observed.registry);
    }

    @AfterEach
    void everythingThatBeganHasEndedOnce() {
        observed.assertEverythingEndedOnce();
    }

    @Test
    void nothing_is_observed_before_a_subscription_and_each_subscription_is() {
        Mono<StoppedTask> stop = settings().build().stop("t1");
        assertThat(observed.startedSoFar()).isZero();

        Wire.value(stop);
        Wire.value(stop);

        assertThat(observed.values(STOP, "outcome")).containsExactly("stopped", "stopped");
    }

    @Test
    void a_cancel_ends_the_request_and_then_the_stop_before_it_returns() {
        server.onStop(silence());
        Disposable stop = settings().build().stop("t1").subscribe();
        assertThat(observed.ends()).isEmpty();

        stop.dispose();

        assertThat(observed.ends()).containsExactly(REQUEST, STOP);
        assertThat(Observed.low(observed.single(STOP)))
                .containsEntry("outcome", "cancelled")
                .containsEntry("recovered", "false");
        assertThat(Observed.low(observed.single(REQUEST)))
                .containsEntry("outcome", "cancelled")
                .containsEntry("status", "none");
        assertThat(observed.single(STOP).getError()).isNull();
    }

    @Test
    void a_cancel_while_the_stop_waits_for_its_turn_ends_a_stop_without_a_request() {
        server.onStop(silence());
        TaskClient client = settings().concurrency(1).build();
        Disposable first = client.stop("first").subscribe();
        Disposable waiting = client.stop("waiting").subscribe();

        waiting.dispose();

        assertThat(observed.ends()).containsExactly(STOP);
        first.dispose();
    }

    @Test
    void a_cancel_of_a_bulk_stop_ends_all_that_are_under_way() {
        server.onStop("slow-1", silence()).onStop("slow-2", silence());

        StepVerifier.create(settings().build().stopAll(Flux.just("slow-1", "slow-2", "quick")))
                .expectNextCount(1)
                .thenCancel()
                .verify(Wire.LIMIT);

        assertThat(observed.values(STOP, "outcome")).containsExactly("stopped", "cancelled", "cancelled");
    }

    @Test
    void a_subscriber_that_cancels_at_its_value_has_seen_the_end_of_a_stop_that_worked() {
        List<List<String>> endsAtValue = new ArrayList<>();
        settings().build().stopAll(Flux.just("t1")).subscribe(new BaseSubscriber<>() {
            @Override
            protected void hookOnNext(StopResult result) {
                endsAtValue.add(observed.ends());
                cancel();
            }
        });

        assertThat(endsAtValue).containsExactly(List.of(REQUEST, STOP));
        assertThat(observed.values(STOP, "outcome")).containsExactly("stopped");
        assertThat(observed.values(REQUEST, "outcome")).containsExactly("answered");
    }

    @Test
    void the_observer_itself_survives_a_cancel_inside_the_value() {
        CallObserver observer = MicrometerObserver.of(observed.registry, "cloud", null, null);

        observer.stop("t1", null, Mono.just(new StopResult.NotFound("t1"))).subscribe(new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.request(1);
            }

            @Override
            protected void hookOnNext(StopResult result) {
                assertThat(observed.ends()).containsExactly(STOP);
                cancel();
            }
        });

        assertThat(observed.values(STOP, "outcome")).containsExactly("not_found");
    }

    @Test
    void an_error_that_no_stop_should_give_still_ends_it_as_failed() {
        CallObserver observer = MicrometerObserver.of(observed.registry, "cloud", null, null);
        IllegalStateException defect = new IllegalStateException("defect");

        StepVerifier.create(observer.stop("t1", null, Mono.error(defect)))
                .expectErrorMatches(defect::equals)
                .verify(Wire.LIMIT);

        assertThat(observed.values(STOP, "outcome")).containsExactly("failed");
        assertThat(observed.single(STOP).getError()).isSameAs(defect);
    }

    @Test
    void an_answer_and_a_cancel_at_once_end_everything_once() {
        for (int round = 0; round < 300; round++) {
            Sinks.One<TaskResponse> answer = Sinks.one();
            Disposable stop = settings()
                    .transport(request -> answer.asMono())
                    .build()
                    .stop("t1")
                    .onErrorComplete()
                    .subscribe();

            RaceTestUtils.race(() -> answer.tryEmitValue(response(404, "{}")), stop::dispose);
        }

        assertThat(observed.stopped(STOP)).hasSize(300);
        assertThat(observed.values(STOP, "outcome")).containsOnly("not_found", "cancelled");
    }

    @ParameterizedTest
    @ValueSource(strings = {"start", "error", "stop"})
    void a_handler_that_throws_changes_no_result_and_is_told_of_once(String when) {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(MicrometerObserver.class);
        logger.setLevel(Level.WARN);
        logger.setAdditive(false);
        logger.addAppender(lines);
        lines.start();
        Observed broken = new Observed();
        broken.registry.observationConfig().observationHandler(new Breaking(when));
        server.onStop("gone", answer(404)).onStop("refused", answer(409));

        List<StopResult> results = Wire.values(server.client()
                .observationRegistry(broken.registry)
                .build()
                .stopAll(Flux.just("t1", "gone", "refused", "t2")));

        assertThat(results)
                .extracting(result -> result.getClass().getSimpleName())
                .containsExactly("Stopped", "NotFound", "Failed", "Stopped");
        assertThat(broken.startedSoFar()).isPositive();
        logger.detachAppender(lines);
        logger.setAdditive(true);
        logger.setLevel(null);
        assertThat(lines.list)
                .singleElement()
                .hasToString("[WARN] An observation handler failed (java.lang.IllegalStateException);"
                        + " what it observes goes on");
    }

    private record Breaking(String when) implements ObservationHandler<Observation.Context> {

        @Override
        public void onStart(Observation.Context context) {
            breakAt("start");
        }

        @Override
        public void onError(Observation.Context context) {
            breakAt("error");
        }

        @Override
        public void onStop(Observation.Context context) {
            breakAt("stop");
        }

        private void breakAt(String moment) {
            if (moment.equals(when)) {
                throw new IllegalStateException("broken at " + moment);
            }
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }
    }

    @Test
    void without_a_registry_or_with_one_that_does_nothing_no_operator_is_added() {
        Mono<StopResult> stop = Mono.empty();
        Mono<TaskResponse> exchange = Mono.empty();
        Flux<String> call = Flux.empty();
        TaskRequest request =
                new Origin(URI.create("https://example.com"), "", false).request("GET", "/", "/", null, 1);

        assertThat(CallObserver.NONE.stop("t1", null, stop)).isSameAs(stop);
        assertThat(CallObserver.NONE.exchange(request, exchange)).isSameAs(exchange);
        assertThat(CallObserver.NONE.fromCaller(stop)).isSameAs(stop);
        assertThat(CallObserver.NONE.fromCaller(call)).isSameAs(call);
        assertThat(MicrometerObserver.of(ObservationRegistry.NOOP, "cloud", null, null))
                .isSameAs(CallObserver.NONE);

        List<String> plain = operators(server.client());
        assertThat(operators(server.client().observationRegistry(ObservationRegistry.NOOP)))
                .isEqualTo(plain);
        assertThat(operators(settings())).hasSizeGreaterThan(plain.size());
    }

    private static List<String> operators(TaskClientBuilder settings) {
        List<String> operators = new CopyOnWriteArrayList<>();
        TaskClient client = settings.build();
        Hooks.onEachOperator("count", publisher -> {
            operators.add(publisher.getClass().getName());
            return publisher;
        });
        try {
            Wire.value(client.stop("t1"));
        } finally {
            Hooks.resetOnEachOperator("count");
        }
        return operators;
    }

    @Test
    void the_key_and_the_addresses_that_a_server_writes_are_in_no_observation() {
        String body = "{\"error\":{\"message\":\"%s may not, with %s\"}}".formatted(Wire.USER, Wire.KEY);
        server.onStop("a", answer(401, body))
                .onStop("b", answer(409, body))
                .onStop("c", answer(500, body))
                .onStop("d", answer(200, body))
                .onStop("e", StubTransport.stopped());
        TaskClient client = settings()
                .apiKey(Wire.KEY)
                .retry(Wire.QUICK.withMaxAttempts(2).withDeadline(Duration.ofMillis(500)))
                .build();

        List<StopResult> results = Wire.values(client.stopAll(
                Flux.just("a", "b", "c", "d", "e", "bad/" + Wire.USER),
                StopAllOptions.defaults().withAbortWhen(failure -> false)));

        assertThat(results).filteredOn(Failed.class::isInstance).hasSize(5);
        assertThat(observed.stopped(STOP)).hasSize(6);
        for (String name : List.of(STOP, REQUEST)) {
            assertThat(observed.stopped(name))
                    .allSatisfy(context ->
                            assertThat(text(context)).doesNotContain(Wire.USER).doesNotContain(Wire.KEY));
        }
    }

    private static String text(Observation.Context context) {
        StringWriter text = new StringWriter();
        text.append(context.toString()).append(String.valueOf(context.getContextualName()));
        if (context.getError() != null) {
            context.getError().printStackTrace(new PrintWriter(text, true));
        }
        return text.toString();
    }
}
