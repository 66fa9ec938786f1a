package dev.taskstop;

import static dev.taskstop.Wire.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.util.RaceTestUtils;

/**
 * What fails at the very moment at which it is not waited for any more; here each fails as it is cancelled. That cannot
 * change what was told, and is no fault that a log has to cry out about either.
 */
class LateErrorsTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int ROUNDS = 5_000;
    private static final Origin ORIGIN = new Origin(URI.create("http://127.0.0.1:1"), "", false);

    @RegisterExtension
    final NothingDropped nothingDropped = new NothingDropped();

    private static <T> Mono<T> failsWhenCancelled(Throwable failure) {
        return Mono.from(subscriber -> subscriber.onSubscribe(new Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {
                subscriber.onError(failure);
            }
        }));
    }

    static Stream<Arguments> exchanges() {
        TaskRequest request = TaskDialect.cloud().stopRequest(ORIGIN, "t1");
        return Stream.of(
                exchange("an answer", to -> to.exchange(request)),
                exchange("a stream", to -> to.stream(request, (head, body) -> body)));
    }

    private static Arguments exchange(String name, Function<TaskTransport, Publisher<?>> exchange) {
        return argumentSet(name, exchange);
    }

    /** Never connects. */
    private static TaskTransport transport(Duration requestTimeout) {
        return new NettyTransport(
                ORIGIN,
                false,
                1,
                MINUTE,
                requestTimeout,
                http -> http.mapConnect(connect -> failsWhenCancelled(new IOException("closed"))));
    }

    @ParameterizedTest
    @MethodSource("exchanges")
    void an_exchange_that_fails_as_its_time_is_up_was_too_late(Function<TaskTransport, Publisher<?>> exchange) {
        StepVerifier.create(exchange.apply(transport(Duration.ofMillis(50))))
                .expectErrorMessage("PATCH /api/tasks/{taskId} was not sent (TimeoutException)")
                .verify(LIMIT);
    }

    @ParameterizedTest
    @MethodSource("exchanges")
    void an_exchange_that_fails_as_it_is_given_up_tells_nobody(Function<TaskTransport, Publisher<?>> exchange) {
        StepVerifier.create(exchange.apply(transport(MINUTE)))
                .expectSubscription()
                .thenCancel()
                .verify(LIMIT);
    }

    /** What bounds a wait by a time of its own. */
    static Stream<Arguments> waits() {
        return Stream.of(
                wait("a task's time", client -> client.awaitOrStop("t1", MINUTE)),
                wait(
                        "the time to confirm a stop",
                        client -> client.stopAll(
                                Flux.just("t1"), StopAllOptions.defaults().withConfirm(true))),
                wait(
                        "the time to watch a stopped task",
                        client -> client.stopAll(
                                Flux.just("t1"), StopAllOptions.defaults().withConfirm(MINUTE))));
    }

    private static Arguments wait(String name, Function<TaskClient, Publisher<?>> wait) {
        return argumentSet(name, wait);
    }

    private static TaskException forbidden() {
        return new TaskResponseException("GET /x", TaskResponseException.Reason.FORBIDDEN, 403, false, null, null);
    }

    @ParameterizedTest
    @MethodSource("waits")
    void a_question_that_is_refused_as_the_time_is_up_was_too_late(Function<TaskClient, Publisher<?>> wait) {
        race((builder, refused) ->
                wait.apply(builder.transport(new StubTransport().onStatus((request, id) -> refused.then(Mono.empty())))
                        .build()));
    }

    @Test
    void a_source_of_the_key_that_fails_as_its_time_is_up_was_too_late() {
        race((builder, refused) ->
                builder.apiKey(() -> refused.thenReturn("bb_late")).build().stop("t1"));
    }

    private static void race(BiFunction<TaskClientBuilder, Mono<?>, Publisher<?>> waiting) {
        for (int round = 0; round < ROUNDS; round++) {
            VirtualTimeScheduler clock = VirtualTimeScheduler.create();
            Sinks.Empty<Void> failing = Sinks.empty();
            TaskClientBuilder builder = new StubTransport()
                    .client()
                    .retry(StopRetry.defaults().withMaxAttempts(1).withDeadline(MINUTE))
                    .requestTimeout(MINUTE)
                    .scheduler(clock);
            Disposable waits = Flux.from(waiting.apply(builder, failing.asMono()))
                    .materialize()
                    .subscribe();

            RaceTestUtils.race(() -> clock.advanceTimeBy(MINUTE), () -> failing.tryEmitError(forbidden()));

            assertThat(waits.isDisposed()).as("ended in round %d", round).isTrue();
        }
    }
}
