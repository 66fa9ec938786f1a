package dev.taskstop.server;

import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import reactor.core.publisher.Mono;

/** Sandboxes that are only a name. */
final class SimulatedSandboxes implements Sandboxes {

    private final InstantSource clock;

    SimulatedSandboxes(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Mono<Void> follow(Task task) {
        return Mono.empty();
    }

    @Override
    public List<String> names(Task task) {
        if (!task.view(clock.millis()).hasStarted()) {
            return List.of();
        }
        return IntStream.rangeClosed(1, task.input().agents().size())
                .mapToObj(number -> "sbx_" + task.id() + "_" + number)
                .toList();
    }

    @Override
    public List<ProcessHandle> processes(Task task) {
        return List.of();
    }

    @Override
    public void close() {}
}
