package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/** A publisher of the application's that breaks the rules of Reactive Streams: each id has its result, and there is an end. */
@Timeout(30)
class UnrulyPublishersTest {

    private static final int IDS = 200;
    private static final List<String> ALL =
            IntStream.range(0, IDS).mapToObj(i -> "t" + i).toList();

    /** What a publisher does, how many ids of it count, and whether it ends with an error. */
    private record Case(String name, Publisher<String> ids, int count, boolean fails) {
        @Override
        public String toString() {
            return name;
        }
    }

    private interface Script {
        void play(Subscriber<? super String> subscriber);
    }

    /** Plays all of it at the first request, whatever the demand is. */
    private static Publisher<String> atOnce(Script script) {
        return subscriber -> subscriber.onSubscribe(new Subscription() {
            private boolean begun;

            @Override
            public void request(long n) {
                if (!begun) {
                    begun = true;
                    script.play(subscriber);
                }
            }

            @Override
            public void cancel() {}
        });
    }

    private static void all(Subscriber<? super String> subscriber) {
        ALL.forEach(subscriber::onNext);
    }

    /** Each id is given by the request for it, inside whatever asked. */
    private static Publisher<String> reentrant() {
        return subscriber -> subscriber.onSubscribe(new Subscription() {
            private int next;

            @Override
            public void request(long n) {
                for (long i = 0; i < n && next < IDS; i++) {
                    String id = "t" + next++;
                    subscriber.onNext(id);
                    if (id.equals("t" + (IDS - 1))) {
                        subscriber.onComplete();
                    }
                }
            }

            @Override
            public void cancel() {}
        });
    }

    @SuppressWarnings("NullAway") // is what is tested
    static Stream<Case> cases() {
        IllegalStateException failure = new IllegalStateException("ids");
        return Stream.of(
                new Case(
                        "disregards the demand",
                        atOnce(to -> {
                            all(to);
                            to.onComplete();
                        }),
                        IDS,
                        false),
                new Case("gives inside of the request", reentrant(), IDS, false),
                new Case(
                        "gives null",
                        atOnce(to -> {
                            all(to);
                            to.onNext(null);
                            to.onNext("late");
                            to.onComplete();
                        }),
                        IDS,
                        true),
                new Case(
                        "gives null first",
                        atOnce(to -> {
                            to.onNext(null);
                            all(to);
                        }),
                        0,
                        true),
                new Case(
                        "gives ids after its end",
                        atOnce(to -> {
                            all(to);
                            to.onComplete();
                            all(to);
                        }),
                        IDS,
                        false),
                new Case(
                        "ends twice",
                        atOnce(to -> {
                            all(to);
                            to.onComplete();
                            to.onComplete();
                        }),
                        IDS,
                        false),
                new Case(
                        "fails after its end",
                        atOnce(to -> {
                            all(to);
                            to.onComplete();
                            to.onError(failure);
                        }),
                        IDS,
                        false),
                new Case(
                        "ends after a failure",
                        atOnce(to -> {
                            all(to);
                            to.onError(failure);
                            to.onComplete();
                            all(to);
                        }),
                        IDS,
                        true),
                new Case(
                        "gives two subscriptions",
                        subscriber -> {
                            atOnce(to -> {
                                        all(to);
                                        to.onComplete();
                                    })
                                    .subscribe(subscriber);
                            subscriber.onSubscribe(Operators.emptySubscription());
                        },
                        IDS,
                        false),
                new Case(
                        "gives no subscription but ids",
                        subscriber -> {
                            all(subscriber);
                            subscriber.onComplete();
                        },
                        0,
                        true),
                new Case("gives no subscription but an end", Subscriber::onComplete, 0, false),
                new Case("gives no subscription but an error", to -> to.onError(failure), 0, true),
                new Case("gives null for a subscription", to -> to.onSubscribe(null), 0, true),
                new Case(
                        "gives null for an error",
                        atOnce(to -> {
                            all(to);
                            to.onError(null);
                        }),
                        IDS,
                        true),
                new Case(
                        "throws when asked for more",
                        subscriber -> subscriber.onSubscribe(new Subscription() {
                            private int next;

                            @Override
                            public void request(long n) {
                                for (long i = 0; i < n; i++) {
                                    if (next == IDS) {
                                        throw failure;
                                    }
                                    subscriber.onNext("t" + next++);
                                }
                            }

                            @Override
                            public void cancel() {}
                        }),
                        IDS,
                        true));
    }

    private static void assertEnds(Flux<String> results, Case expected) {
        List<String> ids = new ArrayList<>();
        AtomicInteger errors = new AtomicInteger();
        AtomicInteger ends = new AtomicInteger();

        results.subscribe(ids::add, error -> errors.incrementAndGet(), ends::incrementAndGet);

        assertThat(ids).as(expected.name).containsExactlyInAnyOrderElementsOf(ALL.subList(0, expected.count));
        assertThat(errors).as(expected.name).hasValue(expected.fails ? 1 : 0);
        assertThat(ends).as(expected.name).hasValue(expected.fails ? 0 : 1);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void each_of_its_ids_has_one_result_and_there_is_one_end(Case expected) {
        StubTransport server = new StubTransport().onStatus(StubTransport.status("completed"));
        StopAllOptions defaults = StopAllOptions.defaults();
        for (StopAllOptions options : List.of(
                defaults,
                defaults.withOrdered(true),
                defaults.withDistinct(true),
                defaults.withDryRun(true),
                defaults.withConfirm(true),
                defaults.withMax(3),
                defaults.withMax(0).withDryRun(true))) {
            TaskClient client = server.client().concurrency(4).build();

            assertEnds(client.stopAll(expected.ids, options).map(StopResult::taskId), expected);

            assertThat(client.gateState().inFlight()).isZero();
            assertThat(client.gateState().waiting()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void each_of_its_ids_is_waited_for_and_there_is_one_end(Case expected) {
        StubTransport server = new StubTransport().onStatus(StubTransport.status("completed"));

        assertEnds(
                server.client()
                        .build()
                        .awaitOrStopAll(expected.ids, Duration.ofMinutes(1), AwaitOptions.defaults())
                        .map(TaskOutcome::taskId),
                expected);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void work_that_is_tracked_has_one_end_and_is_registered_no_more(Case expected) {
        ActiveTasks tasks = new StubTransport().client().build().activeTasks();

        assertEnds(tasks.track("t1", Flux.from(expected.ids)), expected);

        assertThat(tasks.taskIds()).isEmpty();
    }

    @Test
    @SuppressWarnings("NullAway") // is what is tested
    void null_is_no_id_of_a_batch_that_is_over_either() {
        StubTransport server = new StubTransport().onStop(StubTransport.answer(401));
        List<StopResult> results = new ArrayList<>();
        List<Throwable> errors = new ArrayList<>();

        server.client()
                .concurrency(1)
                .build()
                .stopAll(atOnce(to -> {
                    to.onNext("t1");
                    to.onNext(null);
                }))
                .subscribe(results::add, errors::add);

        assertThat(results).hasSize(1);
        assertThat(errors).singleElement().isInstanceOf(NullPointerException.class);
    }
}
