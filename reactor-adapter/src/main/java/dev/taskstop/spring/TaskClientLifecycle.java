package dev.taskstop.spring;

import dev.taskstop.TaskClient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import reactor.core.publisher.Mono;

/**
 * Closes the client when its context closes, just before Netty's event loops go: what still asks for the status of a
 * task would keep them busy, and the application from ending. A context that is only stopped may be started again, so
 * its client stays open.
 */
final class TaskClientLifecycle implements SmartLifecycle, ApplicationListener<ContextClosedEvent> {

    /** Netty's event loops go at 0. */
    static final int PHASE = 1;

    private static final Logger log = LoggerFactory.getLogger(TaskClientLifecycle.class);

    private final TaskClient client;
    private final ApplicationContext context;
    private volatile boolean running;
    private volatile boolean closing;

    TaskClientLifecycle(TaskClient client, ApplicationContext context) {
        this.client = client;
        this.context = context;
    }

    /** A context hears the events of its children, too. */
    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (event.getApplicationContext() == context) {
            closing = true;
        }
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop(Runnable callback) {
        running = false;
        @Nullable Mono<Void> close = closing ? client.closeAsync() : null;
        if (close == null) { // also of a mock in the place of the client
            callback.run();
            return;
        }
        close.doFinally(signal -> callback.run())
                .subscribe(closed -> {}, failure -> log.warn("The client was not closed", failure));
    }

    /** The container calls the other one. */
    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public boolean isPauseable() {
        return false;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
