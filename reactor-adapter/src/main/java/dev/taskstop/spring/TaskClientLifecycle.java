package dev.taskstop.spring;

import dev.taskstop.TaskClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Closes the client when the context closes, just before Netty's event loops go: what still asks for the status of a
 * task would keep them busy, and the application from ending. A context that is only stopped may be started again, so
 * its client stays open.
 */
final class TaskClientLifecycle implements SmartLifecycle, ApplicationListener<ContextClosedEvent> {

    /** Netty's event loops go at 0. */
    static final int PHASE = 1;

    private static final Logger log = LoggerFactory.getLogger(TaskClientLifecycle.class);

    private final TaskClient client;
    private volatile boolean running;
    private volatile boolean closing;

    TaskClientLifecycle(TaskClient client) {
        this.client = client;
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        closing = true;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop(Runnable callback) {
        running = false;
        if (closing) {
            client.closeAsync()
                    .doFinally(signal -> callback.run())
                    .subscribe(closed -> {}, failure -> log.warn("The client was not closed", failure));
        } else {
            callback.run();
        }
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
