package dev.taskstop.spring;

import dev.taskstop.Sweep;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskQuery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.Environment;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A sweep that begins with the application. It ends in the phase in which the tracked tasks are stopped: no further round
 * begins, and one that is under way may end within the grace.
 */
final class SweepLifecycle implements TaskSweep, SmartLifecycle, DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(SweepLifecycle.class);

    /** The grace ends a round; this is for what comes after. */
    private static final Duration SLACK = Duration.ofMillis(500);

    private final int index;
    private final String name;
    private final TaskClient client;
    private final SweepSettings settings;
    private final boolean dryRun;
    private final Duration grace;
    private volatile State state = State.NONE;
    private final AtomicReference<@Nullable Rounds> rounds = new AtomicReference<>();

    /**
     * Creates a sweep that has not begun.
     *
     * @param index which of the properties
     * @param count how many there were when the beans were defined: when the application was built, where it is prepared
     *     ahead of time, so that the properties of now are checked once more
     */
    SweepLifecycle(
            int index,
            int count,
            TaskstopProperties properties,
            ListableBeanFactory beans,
            Environment environment,
            ObjectProvider<LifecycleProperties> lifecycle) {
        int now = WrittenSweeps.names(environment).size();
        if (now != count) {
            throw new InvalidSettingException(
                    "sweeps",
                    "there were " + count + " when the application was prepared ahead of time, and now there are "
                            + now);
        }
        TaskClient client = TaskstopAutoConfiguration.mainClient(beans);
        if (client == null) {
            throw new InvalidSettingException(
                    "sweeps[" + index + "]",
                    "there are several clients: one has to be @Primary, which makes the sweeps, and lives as long as the"
                            + " application");
        }
        TaskstopProperties.Sweep sweep = properties.sweeps().get(index);
        this.index = index;
        this.name = String.valueOf(sweep.name());
        this.client = client;
        this.settings = SweepSettings.of(index, sweep);
        this.dryRun = sweep.dryRun();
        this.grace = ShutdownGrace.of(properties, lifecycle).time();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public TaskQuery query() {
        return settings.query();
    }

    @Override
    public Duration every() {
        return settings.every();
    }

    @Override
    public boolean dryRun() {
        return dryRun;
    }

    TaskClient client() {
        return client;
    }

    @Override
    public State state() {
        return state;
    }

    @Override
    public void start() {
        @Nullable
        Flux<Sweep> sweep = PropertiesCustomizer.checked(
                "sweeps[" + index + "].every",
                () -> client.sweep(settings.query(), settings.every(), settings.options()));
        if (sweep == null) { // of a mock in the place of the client
            return;
        }
        Rounds begun = new Rounds();
        sweep.subscribe(begun);
        if (begun.failure instanceof UnsupportedOperationException refused) {
            throw SweepSettings.neverTold(index, refused);
        }
        rounds.set(begun);
        begun.begin();
        log.info("Sweep {} begins: every {}, {}", name, settings.every(), settings.query());
    }

    @Override
    public void stop(Runnable callback) {
        Rounds running = rounds.get();
        if (running == null) {
            callback.run();
            return;
        }
        running.end(() -> {
            rounds.compareAndSet(running, null);
            callback.run();
        });
    }

    /** The container calls the other one. */
    @Override
    public void stop() {
        stop(() -> {});
    }

    /** A context that is refreshed destroys its beans without stopping them. */
    @Override
    public void destroy() throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        stop(ended::countDown);
        if (!ended.await(grace.plus(SLACK).toMillis(), TimeUnit.MILLISECONDS)) {
            log.warn("Sweep {} has not ended", name);
        }
    }

    @Override
    public boolean isRunning() {
        Rounds running = rounds.get();
        return running != null && !running.isDisposed();
    }

    @Override
    public int getPhase() {
        return ActiveTasksLifecycle.PHASE;
    }

    @Override
    public String toString() {
        return "sweep " + name + " every " + settings.every();
    }

    /** Requests a round when it is due, and not before, so that it is known whether one is under way. */
    private final class Rounds extends BaseSubscriber<Sweep> {

        private final Disposable.Swap timer = Disposables.swap();
        private long begin;
        private boolean underWay;
        private boolean ending;
        private final List<Runnable> whenEnded = new ArrayList<>();
        private volatile @Nullable Throwable failure;

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            // The first round is requested when it is known that the query will do.
        }

        void begin() {
            synchronized (this) {
                if (isDisposed() || ending) {
                    return;
                }
                underWay = true;
                begin = System.nanoTime();
            }
            request(1);
        }

        @Override
        protected void hookOnNext(Sweep round) {
            state = state.after(round);
            if (round.isFailed()) {
                log.debug("Sweep {}: round {} failed", name, round.number(), round.error());
            } else if (round.summary().total() > 0) {
                log.info("Sweep {}, round {}: {}", name, round.number(), round.summary());
            }
            Duration left = settings.every().minusNanos(System.nanoTime() - begin);
            if (!hasEnded()) {
                timer.update(
                        Mono.delay(left.isNegative() ? Duration.ZERO : left).subscribe(now -> begin()));
            }
        }

        @Override
        protected void hookOnError(Throwable throwable) {
            failure = throwable;
            if (!(throwable instanceof UnsupportedOperationException)) {
                log.warn("Sweep {} has ended: {}", name, throwable.getMessage());
            }
            hasEnded();
        }

        @Override
        protected void hookOnComplete() {
            hasEnded();
        }

        /** A round has ended: tells whether it was the last one. */
        private boolean hasEnded() {
            boolean last;
            synchronized (this) {
                underWay = false;
                last = ending;
            }
            if (last) {
                finish();
            }
            return last;
        }

        /** Ends the sweep: between two rounds at once, else with the round, or with the grace; whoever asks is told. */
        void end(Runnable ended) {
            boolean asked;
            boolean waits;
            synchronized (this) {
                whenEnded.add(ended);
                asked = ending;
                waits = underWay;
                ending = true;
            }
            if (!waits) {
                finish();
            } else if (!asked) {
                log.info("Sweep {}: the round that is under way may take {} more", name, grace);
                timer.update(Mono.delay(grace).subscribe(now -> {
                    log.warn("Sweep {}: the round did not end within {}, so it is cut off", name, grace);
                    finish();
                }));
            }
        }

        private void finish() {
            List<Runnable> told;
            synchronized (this) {
                underWay = false;
                told = List.copyOf(whenEnded);
                whenEnded.clear();
            }
            cancel();
            timer.dispose();
            told.forEach(Runnable::run);
        }
    }
}
