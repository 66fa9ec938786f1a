package dev.taskstop;

import static java.util.Objects.requireNonNull;

import dev.taskstop.Gate.Permit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** A call that holds a permit, and gives it back when it ends: before its subscriber sees what it gave. */
final class GateCall<T> extends Mono<T> {

    private enum State {
        SUBSCRIBING,
        SUBSCRIBED,
        CANCELLED
    }

    private final Supplier<Mono<T>> call;
    private final Permit permit;

    GateCall(Supplier<Mono<T>> call, Permit permit) {
        this.call = call;
        this.permit = permit;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        Holder<T> holder = new Holder<>(permit, actual);
        begun().subscribe(holder);
        holder.subscribed();
    }

    private Mono<T> begun() {
        try {
            return call.get();
        } catch (Throwable failure) {
            Guard.throwIfVirtualMachineIsBroken(failure);
            return Mono.error(Guard.carried(failure));
        }
    }

    /** Its subscriber may cancel before it gets its answer, or after, or while the call is still being subscribed to. */
    private static final class Holder<T> extends AtomicReference<State> implements CoreSubscriber<T>, Subscription {

        private static final long serialVersionUID = 1L;

        private final transient Permit permit;
        private final transient CoreSubscriber<? super T> actual;
        private transient @Nullable Subscription subscription;
        private volatile boolean failed;

        Holder(Permit permit, CoreSubscriber<? super T> actual) {
            super(State.SUBSCRIBING);
            this.permit = permit;
            this.actual = actual;
        }

        @Override
        public void onSubscribe(Subscription upstream) {
            subscription = upstream;
            actual.onSubscribe(this);
        }

        @Override
        public void onNext(T answer) {
            permit.answered();
            actual.onNext(answer);
        }

        @Override
        public void onComplete() {
            permit.answered();
            actual.onComplete();
        }

        /** A refused key ends a batch: those of it that wait must have learnt of that before there is room for them. */
        @Override
        public void onError(Throwable error) {
            failed = true;
            if (!TaskResponseException.isAboutKey(error)) {
                permit.failed(error);
            }
            actual.onError(error);
            permit.failed(error);
        }

        @Override
        public void request(long n) {
            requireNonNull(subscription).request(n);
        }

        /**
         * Gives the permit back when nothing can be sent any more. A call that is cancelled while it is being subscribed
         * to may yet reach the transport, which a client that closes must wait for. A call that has failed is not given
         * up any more, although operators such as {@code retryWhen} cancel it before they pass its error on.
         */
        @Override
        public void cancel() {
            requireNonNull(subscription).cancel();
            if (!failed && !compareAndSet(State.SUBSCRIBING, State.CANCELLED)) {
                permit.release();
            }
        }

        void subscribed() {
            if (!compareAndSet(State.SUBSCRIBING, State.SUBSCRIBED)) {
                permit.release();
            }
        }

        @Override
        public Context currentContext() {
            return actual.currentContext();
        }
    }
}
