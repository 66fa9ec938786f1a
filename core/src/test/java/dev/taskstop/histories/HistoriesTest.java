package dev.taskstop.histories;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs histories and prints how many, what was false, and the shortest of each kind: some ten thousand in the normal
 * build, more than a million with {@code -P histories}, other seeds with {@code -Dtaskstop.histories.seeds=…}.
 */
class HistoriesTest {

    private static final boolean MANY = Boolean.getBoolean("taskstop.histories.many");
    private static final int STEPS = MANY ? 3 : 2;
    private static final int STEPS_WITH_USUAL_SETTINGS = STEPS + 1;
    private static final long SEEDS = Long.getLong("taskstop.histories.seeds", MANY ? 100_000 : 1_000);
    private static final long AT_LEAST = MANY ? 1_000_000 : 20_000;

    @Test
    @Timeout(value = 2, unit = TimeUnit.HOURS)
    void whatever_happens_each_id_has_one_result_and_it_is_true() {
        long began = System.nanoTime();
        List<Histories> both =
                Stream.of(false, true).parallel().map(HistoriesTest::run).toList();
        System.out.printf(
                "All histories of up to %d steps, with the usual settings up to %d (of both APIs only in the long run);"
                        + " seeds 1 to %,d; %d s%n",
                STEPS,
                STEPS_WITH_USUAL_SETTINGS,
                SEEDS,
                Duration.ofNanos(System.nanoTime() - began).toSeconds());
        both.forEach(histories -> System.out.print(histories.report()));

        assertThat(both)
                .allSatisfy(one -> assertThat(one.failures()).as(one.report()).isEmpty());
        assertThat(both.stream().mapToLong(Histories::run).sum()).isGreaterThanOrEqualTo(AT_LEAST);
    }

    private static Histories run(boolean v1) {
        Histories histories = new Histories(v1);
        for (int steps = 0; steps <= STEPS; steps++) {
            histories.enumerate(steps);
        }
        if (MANY || !v1) {
            histories.enumerateWithUsualSettings(STEPS_WITH_USUAL_SETTINGS);
        }
        for (long seed = 1; seed <= SEEDS; seed++) {
            histories.random(seed);
        }
        return histories;
    }
}
