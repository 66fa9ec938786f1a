package dev.taskstop.benchmarks;

import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Keeps so many calls in flight, for clients that call back: each call that ends starts the next. */
final class Window {

    /** Starts one call, which tells the window how it ended. */
    interface Call {
        void start(String id, Window window);
    }

    private final Iterator<String> ids;
    private final Call call;
    private final AtomicInteger open;
    private final AtomicLong answers = new AtomicLong();
    private final CompletableFuture<Long> done = new CompletableFuture<>();

    private Window(Iterator<String> ids, int inFlight, Call call) {
        this.ids = ids;
        this.call = call;
        this.open = new AtomicInteger(inFlight);
    }

    /** Calls for each id; gives the number of answers, or throws at the first failure. */
    static long run(Iterator<String> ids, int inFlight, Call call) {
        Window window = new Window(ids, inFlight, call);
        for (int i = 0; i < inFlight; i++) {
            window.next();
        }
        return window.done.join();
    }

    /** Takes an answer; one that does not say that the task was stopped is a failure. */
    void answered(int status, byte[] body, String id) {
        try {
            StopAnswer.read(status, body, id);
        } catch (RuntimeException e) {
            failed(e);
            return;
        }
        answers.incrementAndGet();
        next();
    }

    void failed(Throwable failure) {
        done.completeExceptionally(failure);
    }

    private void next() {
        String id = take();
        if (id != null) {
            call.start(id, this);
        } else if (open.decrementAndGet() == 0) {
            done.complete(answers.get());
        }
    }

    private @Nullable String take() {
        synchronized (ids) {
            return !done.isDone() && ids.hasNext() ? ids.next() : null;
        }
    }
}
