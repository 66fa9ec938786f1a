package dev.taskstop.benchmarks;

import tools.jackson.databind.json.JsonMapper;

/** One contender in a process of its own. */
final class ClientMain {

    static final JsonMapper JSON = JsonMapper.shared();

    private ClientMain() {}

    /**
     * Warms up, measures, prints a {@link Measurement} as one line of JSON.
     *
     * @param args a {@link Job} as JSON
     */
    public static void main(String[] args) {
        Job job = JSON.readValue(args[0], Job.class);
        try (Contender contender = job.contender().open(job.target())) {
            contender.stop(job.warmUp().ids());
            Measurement measurement =
                    Meter.measure(() -> contender.stop(job.measured().ids()));
            System.out.println(JSON.writeValueAsString(measurement));
        }
    }
}
