package dev.taskstop.benchmarks;

import java.time.Duration;
import tools.jackson.databind.json.JsonMapper;

/** One contender in a process of its own. */
final class ClientMain {

    static final JsonMapper JSON = JsonMapper.shared();

    private static final Duration CONNECTING = Duration.ofSeconds(10);

    private ClientMain() {}

    /**
     * Warms up, opens the connections, measures, prints a {@link Measurement} as one line of JSON.
     *
     * @param args a {@link Job} as JSON
     */
    public static void main(String[] args) {
        Job job = JSON.readValue(args[0], Job.class);
        try (Contender contender = job.contender().open(job.warmUpTarget())) {
            contender.stop(job.warmUp().ids());
        }
        try (Contender contender = job.contender().open(job.target())) {
            contender.stop(new Extent(job.target().inFlight(), CONNECTING).ids());
            Measurement measurement =
                    Meter.measure(() -> contender.stop(job.measured().ids()));
            System.out.println(JSON.writeValueAsString(measurement));
        }
    }
}
