package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.Gate.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class GateQueueTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final AtomicInteger free = new AtomicInteger();
    private final List<String> entered = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private final GateQueue<String> queue = new GateQueue<>(time);

    private @Nullable String tryEnter() {
        return free.getAndUpdate(n -> Math.max(0, n - 1)) > 0 ? "permit" : null;
    }

    private void admit() {
        queue.admit(this::tryEnter, permit -> free.incrementAndGet());
    }

    private Disposable await(String name) {
        return await(Priority.STOP, name, PATIENCE);
    }

    private Disposable await(Priority priority, String name, Duration patience) {
        return queue.turn(priority, patience, this::admit)
                .subscribe(permit -> entered.add(name), e -> refused.add(name));
    }

    private void admit(int places) {
        free.set(places);
        admit();
    }

    @Test
    void as_many_enter_as_there_are_places_in_the_order_in_which_they_came() {
        await("a");
        await("b");
        await("c");

        admit(2);

        assertThat(entered).containsExactly("a", "b");
        assertThat(queue.waiting()).isEqualTo(1);
    }

    @Test
    void who_went_away_or_lost_patience_takes_no_place() {
        await("a");
        time.advanceTimeBy(PATIENCE.dividedBy(2));
        await("b").dispose();
        await("c");
        time.advanceTimeBy(PATIENCE.dividedBy(2));

        admit(1);

        assertThat(refused).containsExactly("a");
        assertThat(entered).containsExactly("c");
        assertThat(free).hasValue(0);
    }

    @Test
    void after_a_refusal_nobody_waits_any_more() {
        await("a");
        queue.refuse("closed");
        admit();
        await("b");

        assertThat(refused).containsExactly("a", "b");
        assertThat(queue.waiting()).isZero();
    }

    private void wait(Priority priority, int count) {
        for (int i = 0; i < count; i++) {
            await(priority, priority.name(), Gate.NO_HURRY);
        }
    }

    private void admitOneByOne(int count) {
        for (int i = 0; i < count; i++) {
            admit(1);
        }
    }

    @Test
    void stops_go_before_many_stops_before_retries_before_polls_before_lists() {
        for (Priority priority :
                List.of(Priority.LIST, Priority.POLL, Priority.RETRY, Priority.BULK, Priority.STOP, Priority.LIST)) {
            wait(priority, 1);
        }

        admit(6);

        assertThat(entered).containsExactly("STOP", "BULK", "RETRY", "POLL", "LIST", "LIST");
    }

    @Test
    void beside_stops_without_end_polls_have_one_turn_in_32_and_lists_one_in_64() {
        wait(Priority.LIST, 100);
        wait(Priority.POLL, 100);
        wait(Priority.BULK, 6_400);

        admitOneByOne(640);

        assertThat(entered).filteredOn("POLL"::equals).hasSizeBetween(19, 20);
        assertThat(entered).filteredOn("LIST"::equals).hasSizeBetween(9, 10);
        assertThat(entered.indexOf("POLL")).isEqualTo(31);
        assertThat(entered.indexOf("LIST")).isLessThan(66);
    }

    @Test
    void a_poll_with_others_before_it_waits_for_no_more_than_33_turns_for_each_of_them() {
        wait(Priority.POLL, 9);
        await(Priority.POLL, "mine", Gate.NO_HURRY);
        wait(Priority.STOP, 1_000);

        admitOneByOne(10 * 33);

        assertThat(entered).contains("mine");
    }

    @Test
    void a_stop_has_the_very_next_turn_however_long_others_have_been_passed_over() {
        wait(Priority.LIST, 10);
        wait(Priority.POLL, 1_000);
        admitOneByOne(200);
        entered.clear();

        wait(Priority.STOP, 1);
        admit(1);

        assertThat(entered).containsExactly("STOP");
    }

    @Test
    void a_bulk_stop_has_every_eighth_turn_beside_single_stops_without_end() {
        wait(Priority.BULK, 100);
        wait(Priority.STOP, 800);

        admitOneByOne(160);

        assertThat(entered).filteredOn("BULK"::equals).hasSize(20);
    }

    @Test
    void a_retry_waits_for_first_attempts_until_half_of_its_patience_is_over_and_then_has_every_second_turn() {
        wait(Priority.BULK, 1_000);
        await(Priority.RETRY, "RETRY", PATIENCE);
        await(Priority.RETRY, "RETRY", PATIENCE);
        admitOneByOne(100);
        assertThat(entered).doesNotContain("RETRY");
        entered.clear();

        time.advanceTimeBy(PATIENCE.dividedBy(2));
        admit(4);

        assertThat(entered).containsExactly("RETRY", "BULK", "RETRY", "BULK");
    }

    /** In which of the turns, over and over, there is somebody in a line. */
    private static final List<List<Boolean>> RHYTHMS = List.of(
            List.of(true),
            List.of(true, false),
            List.of(false, true),
            List.of(true, true, false),
            List.of(true, false, false),
            List.of(false));

    @ParameterizedTest
    @EnumSource(
            value = Priority.class,
            names = {"BULK", "RETRY", "POLL", "LIST"})
    void no_line_waits_for_ever_whatever_the_rhythm_in_which_others_come(Priority last) {
        List<Map<Priority, List<Boolean>>> ways = List.of(Map.of());
        for (Priority other : EnumSet.range(Priority.STOP, last)) {
            if (other != last) {
                ways = ways.stream()
                        .flatMap(way -> RHYTHMS.stream().map(rhythm -> with(way, other, rhythm)))
                        .toList();
            }
        }

        assertThat(ways)
                .allSatisfy(way -> assertThat(turnsUntilServed(last, way))
                        .as("turns before a %s beside %s", last, way)
                        .isLessThanOrEqualTo(2 * (last.turnsOfOthers + 1) + Priority.values().length));
    }

    private static Map<Priority, List<Boolean>> with(
            Map<Priority, List<Boolean>> way, Priority other, List<Boolean> rhythm) {
        Map<Priority, List<Boolean>> more = new HashMap<>(way);
        more.put(other, rhythm);
        return more;
    }

    /** Nobody waits twice in a line before it, so that each of these is empty as often as its rhythm says. */
    private int turnsUntilServed(Priority last, Map<Priority, List<Boolean>> rhythms) {
        GateQueue<String> lines = new GateQueue<>(time);
        AtomicInteger places = new AtomicInteger();
        Runnable admission =
                () -> lines.admit(() -> places.getAndUpdate(n -> Math.max(0, n - 1)) > 0 ? "permit" : null, p -> {});
        AtomicInteger served = new AtomicInteger();
        Set<Priority> waiting = EnumSet.noneOf(Priority.class);
        lines.turn(last, Gate.NO_HURRY, admission).subscribe(permit -> served.incrementAndGet());
        int turn = 0;
        for (; served.get() == 0 && turn < 200; turn++) {
            int now = turn;
            rhythms.forEach((other, rhythm) -> {
                if (rhythm.get(now % rhythm.size()) && waiting.add(other)) {
                    lines.turn(other, Gate.NO_HURRY, admission).subscribe(permit -> waiting.remove(other));
                }
            });
            places.set(1);
            admission.run();
        }
        return turn;
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE})
    void who_has_no_patience_that_could_end_has_the_share_of_one_whose_half_is_over(long nanoTime) {
        Scheduler anyClock = new Timers() {
            @Override
            public long now(TimeUnit unit) {
                return nanoTime;
            }
        };
        GateQueue<String> timed = new GateQueue<>(anyClock);
        List<Priority> order = new ArrayList<>();
        AtomicInteger places = new AtomicInteger();
        Runnable admission = () -> timed.admit(() -> places.getAndDecrement() > 0 ? "permit" : null, permit -> {});
        for (Priority priority : List.of(Priority.BULK, Priority.BULK, Priority.RETRY)) {
            timed.turn(priority, Gate.NO_HURRY, admission).subscribe(permit -> order.add(priority));
        }

        places.set(3);
        admission.run();

        assertThat(order).containsExactly(Priority.BULK, Priority.RETRY, Priority.BULK);
    }

    @Test
    void a_line_that_was_empty_has_not_been_passed_over() {
        wait(Priority.STOP, 500);
        admitOneByOne(300);
        entered.clear();

        wait(Priority.POLL, 1);
        admitOneByOne(31);

        assertThat(entered).containsOnly("STOP");
    }

    @Test
    void who_entered_or_went_away_leaves_no_timer_behind() {
        Timers timers = new Timers();
        AtomicInteger places = new AtomicInteger(1);
        GateQueue<String> timed = new GateQueue<>(timers);
        Runnable arrived = () -> timed.admit(() -> places.getAndDecrement() > 0 ? "permit" : null, permit -> {});

        timed.turn(Priority.STOP, PATIENCE, arrived).subscribe();
        assertThat(timers.pending).hasValue(0);
        timed.turn(Priority.POLL, Gate.NO_HURRY, arrived).subscribe();
        assertThat(timers.pending).hasValue(0);
        Disposable waiting = timed.turn(Priority.STOP, PATIENCE, arrived).subscribe();
        assertThat(timers.pending).hasValue(1);
        waiting.dispose();

        assertThat(timers.pending).hasValue(0);
    }

    /** Counts the timers that were neither run nor disposed. */
    private static class Timers implements Scheduler {

        private final AtomicInteger pending = new AtomicInteger();

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            pending.incrementAndGet();
            return Disposables.composite(pending::decrementAndGet);
        }

        @Override
        public Disposable schedule(Runnable task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Worker createWorker() {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void whoever_is_let_in_has_a_permit_and_then_the_end() {
        free.set(1);

        StepVerifier.create(queue.turn(Priority.STOP, PATIENCE, this::admit))
                .expectNext("permit")
                .expectComplete()
                .verify(Duration.ofSeconds(1));
    }
}
