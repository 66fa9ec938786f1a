package dev.taskstop;

import static java.util.Objects.requireNonNull;

import dev.taskstop.Gate.Permit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * A call that holds a permit, and gives it back when it ends: before its subscriber sees what it gave, and however long
 * that one takes to ask for it.
 */
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
        Mono<T> begun = begun();
        if (begun instanceof Unsent) {
            permit.unused();
        }
        try {
            begun.subscribe(holder);
        } catch (Throwable failure) {
            // The subscriber's: the call comes to nothing.
            permit.release();
            throw failure;
        }
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

    /** What comes in place of a call for which there was no more need when its turn had come. */
    static final class Unsent<T> extends MonoOperator<T, T> {

        Unsent(Mono<T> instead) {
            super(instead);
        }

        @Override
        public void subscribe(CoreSubscriber<? super T> actual) {
            source.subscribe(actual);
        }
    }

    /** Its subscriber may cancel before it gets its answer, or after, or while the call is still being subscribed to. */
    private static final class Holder<T> extends AtomicReference<State> implements CoreSubscriber<T>, Subscription {

        private static final long serialVersionUID = 1L;

        private final transient Permit permit;
        private final transient CoreSubscriber<? super T> actual;
        private transient @Nullable Subscription subscription;
        private volatile boolean failed;

        /** Set while it is locked; an answer that comes before is kept until then, and is the end as well. */
        private volatile boolean requested;

        private transient @Nullable T kept;
        private boolean wasKept;

        Holder(Permit permit, CoreSubscriber<? super T> actual) {
            super(State.SUBSCRIBING);
            this.permit = permit;
            this.actual = actual;
        }

        @Override
        public void onSubscribe(Subscription upstream) {
            subscription = upstream;
            actual.onSubscribe(this);
            upstream.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(T answer) {
            permit.answered();
            wasKept = !requested && keep(answer);
            if (!wasKept) {
                actual.onNext(answer);
            }
        }

        @Override
        public void onComplete() {
            permit.answered();
            if (!wasKept) {
                actual.onComplete();
            }
        }

        private synchronized boolean keep(T answer) {
            if (requested) {
                return false;
            }
            kept = answer;
            return true;
        }

        private synchronized @Nullable T takeKept() {
            requested = true;
            T answer = kept;
            kept = null;
            return answer;
        }

        /** A refused key ends a batch: those of it that wait must have learnt of that before there is room for them. */
        @Override
        public void onError(Throwable error) {
            failed = true;
            if (!TaskResponseException.isAboutKey(error)) {
                permit.failed(error);
            }
            try {
                actual.onError(error);
            } finally {
                permit.failed(error);
            }
        }

        @Override
        public void request(long n) {
            if (!Operators.validate(n) || requested) {
                return;
            }
            T answer = takeKept();
            if (answer != null) {
                actual.onNext(answer);
                actual.onComplete();
            }
        }

        /**
         * Gives the permit back when nothing can be sent any more. A call that is cancelled while it is being subscribed
         * to may yet reach the transport, which a client that closes must wait for. A call that has failed is not given
         * up any more, although operators such as {@code retryWhen} cancel it before they pass its error on.
         */
        @Override
        public void cancel() {
            takeKept();
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
