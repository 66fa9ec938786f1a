package dev.taskstop.spring;

import dev.taskstop.TaskClient;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** A bean of an application that stops a task in a later phase than the tracked tasks'. */
final class LateStop implements SmartLifecycle {

    private final String taskId;
    private volatile boolean running;

    @Nullable
    TaskClient client;

    LateStop(String taskId) {
        this.taskId = taskId;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        if (client != null) {
            Signals.value(client.stop(taskId));
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return TaskClientLifecycle.PHASE + 1;
    }
}
