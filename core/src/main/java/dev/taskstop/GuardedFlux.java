package dev.taskstop;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * A publisher of the application's: whatever its code throws, when it is asked for, subscribed to or asked for more, is
 * an error at the most. Reactor's operators let an {@link Error} through to whoever asked, and then nothing ever ends.
 *
 * <p>Written by hand because no operator looks at what a request throws. {@link Guard#mono} is for those of one value.
 */
final class GuardedFlux<T> extends Flux<T> {

    private final Supplier<? extends Publisher<T>> source;

    GuardedFlux(Supplier<? extends Publisher<T>> source) {
        this.source = source;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        Guarded<T> guarded = new Guarded<>(actual);
        guarded.run(() -> source.get().subscribe(guarded));
    }

    private static final class Guarded<T> implements CoreSubscriber<T>, Subscription {

        private final CoreSubscriber<? super T> actual;
        private volatile @Nullable Subscription upstream;
        private boolean done;

        Guarded(CoreSubscriber<? super T> actual) {
            this.actual = actual;
        }

        void run(Runnable code) {
            try {
                code.run();
            } catch (Throwable failure) {
                Guard.throwIfVirtualMachineIsBroken(failure);
                fail(failure);
            }
        }

        private void fail(Throwable failure) {
            Subscription subscribed = upstream;
            if (subscribed == null) {
                done = true;
                Operators.error(actual, Guard.carried(failure));
                return;
            }
            Guard.tell(subscribed::cancel);
            onError(failure);
        }

        @Override
        public Context currentContext() {
            return actual.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            if (Operators.validate(upstream, subscription)) {
                upstream = subscription;
                actual.onSubscribe(this);
            }
        }

        @Override
        public void onNext(T value) {
            if (done) {
                return;
            }
            if (upstream == null) {
                fail(new IllegalStateException("A publisher gave a value before a subscription"));
            } else if (value == null) {
                fail(new NullPointerException("A publisher gave null"));
            } else {
                actual.onNext(value);
            }
        }

        @Override
        public void onError(Throwable failure) {
            if (done) {
                Operators.onErrorDropped(failure, currentContext());
            } else if (upstream == null) {
                fail(failure);
            } else {
                done = true;
                actual.onError(
                        failure == null
                                ? new NullPointerException("A publisher failed with null")
                                : Guard.carried(failure));
            }
        }

        @Override
        public void onComplete() {
            if (done) {
                return;
            }
            done = true;
            if (upstream == null) {
                Operators.complete(actual);
            } else {
                actual.onComplete();
            }
        }

        @Override
        public void request(long n) {
            Subscription subscribed = upstream;
            if (subscribed != null) {
                run(() -> subscribed.request(n));
            }
        }

        @Override
        public void cancel() {
            Subscription subscribed = upstream;
            if (subscribed != null) {
                Guard.tell(subscribed::cancel);
            }
        }
    }
}
