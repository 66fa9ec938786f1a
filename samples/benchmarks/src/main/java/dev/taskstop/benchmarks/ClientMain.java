package dev.taskstop.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import tools.jackson.databind.json.JsonMapper;

/** One contender in a process of its own. */
final class ClientMain {

    static final JsonMapper JSON = JsonMapper.shared();

    private static final Duration SLICE = Duration.ofSeconds(2);
    private static final int LEAST_SLICES = 2;
    private static final int MOST_SLICES = 30;

    /** The least share of a slice for which the compiler counts as busy. */
    private static final double BUSY = 0.05;

    private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();

    private ClientMain() {}

    /**
     * Warms up, and lets a fresh client open its connections and settle. Then measures once for each line that it reads,
     * and prints a {@link Measurement} as one line of JSON, until there are no more.
     *
     * @param args a {@link Job} as JSON
     */
    public static void main(String[] args) throws IOException {
        Job job = JSON.readValue(args[0], Job.class);
        try (Contender contender = job.contender().open(job.warmUpTarget())) {
            contender.stop(job.warmUp().ids());
        }
        try (Contender contender = job.contender().open(job.target())) {
            settle(contender);
            Meter meter = new Meter();
            BufferedReader turns = new BufferedReader(new InputStreamReader(System.in, UTF_8));
            while (turns.readLine() != null) {
                Measurement measurement =
                        meter.measure(() -> contender.stop(job.measured().ids()));
                System.out.println(JSON.writeValueAsString(measurement));
            }
        }
    }

    /** How long that takes at the most. */
    static Duration maxSettling() {
        return SLICE.multipliedBy(MOST_SLICES);
    }

    /**
     * A second client makes the compiler take back what it had concluded from the first, and compile once more; on a slow
     * CPU it is not done with the first by then.
     */
    private static void settle(Contender contender) {
        for (int slice = 1; slice <= MOST_SLICES; slice++) {
            long before = COMPILER.getTotalCompilationTime();
            contender.stop(new Extent(Integer.MAX_VALUE, SLICE).ids());
            double share = (double) (COMPILER.getTotalCompilationTime() - before) / SLICE.toMillis();
            if (slice >= LEAST_SLICES && share < BUSY) {
                return;
            }
        }
        System.err.printf("Still compiling after %s of settling: a busy machine%n", maxSettling());
    }
}
