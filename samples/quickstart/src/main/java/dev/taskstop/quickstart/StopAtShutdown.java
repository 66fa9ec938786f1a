package dev.taskstop.quickstart;

import dev.taskstop.ActiveTasks;
import dev.taskstop.TaskClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Waits for the tasks that it reads from its standard input, and stops those that still run when it is terminated. */
public final class StopAtShutdown {

    private static final Duration GRACE = Duration.ofSeconds(10);

    private StopAtShutdown() {}

    /**
     * Ends when every task has, or on SIGINT or SIGTERM. One that cannot be watched ends the wait for no other; then it
     * exits with 1.
     *
     * @param args none; the environment says where the tasks are and with which key
     */
    public static void main(String[] args) throws IOException {
        List<String> taskIds;
        try (BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            taskIds = input.lines()
                    .map(String::strip)
                    .filter(id -> !id.isEmpty())
                    .distinct()
                    .toList();
        }
        TaskClient client = TaskClient.fromEnv();
        ActiveTasks tasks = client.activeTasks();
        tasks.installShutdownHook(GRACE);
        AtomicInteger unwatched = new AtomicInteger();
        CompletableFuture<Void> allEnded = Flux.fromIterable(taskIds)
                .flatMap(
                        taskId -> tasks.track(taskId, client.awaitDone(taskId)).onErrorResume(failure -> {
                            unwatched.incrementAndGet();
                            System.err.println("No longer watched: " + taskId + ": " + failure.getMessage());
                            return Mono.empty();
                        }),
                        Math.max(1, taskIds.size()))
                .then()
                .toFuture();
        System.out.printf("Waiting for %d tasks%n", tasks.taskIds().size());
        allEnded.join();
        if (unwatched.get() > 0) {
            System.exit(1);
        }
    }
}
