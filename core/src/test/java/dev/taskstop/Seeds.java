package dev.taskstop;

import java.util.Random;

/**
 * The seeds of random tests: {@code -Dtaskstop.seeds=20000} for more of them, {@code -Dtaskstop.firstSeed=7} for others
 * (a run of many also wants {@code -Djunit.jupiter.execution.timeout.default=30m}).
 */
final class Seeds {

    private static final long FIRST = Long.getLong("taskstop.firstSeed", 1);
    private static final int COUNT = Integer.getInteger("taskstop.seeds", 200);

    /** Spreads seeds that follow each other, whose first random numbers are much the same. */
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    interface Case {
        void run(Random random) throws Exception;
    }

    private Seeds() {}

    /** Runs a case with each seed; the one that fails is named. */
    static void each(String name, Case test) {
        each(name, COUNT, test);
    }

    /** Runs a case that takes its time with a part of the seeds. */
    static void someOf(String name, int part, Case test) {
        each(name, Math.max(1, COUNT / part), test);
    }

    @SuppressWarnings("CatchingUnchecked") // whatever it is, its seed has to be told
    private static void each(String name, int count, Case test) {
        long last = FIRST + count - 1;
        System.out.printf("%s: seeds %d to %d%n", name, FIRST, last);
        for (long seed = FIRST; seed <= last; seed++) {
            try {
                test.run(new Random(seed * SPREAD));
            } catch (Throwable e) {
                throw new AssertionError(name + " fails with seed " + seed, e);
            }
        }
    }

    @SafeVarargs
    static <T> T oneOf(Random random, T... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
