package dev.taskstop;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.util.context.Context;

/**
 * How many ids a bulk stop takes from its source: as many as may be stopped at once, and one more for each that is set
 * aside because it has to wait. So tasks that can be stopped at once do not wait for those that cannot.
 *
 * <p>The {@code flatMap} that follows has room for both and asks for both. What it asks for beyond the concurrency is
 * kept back, and asked of the source when an id is set aside.
 */
final class BulkStopDemand {

    /**
     * How many may be set aside for each that may be stopped at once. With 64 at once, half of 3,000 tasks may fail at
     * each attempt before one that can be stopped has to wait.
     */
    private static final int ASIDE_FOR_EACH = 8;

    private static final int MAX_ASIDE = 10_000;

    private final int concurrency;
    private final int maxAside;

    /** What was asked for and is kept back: so many more may be set aside. */
    private final AtomicInteger keptBack = new AtomicInteger();

    /** How much of what will be asked for is to be kept back. */
    private final AtomicInteger toKeepBack = new AtomicInteger();

    private volatile @Nullable Subscription upstream;

    /**
     * What is set aside is in flight again some day, beside those that were taken in its place. So none is where the
     * gate would let more of them through than may be stopped at once, or where that is one.
     *
     * @param inFlight how many calls the gate lets through at once
     */
    BulkStopDemand(int concurrency, int inFlight) {
        this.concurrency = concurrency;
        this.maxAside = concurrency < inFlight
                ? 0
                : (int) Math.min(
                        Math.min(MAX_ASIDE, ASIDE_FOR_EACH * (concurrency - 1L)), Integer.MAX_VALUE - 1L - concurrency);
    }

    /**
     * How many of the ids there is room for in what follows, which has to ask for one more whenever one of them has its
     * result.
     */
    int room() {
        return concurrency + maxAside;
    }

    /** The ids, for one subscription at a time. */
    Flux<String> of(Flux<String> taskIds) {
        return new FluxOperator<>(taskIds) {
            @Override
            public void subscribe(CoreSubscriber<? super String> actual) {
                source.subscribe(new Ids(actual));
            }
        };
    }

    /**
     * Takes another id from the source in place of one that has to wait, if not too many wait already.
     *
     * @return to be disposed of before the one that was set aside has its result
     */
    Disposable setAside() {
        if (keptBack.getAndUpdate(kept -> Math.max(0, kept - 1)) == 0) {
            return Disposables.disposed();
        }
        Disposable aside = new Aside();
        requireNonNull(upstream).request(1);
        return aside;
    }

    private final class Aside extends AtomicInteger implements Disposable {

        private static final long serialVersionUID = 1L;

        @Override
        public void dispose() {
            if (compareAndSet(0, 1)) {
                toKeepBack.incrementAndGet();
            }
        }

        @Override
        public boolean isDisposed() {
            return get() != 0;
        }
    }

    private final class Ids implements CoreSubscriber<String>, Subscription {

        private final CoreSubscriber<? super String> actual;

        Ids(CoreSubscriber<? super String> actual) {
            this.actual = actual;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            keptBack.set(0);
            toKeepBack.set(maxAside);
            upstream = subscription;
            actual.onSubscribe(this);
        }

        @Override
        public void request(long n) {
            int before = toKeepBack.getAndUpdate(left -> (int) Math.max(0, left - n));
            long kept = Math.min(before, n);
            keptBack.addAndGet((int) kept);
            if (n > kept) {
                requireNonNull(upstream).request(n - kept);
            }
        }

        @Override
        public void cancel() {
            requireNonNull(upstream).cancel();
        }

        @Override
        public void onNext(String taskId) {
            actual.onNext(taskId);
        }

        @Override
        public void onError(Throwable error) {
            actual.onError(error);
        }

        @Override
        public void onComplete() {
            actual.onComplete();
        }

        @Override
        public Context currentContext() {
            return actual.currentContext();
        }
    }
}
