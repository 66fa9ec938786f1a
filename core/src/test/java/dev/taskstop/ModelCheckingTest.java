package dev.taskstop;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.BooleanGen;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;

/**
 * What several threads share, in every interleaving of a few operations that <a
 * href="https://github.com/JetBrains/lincheck">Lincheck</a> finds: either the results are those of some order of the
 * operations, or what has to hold after them does. A failure prints the operations and how they interleaved.
 */
@Tag("model-checking")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ModelCheckingTest {

    /** Every line of a log would be one more place where threads can be interleaved. */
    @BeforeAll
    static void nothingIsLogged() {
        ((Logger) LoggerFactory.getLogger(GatePause.class)).setLevel(Level.OFF);
    }

    @AfterAll
    static void logAgain() {
        ((Logger) LoggerFactory.getLogger(GatePause.class)).setLevel(null);
    }

    /** A thousand interleavings are enough to find what has been broken on purpose. */
    private static void check(Class<?> model, int actorsPerThread) {
        new ModelCheckingOptions()
                .iterations(10)
                .invocationsPerIteration(100)
                .threads(2)
                .actorsPerThread(actorsPerThread)
                .actorsBefore(0)
                .actorsAfter(1)
                .check(model);
    }

    @Test
    void permits_are_neither_lost_nor_given_twice() {
        check(Permits.class, 3);
    }

    @Test
    void one_who_waits_is_given_a_permit_or_refused_once_or_has_gone_away() {
        check(Waiters.class, 2);
    }

    @Test
    void a_pause_ends_when_the_last_wish_for_it_is_over() {
        check(Pauses.class, 2);
    }

    @Test
    void a_budget_is_spent_once() {
        check(Budget.class, 3);
    }

    @Test
    void registrations_are_taken_back_once_each() {
        check(Registrations.class, 2);
    }

    /** Counts what is out. */
    @Param(name = "limit", gen = IntGen.class, conf = "1:2")
    public static class Permits {

        private final GatePermits permits = new GatePermits();

        @Operation
        public int take(@Param(name = "limit") int limit) {
            return permits.tryTake(limit);
        }

        @Operation
        public void giveBack() {
            permits.leave();
        }

        @Operation
        public int taken() {
            return permits.taken();
        }
    }

    /** A queue before a door that opens and closes. */
    public static class Waiters {

        private final GateQueue<String> queue = new GateQueue<>(new NoTime());
        private final AtomicInteger free = new AtomicInteger();
        private final AtomicInteger lost = new AtomicInteger();
        private final List<Waiter> waiters = new ArrayList<>();

        public Waiters() {
            come();
        }

        private void admit() {
            queue.admit(
                    () -> free.getAndUpdate(n -> Math.max(0, n - 1)) > 0 ? "permit" : null,
                    permit -> lost.incrementAndGet());
        }

        @Operation
        public void come() {
            Waiter waiter = new Waiter();
            synchronized (waiters) {
                waiters.add(waiter);
            }
            waiter.subscription.update(queue.turn(Gate.Priority.STOP, Gate.NO_HURRY, this::admit)
                    .subscribe(permit -> waiter.signals.incrementAndGet(), e -> waiter.signals.incrementAndGet()));
        }

        @Operation
        public void goAway() {
            Waiter waiter = null;
            synchronized (waiters) {
                for (Waiter candidate : waiters) {
                    waiter = candidate.gone ? waiter : candidate;
                }
                if (waiter != null) {
                    waiter.gone = true;
                }
            }
            if (waiter != null) {
                waiter.subscription.dispose();
            }
        }

        @Operation
        public void open() {
            free.incrementAndGet();
            admit();
        }

        @Validate
        public void everybodyIsServedOnceWhileThereIsRoom() {
            int gone = 0;
            int served = 0;
            for (Waiter waiter : waiters) {
                if (waiter.signals.get() > 1) {
                    throw new IllegalStateException("A waiter was served twice");
                }
                served += waiter.signals.get();
                gone += waiter.gone && waiter.signals.get() == 0 ? 1 : 0;
            }
            int waiting = waiters.size() - served - gone;
            if (queue.waiting() != waiting) {
                throw new IllegalStateException(queue.waiting() + " are said to wait, but " + waiting + " do");
            }
            if (waiting > 0 && free.get() > 0) {
                throw new IllegalStateException(waiting + " wait before an open door");
            }
        }

        private static final class Waiter {
            private final Disposable.Swap subscription = Disposables.swap();
            private final AtomicInteger signals = new AtomicInteger();
            private volatile boolean gone;
        }
    }

    /** A pause whose timers run when they are told to. */
    @Param(name = "seconds", gen = IntGen.class, conf = "1:3")
    public static class Pauses {

        private final NoTime timers = new NoTime();
        private final GatePause pause = new GatePause(Duration.ofSeconds(1), Duration.ofMinutes(1), timers);
        private final AtomicInteger ends = new AtomicInteger();

        public Pauses() {
            asked(1);
        }

        @Operation
        public void asked(@Param(name = "seconds") int seconds) {
            pause.asked(Duration.ofSeconds(seconds), ends::incrementAndGet);
        }

        @Operation
        public void askedForLonger() {
            pause.asked(Duration.ofSeconds(9), ends::incrementAndGet);
        }

        @Operation
        public void nextTimerRuns() {
            timers.runNext();
        }

        @Validate
        public void itIsOverWhenItsTimersHaveRun() {
            boolean wasOn = pause.isOn();
            if (timers.pending() > 0 && !wasOn) {
                throw new IllegalStateException("The pause ended before its time");
            }
            int before = ends.get();
            while (timers.runNext()) {}
            if (pause.isOn() || (wasOn && ends.get() == before)) {
                throw new IllegalStateException("The pause goes on for ever, or its end was told to nobody");
            }
        }
    }

    /** Two retries' worth. */
    @Param(name = "afterRetry", gen = BooleanGen.class)
    public static class Budget {

        private final RetryBudget budget = new RetryBudget(2);

        @Operation
        public boolean trySpend() {
            return budget.trySpend();
        }

        @Operation
        public void answered(@Param(name = "afterRetry") boolean afterRetry) {
            budget.answered(afterRetry);
        }
    }

    /** One task that several have registered. */
    public static class Registrations {

        private final RegisteredTasks tasks = new RegisteredTasks();

        private final Queue<RegisteredTasks.Registration> running = new ConcurrentLinkedQueue<>();

        @Operation
        public void track() {
            running.add(tasks.add("t", false));
        }

        @Operation
        public void end() {
            RegisteredTasks.Registration mine = running.poll();
            if (mine != null) {
                tasks.remove("t", mine);
            }
        }

        @Operation
        public void register() {
            tasks.add("t", true);
        }

        @Operation
        public void deregister() {
            tasks.removeByHand("t");
        }

        @Operation
        public void shutDown() {
            tasks.forget("t", tasks.all().getOrDefault("t", List.of()));
        }

        @Operation
        public int registered() {
            return tasks.all().getOrDefault("t", List.of()).size();
        }
    }
}
