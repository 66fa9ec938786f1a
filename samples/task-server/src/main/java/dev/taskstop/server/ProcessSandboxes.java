package dev.taskstop.server;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Sandboxes that are operating-system processes. Starting one blocks, so all of it happens on one thread of its own;
 * that thread also looks at every active task a few times a second, to start and end processes by the clock.
 */
final class ProcessSandboxes implements Sandboxes {

    private static final Logger log = LoggerFactory.getLogger(ProcessSandboxes.class);
    private static final long SWEEP_MILLIS = 50;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    // It waits for input that never comes. The input ends with this program, even when that is killed.
    private static final List<String> OBEDIENT = List.of("cat");
    // An ignored signal stays ignored across exec, so this is one process that no SIGTERM ends.
    private static final List<String> STUBBORN = List.of("sh", "-c", "trap '' TERM; exec cat");

    /** The processes of one run of a task: a follow-up that comes right after a stop begins another run. */
    private record Group(int run, List<Process> processes) {}

    private final List<String> command;
    private final Duration grace;
    private final InstantSource clock;
    private final Scheduler scheduler = Schedulers.newBoundedElastic(1, Integer.MAX_VALUE, "task-server-sandboxes");
    private final Set<Task> followed = ConcurrentHashMap.newKeySet();
    private final Map<Task, Group> running = new ConcurrentHashMap<>();
    private final Set<Process> alive = ConcurrentHashMap.newKeySet();
    private boolean closed;

    ProcessSandboxes(boolean stubborn, Duration grace, InstantSource clock) {
        this.command = stubborn ? STUBBORN : OBEDIENT;
        this.grace = grace;
        this.clock = clock;
        scheduler.schedulePeriodically(
                () -> followed.forEach(this::update), SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public Mono<Void> follow(Task task) {
        return Mono.<Void>fromRunnable(() -> {
                    followed.add(task);
                    update(task);
                })
                .subscribeOn(scheduler)
                .onErrorComplete(RejectedExecutionException.class);
    }

    @Override
    public List<String> names(Task task) {
        return alive(task).map(process -> "process-" + process.pid()).toList();
    }

    @Override
    public List<ProcessHandle> processes(Task task) {
        return alive(task).map(Process::toHandle).toList();
    }

    @Override
    public void close() {
        Mono.fromRunnable(() -> {
                    closed = true;
                    alive.forEach(Process::destroyForcibly);
                })
                .subscribeOn(scheduler)
                .thenMany(Flux.fromIterable(alive).flatMap(ProcessSandboxes::exit))
                .then()
                .timeout(CLOSE_TIMEOUT)
                .doOnError(e -> log.warn("{} sandboxes are still alive", alive.size()))
                .onErrorComplete()
                .block();
        scheduler.dispose();
    }

    private Stream<Process> alive(Task task) {
        Group group = running.get(task);
        return group == null ? Stream.empty() : group.processes().stream().filter(Process::isAlive);
    }

    private void update(Task task) {
        long now = clock.millis();
        Status status = task.status(now);
        Group group = running.get(task);
        if (group != null && (!status.isActive() || group.run() != task.run())) {
            if (task.sandboxesLeft(now) == 0) {
                running.remove(task);
                group.processes().forEach(this::end);
            } else if (group.run() != task.run()) {
                running.remove(task);
            }
        }
        if (!status.isActive()) {
            followed.remove(task);
        } else if (status.isStoppable() && !running.containsKey(task) && !closed) {
            running.put(task, start(task));
        }
    }

    private Group start(Task task) {
        return new Group(
                task.run(),
                task.input().agents().stream().flatMap(agent -> start()).toList());
    }

    private Stream<Process> start() {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            alive.add(process);
            exit(process).subscribe(alive::remove);
            return Stream.of(process);
        } catch (IOException e) {
            log.warn("a sandbox could not be started", e);
            return Stream.empty();
        }
    }

    private void end(Process process) {
        // The process's own destroy() would end its input, too.
        process.toHandle().destroy();
        exit(process)
                .timeout(grace, Mono.fromRunnable(process::destroyForcibly))
                .subscribe();
    }

    private static Mono<Process> exit(Process process) {
        return Mono.fromFuture(process::onExit);
    }
}
