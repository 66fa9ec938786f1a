package dev.taskstop;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Signal;
import reactor.util.context.Context;

/**
 * Keeps what code of the application's throws away from the stops that it has to do with. Whatever it is: Reactor's
 * operators let an {@link Error} through to the thread, and then a stop never ends. The first failure of each guard is a
 * warning, because code that fails mostly does so each time.
 */
final class Guard {

    private final Logger log;
    private final String what;
    private final String consequence;
    private final AtomicBoolean warned = new AtomicBoolean();

    /** @param what how the log names the code, as the beginning of a sentence */
    Guard(Logger log, String what) {
        this(log, what, "this is said once");
    }

    /** @param consequence what the log says beside the failure, as the end of the sentence */
    Guard(Logger log, String what, String consequence) {
        this.log = log;
        this.what = what;
        this.consequence = consequence;
    }

    void run(Runnable code) {
        call(
                () -> {
                    code.run();
                    return true;
                },
                false);
    }

    <T> T call(Supplier<T> code, T otherwise) {
        try {
            return code.get();
        } catch (Throwable failure) {
            throwIfVirtualMachineIsBroken(failure);
            complain(failure);
            return otherwise;
        }
    }

    /** Calls code that may give null, and gives null where it fails, too. */
    <T> @Nullable T callOrNull(Supplier<@Nullable T> code) {
        try {
            return code.get();
        } catch (Throwable failure) {
            throwIfVirtualMachineIsBroken(failure);
            complain(failure);
            return null;
        }
    }

    /**
     * Subscribes to what an application's code gives, so that whatever the code does is at most an error: that it throws,
     * when it is called or when what it gave is subscribed to or cancelled, or gives null.
     *
     * <p>What the subscriber throws does not get back to the code either. So this is also for what several wait for: each
     * of them is told, whatever the others do.
     */
    static <T> Mono<T> mono(Supplier<Mono<T>> code) {
        return Mono.create(sink -> subscribe(code, sink, running(sink)));
    }

    /** The same, but the code is not called for a subscriber who cancels as he is subscribed. */
    static <T> Mono<T> monoUnlessCancelled(Supplier<Mono<T>> code) {
        return Mono.create(sink -> {
            Disposable.Swap running = running(sink);
            if (!running.isDisposed()) {
                subscribe(code, sink, running);
            }
        });
    }

    /** Takes what is to be disposed of when the subscriber cancels; is disposed of when he has. */
    private static Disposable.Swap running(MonoSink<?> sink) {
        Disposable.Swap running = Disposables.swap();
        sink.onCancel(() -> tell(running::dispose));
        return running;
    }

    private static <T> void subscribe(Supplier<Mono<T>> code, MonoSink<T> sink, Disposable.Swap running) {
        try {
            running.update(code.get()
                    .materialize()
                    .subscribe(
                            signal -> tell(() -> handOn(signal, sink)),
                            sink::error,
                            null,
                            Context.of(sink.contextView())));
        } catch (Throwable failure) {
            throwIfVirtualMachineIsBroken(failure);
            sink.error(carried(failure));
        }
    }

    private static <T> void handOn(Signal<T> signal, MonoSink<T> sink) {
        Throwable failure = signal.getThrowable();
        if (failure == null) {
            sink.success(signal.get());
        } else {
            sink.error(carried(failure));
        }
    }

    /** Wraps what Reactor takes for a fault of the JVM: operators and subscribers do not hand it on, but throw it. */
    static Throwable carried(Throwable failure) {
        return Exceptions.isJvmFatal(failure)
                ? new IllegalStateException("Code of the application failed", failure)
                : failure;
    }

    /**
     * Signals one of several subscribers. What its code throws must not reach the others, who may have nobody else to
     * tell them; nor what an application's hook for dropped errors throws.
     */
    static void tell(Runnable signal) {
        try {
            signal.run();
        } catch (Throwable failure) {
            throwIfVirtualMachineIsBroken(failure);
            drop(failure);
        }
    }

    private static void drop(Throwable failure) {
        try {
            Operators.onErrorDropped(failure, Context.empty());
        } catch (Throwable thrown) {
            throwIfVirtualMachineIsBroken(thrown);
        }
    }

    /** The text of what is thrown may name an id, so it is for DEBUG. */
    private void complain(Throwable failure) {
        if (warned.compareAndSet(false, true)) {
            log.warn("{} failed ({}); {}", what, failure.getClass().getName(), consequence);
        }
        log.debug("{} failed", what, failure);
    }

    /** A stack that is too deep is a fault of the code that was called, and over when it has returned. */
    static void throwIfVirtualMachineIsBroken(Throwable failure) {
        if (failure instanceof VirtualMachineError broken && !(failure instanceof StackOverflowError)) {
            throw broken;
        }
    }
}
