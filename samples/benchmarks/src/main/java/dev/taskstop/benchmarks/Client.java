package dev.taskstop.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Runs a job in a JVM of its own; every contender's has the same flags. */
final class Client {

    private static final Duration STARTING = Duration.ofSeconds(30);

    private Client() {}

    static Measurement run(Job job, String... flags) throws IOException, InterruptedException {
        Process process = Child.startJava(
                Child.Role.CLIENT, List.of(flags), ClientMain.class, List.of(ClientMain.JSON.writeValueAsString(job)));
        Duration patience = STARTING.plus(ClientMain.maxSettling())
                .plus(job.warmUp().atMost())
                .plus(job.measured().atMost());
        // A flight recorder says something before.
        String output = Child.await(process, patience).strip();
        String last = output.substring(output.lastIndexOf('\n') + 1);
        return ClientMain.JSON.readValue(last, Measurement.class);
    }
}
