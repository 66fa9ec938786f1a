package dev.taskstop;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
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
     * when it is called or when what it gave is subscribed to, or gives null.
     */
    static <T> Mono<T> mono(Supplier<Mono<T>> code) {
        return Mono.create(sink -> {
            try {
                sink.onCancel(code.get()
                        .materialize()
                        .subscribe(
                                signal -> {
                                    Throwable failure = signal.getThrowable();
                                    if (failure == null) {
                                        sink.success(signal.get());
                                    } else {
                                        sink.error(carried(failure));
                                    }
                                },
                                sink::error,
                                null,
                                Context.of(sink.contextView())));
            } catch (Throwable failure) {
                throwIfVirtualMachineIsBroken(failure);
                sink.error(carried(failure));
            }
        });
    }

    /** Wraps what Reactor takes for a fault of the JVM: operators and subscribers do not hand it on, but throw it. */
    static Throwable carried(Throwable failure) {
        return Exceptions.isJvmFatal(failure)
                ? new IllegalStateException("Code of the application failed", failure)
                : failure;
    }

    /**
     * Signals one of several subscribers. What its code throws must not reach the others, who may have nobody else to
     * tell them.
     */
    static void tell(Runnable signal) {
        try {
            signal.run();
        } catch (Throwable failure) {
            throwIfVirtualMachineIsBroken(failure);
            Operators.onErrorDropped(failure, Context.empty());
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
