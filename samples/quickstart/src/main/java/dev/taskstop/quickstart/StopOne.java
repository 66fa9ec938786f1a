package dev.taskstop.quickstart;

import dev.taskstop.StoppedTask;
import dev.taskstop.TaskClient;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import java.time.Duration;

/** Stops one task. A {@code main} may block; a reactive service subscribes instead. */
public final class StopOne {

    private StopOne() {}

    /** Runs it on the embedded task server. */
    public static void main(String[] args) {
        try (TaskServer server = TaskServer.start()) {
            String taskId =
                    server.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);
            TaskClient client = TaskClient.builder()
                    .baseUrl(server.baseUrl())
                    .apiKey(server.key())
                    .build();

            StoppedTask task = client.stop(taskId).block(Duration.ofMinutes(3));

            System.out.println("Stopped: " + task);
            client.closeAsync().block(Duration.ofSeconds(10));
        }
    }
}
