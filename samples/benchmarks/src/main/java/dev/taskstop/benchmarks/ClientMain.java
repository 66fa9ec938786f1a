package dev.taskstop.benchmarks;

import java.time.Duration;
import tools.jackson.databind.json.JsonMapper;

/** One contender in a process of its own. */
final class ClientMain {

    static final JsonMapper JSON = JsonMapper.shared();

    /** A second client makes the compiler take back what it had concluded from the first, and compile once more. */
    static final Duration SETTLING = Duration.ofSeconds(4);

    private ClientMain() {}

    /**
     * Warms up, lets a fresh client open its connections and settle, measures, prints a {@link Measurement} as one line of JSON.
     *
     * @param args a {@link Job} as JSON
     */
    public static void main(String[] args) {
        Job job = JSON.readValue(args[0], Job.class);
        try (Contender contender = job.contender().open(job.warmUpTarget())) {
            contender.stop(job.warmUp().ids());
        }
        try (Contender contender = job.contender().open(job.target())) {
            contender.stop(new Extent(Integer.MAX_VALUE, SETTLING).ids());
            Measurement measurement =
                    Meter.measure(() -> contender.stop(job.measured().ids()));
            System.out.println(JSON.writeValueAsString(measurement));
        }
    }
}
