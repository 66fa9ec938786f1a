package dev.taskstop.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;

/** A contender in a JVM of its own; every contender's has the same flags. It does nothing while it has no turn. */
final class Client implements AutoCloseable {

    private static final Duration STARTING = Duration.ofSeconds(30);

    private final Contenders contender;
    private final Process process;
    private final BufferedReader results;
    private final Writer turns;
    private final Duration patience;

    private Client(Contenders contender, Process process, Duration patience) {
        this.contender = contender;
        this.process = process;
        this.results = process.inputReader(UTF_8);
        this.turns = process.outputWriter(UTF_8);
        this.patience = patience;
    }

    /** Starts it; it warms up before its first turn. */
    static Client start(Job job, String... flags) throws IOException {
        Process process = Child.startJava(
                Child.Role.CLIENT, List.of(flags), ClientMain.class, List.of(ClientMain.JSON.writeValueAsString(job)));
        Duration patience = STARTING.plus(ClientMain.maxSettling())
                .plus(job.warmUp().atMost())
                .plus(job.measured().atMost());
        return new Client(job.contender(), process, patience);
    }

    /** Starts it for one turn. */
    static Measurement run(Job job, String... flags) throws IOException {
        try (Client client = start(job, flags)) {
            return client.turn();
        }
    }

    Contenders contender() {
        return contender;
    }

    /** Lets it stop tasks, and waits until it has. */
    Measurement turn() throws IOException {
        Future<?> tooLate = Child.killAfter(patience, process);
        try {
            turns.write('\n');
            turns.flush();
            String result;
            do {
                result = results.readLine();
                if (result == null) {
                    throw new IOException("A client ended before its turn did, after at most " + patience);
                }
                // A flight recorder says something before.
            } while (!result.startsWith("{"));
            return ClientMain.JSON.readValue(result, Measurement.class);
        } finally {
            tooLate.cancel(false);
        }
    }

    /** Ends it once it has written what it records. */
    @Override
    public void close() throws IOException {
        turns.close();
        Child.awaitEnd(process);
    }
}
