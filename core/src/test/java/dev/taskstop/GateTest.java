package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.Gate.Priority;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.util.RaceTestUtils;

class GateTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final List<String> entered = new ArrayList<>();
    private Gate gate = new Gate(1, Gate.NO_RATE, Duration.ofSeconds(1), Duration.ofMinutes(1), time);

    @BeforeEach
    void noTimePassedYet() {
        assertThat(gate.state()).isEqualTo(new GateState(0, 0, 1, 0, Duration.ZERO));
    }

    private Mono<String> pass(String name, Mono<String> call) {
        return gate.pass(
                Priority.STOP,
                () -> {
                    entered.add(name);
                    return call;
                },
                () -> PATIENCE);
    }

    private static TaskResponseException rateLimited(Duration retryAfter) {
        return new TaskResponseException(
                "PATCH /x", TaskResponseException.Reason.RATE_LIMITED, 429, false, null, retryAfter);
    }

    @Test
    void who_came_first_enters_first() {
        Sinks.One<String> first = Sinks.one();
        pass("first", first.asMono()).subscribe();
        pass("second", Mono.just("b")).subscribe();
        pass("third", Mono.just("c")).subscribe();
        assertThat(entered).containsExactly("first");
        assertThat(gate.state()).isEqualTo(new GateState(1, 1, 1, 2, Duration.ZERO));

        first.tryEmitValue("a").orThrow();

        assertThat(entered).containsExactly("first", "second", "third");
        assertThat(gate.state()).isEqualTo(new GateState(0, 1, 1, 0, Duration.ZERO));
    }

    @Test
    void a_place_is_free_again_after_value_empty_error_throw_and_cancel() {
        StepVerifier.create(pass("value", Mono.just("v")))
                .expectNext("v")
                .expectComplete()
                .verify(LIMIT);
        StepVerifier.create(pass("value, then cancel", Mono.just("v")))
                .expectNext("v")
                .thenCancel()
                .verify(LIMIT);
        StepVerifier.create(pass("empty", Mono.empty())).expectComplete().verify(LIMIT);
        StepVerifier.create(pass("error", Mono.error(new IllegalStateException())))
                .expectError(IllegalStateException.class)
                .verify(LIMIT);
        StepVerifier.create(gate.<String>pass(
                        Priority.STOP,
                        () -> {
                            throw new IllegalArgumentException();
                        },
                        () -> PATIENCE))
                .expectError(IllegalArgumentException.class)
                .verify(LIMIT);
        StepVerifier.create(pass("cancel", Mono.never())).thenCancel().verify(LIMIT);

        assertThat(gate.state().inFlight()).isZero();
    }

    /** As of a stop that follows something else in a stream which is taken slowly. */
    @Test
    void the_place_is_free_when_the_answer_has_come_however_late_it_is_asked_for() {
        for (Mono<String> answer : List.of(Mono.just("a"), Mono.just("a").hide(), Mono.<String>empty())) {
            StepVerifier.create(pass("slow", answer), 0)
                    .expectSubscription()
                    .then(() -> assertThat(gate.state().inFlight()).isZero())
                    .thenRequest(1)
                    .thenConsumeWhile("a"::equals)
                    .expectComplete()
                    .verify(LIMIT);
        }
    }

    @Test
    void an_answer_that_meets_the_demand_for_it_comes_once_and_then_the_end() {
        for (int i = 0; i < 10_000; i++) {
            Sinks.One<String> answer = Sinks.one();
            List<String> signals = new CopyOnWriteArrayList<>();
            BaseSubscriber<String> slow = new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {}

                @Override
                protected void hookOnNext(String value) {
                    signals.add(value);
                }

                @Override
                protected void hookOnComplete() {
                    signals.add("end");
                }
            };
            pass("race", answer.asMono()).subscribe(slow);

            RaceTestUtils.race(() -> slow.request(1), () -> answer.tryEmitValue("a"));

            assertThat(signals).as("round %d", i).containsExactly("a", "end");
            assertThat(gate.state().inFlight()).isZero();
        }
    }

    @Test
    void the_place_is_free_before_the_value_is_seen() {
        List<Integer> inFlight = new ArrayList<>();

        pass("call", Mono.just("v"))
                .subscribe(value -> inFlight.add(gate.state().inFlight()));

        assertThat(inFlight).containsExactly(0);
    }

    @Test
    void who_goes_away_while_waiting_is_passed_over() {
        Disposable first = pass("first", Mono.never()).subscribe();
        Disposable second = pass("second", Mono.never()).subscribe();
        pass("third", Mono.never()).subscribe();

        second.dispose();
        first.dispose();

        assertThat(entered).containsExactly("first", "third");
        assertThat(gate.state().waiting()).isZero();
    }

    @Test
    void a_turn_that_does_not_come_in_time_fails_as_not_sent() {
        pass("first", Mono.never()).subscribe();

        StepVerifier.create(pass("second", Mono.never()))
                .then(() -> time.advanceTimeBy(PATIENCE))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOfSatisfying(
                                TaskRequestException.class,
                                e -> assertThat(e.isOutcomeUnknown()).isFalse())
                        .hasMessageContaining("30000 ms"))
                .verify(LIMIT);
        assertThat(gate.state().waiting()).isZero();
    }

    @Test
    void patience_is_for_the_wait_and_not_for_the_call() {
        Sinks.One<String> call = Sinks.one();

        StepVerifier.create(pass("slow", call.asMono()))
                .then(() -> time.advanceTimeBy(PATIENCE.multipliedBy(10)))
                .then(() -> call.tryEmitValue("late").orThrow())
                .expectNext("late")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void thousands_that_wait_for_one_place_need_no_deep_stack() {
        Sinks.One<String> first = Sinks.one();
        AtomicInteger done = new AtomicInteger();
        pass("first", first.asMono()).subscribe();
        for (int i = 0; i < 100_000; i++) {
            pass("next", Mono.just("v")).subscribe(value -> done.incrementAndGet());
        }

        first.tryEmitValue("go").orThrow();

        assertThat(done).hasValue(100_000);
    }

    @Test
    void the_longest_wish_for_a_pause_wins() {
        gate = new Gate(3, Gate.NO_RATE, Duration.ofSeconds(1), Duration.ofMinutes(1), time);
        pass("a", Mono.error(rateLimited(Duration.ofSeconds(5)))).subscribe(v -> {}, e -> {});
        assertThat(gate.state().pause()).isEqualTo(Duration.ofSeconds(5));

        pass("b", Mono.just("v")).subscribe();
        assertThat(entered).containsExactly("a");
        time.advanceTimeBy(Duration.ofSeconds(5));

        assertThat(entered).containsExactly("a", "b");
        assertThat(gate.state().pause()).isZero();
    }

    @Test
    void a_burst_of_refusals_is_one_pause() {
        gate = new Gate(10, Gate.NO_RATE, Duration.ofSeconds(1), Duration.ofMinutes(1), time);
        List<Sinks.One<String>> calls = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Sinks.One<String> call = Sinks.one();
            calls.add(call);
            pass("call", call.asMono()).subscribe(v -> {}, e -> {});
        }

        calls.forEach(call -> call.tryEmitError(rateLimitedSilently()).orThrow());

        assertThat(gate.state().pause()).isBetween(Duration.ofMillis(500), Duration.ofMillis(1000));
    }

    @Test
    void after_a_good_answer_the_next_pause_is_a_short_one_again() {
        for (int i = 0; i < 3; i++) {
            pass("refused", Mono.error(rateLimitedSilently())).subscribe(v -> {}, e -> {});
            time.advanceTimeBy(Duration.ofSeconds(4));
        }
        pass("good", Mono.just("v")).subscribe();

        pass("refused", Mono.error(rateLimitedSilently())).subscribe(v -> {}, e -> {});

        assertThat(gate.state().pause()).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
    }

    private static TaskResponseException rateLimitedSilently() {
        return new TaskResponseException("PATCH /x", TaskResponseException.Reason.RATE_LIMITED, 429, false, null, null);
    }

    private static TaskResponseException serverError() {
        return new TaskResponseException("PATCH /x", TaskResponseException.Reason.SERVER_ERROR, 500, false, null, null);
    }

    private static TaskResponseException noSuchTask() {
        return new TaskResponseException("PATCH /x", TaskResponseException.Reason.NOT_FOUND, 404, false, null, null);
    }

    private void passAtOnce(int count, Throwable error) {
        List<Sinks.One<String>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Sinks.One<String> call = Sinks.one();
            calls.add(call);
            pass("call", call.asMono()).subscribe(v -> {}, e -> {});
        }
        calls.forEach(call -> call.tryEmitError(error));
    }

    @Test
    void many_refusals_and_many_failures_narrow_the_gate_and_other_answers_do_not() {
        gate = new Gate(64, Gate.NO_RATE, Duration.ofSeconds(1), Duration.ofMinutes(1), time);
        passAtOnce(64, noSuchTask());
        assertThat(gate.state().limit()).isEqualTo(64);

        passAtOnce(64, serverError());
        assertThat(gate.state().limit()).isEqualTo(44);

        passAtOnce(44, rateLimited(Duration.ZERO));
        assertThat(gate.state().limit()).isEqualTo(22);
        assertThat(gate.state().ceiling()).isEqualTo(64);
    }

    @Test
    void calls_that_are_not_sent_after_all_say_nothing_about_the_server() {
        gate = new Gate(64, Gate.NO_RATE, Duration.ofSeconds(1), Duration.ofMinutes(1), time);
        passAtOnce(64, serverError());
        for (int i = 0; i < 1_000; i++) {
            pass("needless", Gate.unsent(Mono.just("skipped"))).subscribe();
            pass("needless", Gate.unsent(Mono.empty())).subscribe();
        }

        assertThat(gate.state().limit()).isEqualTo(44);
        assertThat(gate.state().inFlight()).isZero();
    }

    @Test
    void calls_that_are_not_sent_after_all_cost_nothing_of_a_rate() {
        gate = new Gate(64, 60, Duration.ofSeconds(1), Duration.ofMinutes(1), time);
        pass("before", Mono.just("a")).subscribe();
        for (int i = 0; i < 100; i++) {
            pass("needless", Gate.unsent(Mono.just("skipped"))).subscribe();
        }
        pass("after", Mono.just("b")).subscribe();
        assertThat(entered).containsExactly("before");

        time.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(entered).hasSize(102).endsWith("after");
    }

    @Test
    void calls_that_are_cancelled_say_nothing_about_the_server() {
        gate = new Gate(64, Gate.NO_RATE, Duration.ofSeconds(1), Duration.ofMinutes(1), time);
        for (int i = 0; i < 1_000; i++) {
            pass("call", Mono.never()).subscribe().dispose();
        }

        assertThat(gate.state().limit()).isEqualTo(64);
    }

    @Test
    void who_waits_enters_when_the_limit_grows() {
        gate = new Gate(2, Gate.NO_RATE, Duration.ofSeconds(1), Duration.ofMinutes(1), time);
        for (int i = 0; i < 100; i++) {
            pass("bad", Mono.error(serverError())).subscribe(v -> {}, e -> {});
        }
        assertThat(gate.state().limit()).isEqualTo(1);
        entered.clear();
        Sinks.One<String> first = Sinks.one();
        pass("first", first.asMono()).subscribe();
        pass("second", Mono.never()).subscribe();
        pass("third", Mono.never()).subscribe();
        assertThat(entered).containsExactly("first");

        first.tryEmitValue("good").orThrow();

        assertThat(gate.state().limit()).isEqualTo(2);
        assertThat(entered).containsExactly("first", "second", "third");
    }

    @Test
    void a_rate_spaces_the_calls_and_a_quiet_time_saves_up_none() {
        gate = new Gate(10, 60, Duration.ofSeconds(1), Duration.ofMinutes(1), time);
        time.advanceTimeBy(Duration.ofMinutes(5));
        for (int i = 0; i < 5; i++) {
            pass("call " + i, Mono.just("v")).subscribe();
        }
        assertThat(entered).hasSize(1);

        for (int second = 1; second < 5; second++) {
            time.advanceTimeBy(Duration.ofMillis(994));
            assertThat(entered).hasSize(second);
            time.advanceTimeBy(Duration.ofMillis(6));
            assertThat(entered).hasSize(second + 1);
        }
        assertThat(gate.state().waiting()).isZero();
    }

    @Test
    void a_rate_goes_on_after_a_pause_and_after_who_waited_went_away() {
        gate = new Gate(10, 60, Duration.ofSeconds(1), Duration.ofMinutes(1), time);
        pass("refused", Mono.error(rateLimited(Duration.ofSeconds(10)))).subscribe(v -> {}, e -> {});
        Disposable gone = pass("gone", Mono.just("v")).subscribe();
        pass("next", Mono.just("v")).subscribe();
        pass("last", Mono.just("v")).subscribe();
        time.advanceTimeBy(Duration.ofMillis(9_999));
        gone.dispose();
        assertThat(entered).containsExactly("refused");

        time.advanceTimeBy(Duration.ofMillis(1));
        assertThat(entered).containsExactly("refused", "next");
        time.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(entered).containsExactly("refused", "next", "last");
    }

    @Test
    void closing_turns_away_who_waits_and_waits_for_who_is_inside() {
        Sinks.One<String> inside = Sinks.one();
        List<Throwable> refused = new ArrayList<>();
        pass("inside", inside.asMono()).subscribe();
        pass("waiting", Mono.never()).subscribe(v -> {}, refused::add);

        StepVerifier.create(gate.closeAsync())
                .then(() -> assertThat(refused).singleElement().isInstanceOf(TaskRequestException.class))
                .then(() -> inside.tryEmitValue("done").orThrow())
                .expectComplete()
                .verify(LIMIT);
        StepVerifier.create(pass("later", Mono.never()))
                .expectErrorMessage("The client is closed")
                .verify(LIMIT);
        StepVerifier.create(gate.closeAsync()).expectComplete().verify(LIMIT);
        assertThat(entered).containsExactly("inside");
    }

    @Test
    void it_is_closed_at_once_when_nobody_is_inside_and_else_not_before_the_last_has_left() {
        StepVerifier.create(gate.closeAsync()).expectComplete().verify(LIMIT);

        Gate busy = new Gate(2, Gate.NO_RATE, Duration.ofSeconds(1), Duration.ofMinutes(1), time);
        Sinks.One<String> first = Sinks.one();
        Sinks.One<String> last = Sinks.one();
        AtomicInteger closed = new AtomicInteger();
        busy.pass(Priority.STOP, first::asMono, () -> PATIENCE).subscribe();
        busy.pass(Priority.STOP, last::asMono, () -> PATIENCE).subscribe();
        busy.closeAsync().subscribe(v -> {}, e -> {}, closed::incrementAndGet);
        first.tryEmitValue("done").orThrow();
        assertThat(closed).hasValue(0);

        last.tryEmitValue("done").orThrow();

        assertThat(closed).hasValue(1);
    }

    @Test
    void answers_that_cannot_be_read_narrow_the_gate_and_what_is_no_answer_does_not() {
        gate = new Gate(64, Gate.NO_RATE, Duration.ofSeconds(1), Duration.ofMinutes(1), time);
        passAtOnce(64, new IllegalStateException("not the server"));
        assertThat(gate.state().limit()).isEqualTo(64);

        passAtOnce(64, new TaskDecodingException(anyRequest(), 200, "is no JSON"));
        assertThat(gate.state().limit()).isEqualTo(44);
    }

    private static TaskRequest anyRequest() {
        return TaskDialect.cloud().probeRequest(new Origin(URI.create("https://cloud.blackbox.ai"), "", false));
    }

    /** Every second one fails; all take as long. */
    private void passOneByOne(int count, Duration each) {
        for (int i = 0; i < count; i++) {
            Sinks.One<String> call = Sinks.one();
            pass("call", call.asMono()).subscribe(v -> {}, e -> {});
            time.advanceTimeBy(each);
            if (i % 2 == 0) {
                call.tryEmitValue("good").orThrow();
            } else {
                call.tryEmitError(serverError()).orThrow();
            }
        }
    }

    @Test
    void failures_narrow_the_gate_only_when_the_good_answers_have_become_slow() {
        gate = new Gate(64, Gate.NO_RATE, Duration.ofSeconds(1), Duration.ofMinutes(1), time);
        passOneByOne(1_000, Duration.ofMillis(20));
        assertThat(gate.state().limit()).isEqualTo(64);

        passOneByOne(1_000, Duration.ofMillis(400));
        assertThat(gate.state().limit()).isLessThan(32);
    }
}
