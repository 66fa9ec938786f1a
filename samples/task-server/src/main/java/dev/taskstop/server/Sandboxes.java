package dev.taskstop.server;

import java.util.List;
import reactor.core.publisher.Mono;

/** The sandboxes of all tasks. No method but {@link #close} waits for a process. */
sealed interface Sandboxes permits SimulatedSandboxes, ProcessSandboxes {

    /**
     * Starts or ends the sandboxes of a task, as its status says, and goes on doing so by the clock until it ends.
     *
     * @return completes when they are started or told to end
     */
    Mono<Void> follow(Task task);

    /** The names of the sandboxes of a task, one for each agent, as far as they are known. */
    List<String> names(Task task);

    /** The processes that run for a task now. */
    List<ProcessHandle> processes(Task task);

    /** Ends all sandboxes by force and waits, for a limited time, until they are gone. */
    void close();
}
