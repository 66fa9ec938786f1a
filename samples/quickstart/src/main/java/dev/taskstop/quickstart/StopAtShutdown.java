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
import reactor.core.publisher.Flux;

/** Waits for the tasks that it reads from its standard input, and stops those that still run when it is terminated. */
public final class StopAtShutdown {

    private static final Duration GRACE = Duration.ofSeconds(10);

    private StopAtShutdown() {}

    /**
     * Ends when every task has, or on SIGINT or SIGTERM.
     *
     * @param args none; the environment says where the tasks are and with which key
     */
    public static void main(String[] args) throws IOException {
        List<String> taskIds;
        try (BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            taskIds = input.lines().toList();
        }
        TaskClient client = TaskClient.fromEnv();
        ActiveTasks tasks = client.activeTasks();
        tasks.installShutdownHook(GRACE);
        CompletableFuture<Void> allEnded = Flux.fromIterable(taskIds)
                .flatMap(taskId -> tasks.track(taskId, client.awaitDone(taskId)), taskIds.size())
                .then()
                .toFuture();
        System.out.printf("Waiting for %d tasks%n", tasks.taskIds().size());
        allEnded.join();
    }
}
