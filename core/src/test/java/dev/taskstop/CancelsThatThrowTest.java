package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Code of the application's that throws when it is cancelled does not keep the library from going on. */
class CancelsThatThrowTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final StubTransport server = new StubTransport();

    /** Gives these, does not end, and throws when it is cancelled. */
    private static Publisher<String> uncancellable(Throwable failure, String... values) {
        return subscriber -> subscriber.onSubscribe(new Subscription() {
            private final Queue<String> left = new ArrayDeque<>(List.of(values));

            @Override
            public void request(long n) {
                for (String next = left.poll(); next != null; next = left.poll()) {
                    subscriber.onNext(next);
                }
            }

            @Override
            public void cancel() {
                UserCodeTest.sneak(failure);
            }
        });
    }

    private static Mono<String> work(Throwable failure) {
        return Mono.fromDirect(uncancellable(failure));
    }

    private static StubTransport.Reply hanging(Throwable failure) {
        return (request, id) -> work(failure).cast(TaskResponse.class);
    }

    private TaskClientBuilder client(StubTransport.Reply toStop, StubTransport.Reply toQuestion) {
        return server.onStop(toStop).onStatus(toQuestion).client();
    }

    @ParameterizedTest
    @MethodSource("dev.taskstop.UserCodeTest#failures")
    void an_exchange_that_is_given_up_leaves_its_permit(Throwable failure) {
        TaskClient client =
                client(hanging(failure), hanging(failure)).concurrency(1).build();

        client.stop("t1").subscribe().dispose();
        client.status("t1").subscribe().dispose();
        client.stopAll(Flux.just("t1")).subscribe().dispose();

        assertThat(client.gateState().inFlight()).isZero();
        StepVerifier.create(client.closeAsync()).expectComplete().verify(LIMIT);
    }

    @ParameterizedTest
    @MethodSource("dev.taskstop.UserCodeTest#failures")
    void at_the_deadline_of_a_batch_each_id_has_its_result(Throwable failure) {
        StepVerifier.withVirtualTime(() -> client(hanging(failure), hanging(failure))
                        .concurrency(5)
                        .build()
                        .stopAll(
                                Flux.range(0, 20).map(i -> "t" + i),
                                StopAllOptions.defaults().withDeadline(Duration.ofSeconds(1))))
                .thenAwait(Duration.ofSeconds(1))
                .expectNextCount(20)
                .expectComplete()
                .verify(LIMIT);
    }

    @ParameterizedTest
    @MethodSource("dev.taskstop.UserCodeTest#failures")
    void a_question_that_hangs_does_not_keep_a_task_from_its_stop(Throwable failure) {
        StepVerifier.withVirtualTime(() -> client(StubTransport.stopped(), hanging(failure))
                        .build()
                        .awaitOrStop("t1", Duration.ofSeconds(1)))
                .thenAwait(Duration.ofSeconds(1))
                .expectNextMatches(TaskOutcome.Stopped.class::isInstance)
                .expectComplete()
                .verify(LIMIT);
    }

    @ParameterizedTest
    @MethodSource("dev.taskstop.UserCodeTest#failures")
    void a_source_of_keys_that_hangs_ends_with_its_time(Throwable failure) {
        StepVerifier.withVirtualTime(() -> server.client()
                        .apiKey(() -> work(failure))
                        .retry(Wire.ONCE)
                        .build()
                        .stop("t1"))
                .thenAwait(Duration.ofMinutes(1))
                .expectErrorSatisfies(
                        error -> assertThat(TaskRequestException.isOne(error, TaskRequestException.Reason.NO_KEY))
                                .isTrue())
                .verify(LIMIT);
    }

    @ParameterizedTest
    @MethodSource("dev.taskstop.UserCodeTest#failures")
    void work_that_takes_too_long_is_a_timeout_and_its_task_is_stopped(Throwable failure) {
        StepVerifier.withVirtualTime(() ->
                        work(failure).transform(server.client().build().stopOnTimeout("t1", Duration.ofSeconds(1))))
                .thenAwait(Duration.ofSeconds(1))
                .expectError(TimeoutException.class)
                .verify(LIMIT);

        assertThat(server.requests).containsExactly("PATCH t1");
    }

    @ParameterizedTest
    @MethodSource("dev.taskstop.UserCodeTest#failures")
    void work_whose_subscriber_goes_away_has_its_task_stopped(Throwable failure) {
        work(failure)
                .transform(server.client().build().stopOnCancel("t1"))
                .subscribe()
                .dispose();

        assertThat(server.requests).containsExactly("PATCH t1");
    }

    @ParameterizedTest
    @MethodSource("dev.taskstop.UserCodeTest#failures")
    void work_that_is_given_up_is_registered_no_more(Throwable failure) {
        ActiveTasks tasks = server.client().build().activeTasks();

        tasks.track("t1", work(failure)).subscribe().dispose();
        tasks.track("t2", Flux.from(uncancellable(failure))).subscribe().dispose();

        assertThat(tasks.taskIds()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("dev.taskstop.UserCodeTest#failures")
    void a_publisher_of_ids_that_is_given_up_does_not_keep_what_is_in_flight(Throwable failure) {
        TaskClient client =
                client(StubTransport.silence(), StubTransport.silence()).build();

        client.stopAll(uncancellable(failure, "t1")).subscribe().dispose();

        assertThat(server.cancelled).hasValue(1);
        assertThat(client.gateState().inFlight()).isZero();
    }

    private static List<Function<TaskClient, Publisher<?>>> calls() {
        return List.of(
                client -> client.stop("t1"),
                client -> client.stopAll(Flux.just("t1")),
                client -> client.status("t1"),
                client -> client.awaitDone("t1"),
                client -> client.awaitOrStop("t1", Duration.ofMinutes(1)));
    }

    /** What has not been sent need not be given up. */
    @Test
    void nothing_is_sent_for_who_cancels_as_he_is_subscribed() {
        TaskClient client = server.client().build();

        calls().forEach(call -> call.apply(client).subscribe(new CancellingAtOnce()));

        assertThat(server.requests).isEmpty();
        assertThat(client.gateState().inFlight()).isZero();
    }

    private static final class CancellingAtOnce implements CoreSubscriber<Object> {

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.cancel();
        }

        @Override
        public void onNext(Object value) {}

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onComplete() {}
    }

    @Test
    void a_task_whose_work_is_cancelled_as_it_is_subscribed_is_stopped() {
        Mono.never().transform(server.client().build().stopOnCancel("t1")).subscribe(new CancellingAtOnce());

        assertThat(server.requests).containsExactly("PATCH t1");
    }
}
