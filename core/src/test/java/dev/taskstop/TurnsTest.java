package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.test.scheduler.VirtualTimeScheduler;

class TurnsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final AtomicInteger free = new AtomicInteger();
    private final List<String> entered = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private final Turns turns =
            new Turns(() -> free.getAndUpdate(n -> Math.max(0, n - 1)) > 0, () -> free.incrementAndGet(), time);

    private Disposable await(String name) {
        return turns.await(Mono.fromRunnable(() -> entered.add(name)), () -> PATIENCE)
                .subscribe(v -> {}, e -> refused.add(name));
    }

    private void admit(int places) {
        free.set(places);
        turns.admit();
    }

    @Test
    void as_many_enter_as_there_are_places_in_the_order_in_which_they_came() {
        await("a");
        await("b");
        await("c");

        admit(2);

        assertThat(entered).containsExactly("a", "b");
        assertThat(turns.waiting()).isEqualTo(1);
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
        turns.refuse("closed");
        await("b");

        assertThat(refused).containsExactly("a", "b");
        assertThat(turns.waiting()).isZero();
    }

    @Test
    void who_entered_or_went_away_leaves_no_timer_behind() {
        Timers timers = new Timers();
        AtomicInteger places = new AtomicInteger(1);
        Turns timed = new Turns(() -> places.getAndDecrement() > 0, () -> {}, timers);

        timed.await(Mono.never(), () -> PATIENCE).subscribe();
        assertThat(timers.pending).hasValue(0);
        Disposable waiting = timed.await(Mono.never(), () -> PATIENCE).subscribe();
        assertThat(timers.pending).hasValue(1);
        waiting.dispose();

        assertThat(timers.pending).hasValue(0);
    }

    /** Counts the timers that were neither run nor disposed. */
    private static final class Timers implements Scheduler {

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
}
