package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.Gate.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.util.RaceTestUtils;

/** The gate while its limit moves and several threads come, end and go away at once. */
class GateRaceTest {

    private static final int CEILING = 16;
    private static final int CALLS = 400;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    final NothingDropped nothingDropped = new NothingDropped();

    private final TaskResponseException pushback = new TaskResponseException(
            "PATCH /x", TaskResponseException.Reason.RATE_LIMITED, 429, false, null, Duration.ZERO);
    private final TaskResponseException failure =
            new TaskResponseException("PATCH /x", TaskResponseException.Reason.SERVER_ERROR, 503, false, null, null);

    private final Gate gate = gate(CEILING);
    private final Queue<Sinks.One<String>> open = new ConcurrentLinkedQueue<>();
    private final AtomicInteger ended = new AtomicInteger();

    private static Gate gate(int ceiling) {
        return new Gate(ceiling, Gate.NO_RATE, Duration.ofSeconds(1), Duration.ofMinutes(1), Schedulers.parallel());
    }

    /** An error that comes just as its caller goes away is a signal like any other here; else the caller drops it. */
    private Disposable call() {
        return gate.pass(
                        Priority.STOP,
                        () -> {
                            Sinks.One<String> call = Sinks.one();
                            open.add(call);
                            return call.asMono();
                        },
                        () -> PATIENCE)
                .materialize()
                .subscribe(signal -> ended.incrementAndGet());
    }

    private void comeAndSometimesGo(Random random, List<Disposable> gone) {
        for (int i = 0; i < CALLS; i++) {
            Disposable call = call();
            if (random.nextInt(10) == 0) {
                call.dispose();
                gone.add(call);
            }
        }
    }

    private void answer(Random random, double badShare) {
        for (int idle = 0; idle < 1_000; ) {
            Sinks.One<String> call = open.poll();
            if (call == null) {
                idle++;
                Thread.onSpinWait();
            } else if (random.nextDouble() < badShare) {
                call.tryEmitError(random.nextBoolean() ? pushback : failure);
            } else {
                call.tryEmitValue("done");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void every_call_ends_and_no_place_is_lost_while_the_limit_shrinks_and_grows(long seed) {
        System.out.println("seed " + seed);
        List<Integer> limits = new ArrayList<>();
        int begun = 0;
        for (int round = 0; round < 40; round++) {
            Random random = new Random(seed * 1_000 + round);
            double badShare = round % 4 == 0 ? 0.4 : 0;
            List<Disposable> gone = new ArrayList<>();
            ended.set(0);

            RaceTestUtils.race(
                    () -> comeAndSometimesGo(random, gone),
                    () -> answer(new Random(random.hashCode()), badShare),
                    () -> answer(new Random(seed), badShare));
            answer(new Random(seed), badShare);

            begun += CALLS;
            assertThat(gate.state().inFlight()).as("in flight, round %d", round).isZero();
            assertThat(gate.state().waiting()).as("waiting, round %d", round).isZero();
            assertThat(ended.get()).as("ended, round %d", round).isBetween(CALLS - gone.size(), CALLS);
            limits.add(gate.state().limit());
        }
        System.out.printf("%,d calls, limits %s%n", begun, limits);
        assertThat(gate.state().peakInFlight()).isEqualTo(CEILING);
        assertThat(limits).anyMatch(limit -> limit < CEILING / 2).anyMatch(limit -> limit > CEILING / 2);
    }

    @Test
    void exactly_as_many_get_in_as_the_limit_in_force_says() {
        Set<Integer> limits = new HashSet<>();
        for (int round = 0; round < 300; round++) {
            List<Disposable> calls = new ArrayList<>();
            int limit = gate.state().limit();
            limits.add(limit);
            Runnable come = () -> {
                for (int i = 0; i < CEILING; i++) {
                    Disposable call = call();
                    synchronized (calls) {
                        calls.add(call);
                    }
                }
            };

            RaceTestUtils.race(come, come);

            assertThat(gate.state().inFlight()).as("round %d", round).isEqualTo(limit);
            assertThat(open).as("round %d", round).hasSize(limit);
            calls.forEach(Disposable::dispose);
            assertThat(gate.state().inFlight()).as("round %d", round).isZero();
            open.clear();
            move(round);
        }
        assertThat(limits).hasSizeGreaterThan(5);
    }

    /** Shrinks the limit for some rounds, then lets it grow again. */
    private void move(int round) {
        for (int i = 0; i < 20; i++) {
            gate.pass(Priority.STOP, () -> round % 30 < 3 ? Mono.error(failure) : Mono.just("done"), () -> PATIENCE)
                    .subscribe(value -> {}, error -> {});
        }
    }

    @Test
    void no_place_is_lost_when_a_turn_comes_just_as_its_subscriber_goes() {
        Gate narrow = gate(1);
        for (int i = 0; i < 20_000; i++) {
            Sinks.One<String> first = Sinks.one();
            narrow.pass(Priority.STOP, first::asMono, () -> PATIENCE).subscribe();
            Disposable second = narrow.pass(Priority.STOP, () -> Mono.never(), () -> PATIENCE)
                    .subscribe();

            RaceTestUtils.race(() -> first.tryEmitValue("v"), second::dispose);

            assertThat(narrow.state().inFlight()).as("round %d", i).isZero();
            assertThat(narrow.state().waiting()).as("round %d", i).isZero();
        }
    }

    @Test
    void no_turn_is_missed_when_a_place_gets_free_just_as_somebody_comes() {
        Gate narrow = gate(1);
        for (int i = 0; i < 20_000; i++) {
            Sinks.One<String> first = Sinks.one();
            AtomicInteger done = new AtomicInteger();
            narrow.pass(Priority.STOP, first::asMono, () -> PATIENCE).subscribe();

            RaceTestUtils.race(
                    () -> first.tryEmitValue("v"),
                    () -> narrow.pass(Priority.STOP, () -> Mono.just("w"), () -> PATIENCE)
                            .subscribe(v -> done.incrementAndGet()));

            assertThat(done).as("round %d", i).hasValue(1);
        }
    }
}
