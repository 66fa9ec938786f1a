package dev.taskstop;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.core.publisher.Hooks;

/** Fails a test in which an error found nobody to take it; without this, Reactor only logs it. */
final class NothingDropped implements BeforeEachCallback, AfterEachCallback {

    private final Queue<Throwable> dropped = new ConcurrentLinkedQueue<>();

    @Override
    public void beforeEach(ExtensionContext context) {
        Hooks.onErrorDropped(dropped::add);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Hooks.resetOnErrorDropped();
        Throwable first = dropped.peek();
        if (first != null) {
            throw new AssertionError(dropped.size() + " errors were dropped; the first one is the cause", first);
        }
    }
}
