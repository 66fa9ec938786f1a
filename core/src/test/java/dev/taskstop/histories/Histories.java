package dev.taskstop.histories;

import dev.taskstop.histories.Oracle.Finding;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * Runs histories of one form of the API, has each judged, and keeps the shortest of each kind that fails.
 *
 * <p>The depth of a history is how many steps it has: points at which something else than the ordinary happens (see
 * {@link Choices}). {@link #enumerate} runs all histories of a depth, each once; {@link #random} runs longer ones by
 * seed. What fails is run again without each of its steps, so that what is printed has none that it does not need.
 */
final class Histories {

    /** Spreads seeds that follow each other, whose first random numbers are much the same. */
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    private final boolean v1;
    private final Map<String, Failure> failures = new TreeMap<>();
    private long run;
    private long falseClaims;
    private long lost;
    private long repeated;
    private long failedUnknown;
    private long couldHaveBeenFoundOut;
    private long lastQuestionLost;

    /** The shortest history of a kind, and how many there are. */
    private record Failure(int steps, String text, long count) {}

    Histories(boolean v1) {
        this.v1 = v1;
    }

    /** Every history with so many steps; called with 0, 1, 2, … the first that fails is the shortest. */
    void enumerate(int steps) {
        explore(new byte[0], steps);
    }

    /** Every history with so many steps and the usual settings. */
    void enumerateWithUsualSettings(int steps) {
        explore(new byte[Settings.POINTS], steps);
    }

    /**
     * The histories that begin with these choices and take so many steps after them. One that takes fewer was judged
     * before; it is run again to see which points it comes to.
     */
    private void explore(byte[] begin, int steps) {
        Choices choices = Choices.of(begin);
        History history = new History(v1, choices);
        if (steps == 0) {
            count(history, choices);
            return;
        }
        for (int point = begin.length; point < choices.size(); point++) {
            for (int way = 1; way < choices.ways(point); way++) {
                byte[] next = Arrays.copyOf(begin, point + 1);
                next[point] = (byte) way;
                explore(next, steps - 1);
            }
        }
    }

    /** One history in which something between a twentieth and two fifths of the points are steps. */
    void random(long seed) {
        Random random = new Random(seed * SPREAD);
        Choices choices = Choices.random(random, random.nextDouble(0.05, 0.4));
        count(new History(v1, choices), choices);
    }

    private void count(History history, Choices choices) {
        run++;
        failedUnknown += history.oracle.failedUnknown;
        couldHaveBeenFoundOut += history.oracle.couldHaveBeenFoundOut;
        lastQuestionLost += history.oracle.lastQuestionLost;
        Set<String> kinds = new LinkedHashSet<>();
        for (Finding finding : history.findings) {
            if (kinds.add(finding.kind())) {
                switch (finding.kind()) {
                    case Oracle.LOST -> lost++;
                    case Oracle.REPEATED -> repeated++;
                    case Oracle.USELESS -> {}
                    default -> falseClaims++;
                }
                note(finding.kind(), history, choices);
            }
        }
    }

    private void note(String kind, History history, Choices choices) {
        Failure known = failures.get(kind);
        if (known != null && known.steps <= history.steps().size()) {
            failures.put(kind, new Failure(known.steps, known.text, known.count + 1));
            return;
        }
        History shortest = shortened(kind, choices.taken(), history);
        long count = known == null ? 1 : known.count + 1;
        failures.put(kind, new Failure(shortest.steps().size(), shortest.text(kind), count));
    }

    /** Leaves out each step that the failure does not need. */
    private History shortened(String kind, byte[] choices, History history) {
        History shortest = history;
        for (int i = choices.length - 1; i >= 0; i--) {
            byte step = choices[i];
            if (step == 0) {
                continue;
            }
            choices[i] = 0;
            History without = new History(v1, Choices.of(choices));
            if (without.findings.stream().anyMatch(finding -> finding.kind().equals(kind))) {
                shortest = without;
            } else {
                choices[i] = step;
            }
        }
        return shortest;
    }

    long run() {
        return run;
    }

    /** The kinds of failure found. */
    Set<String> failures() {
        return failures.keySet();
    }

    /** What was tried and found. */
    String report() {
        StringBuilder report = new StringBuilder();
        report.append("%s: histories run: %,d; false claims: %,d; results lost: %,d; repeated: %,d%n"
                .formatted(v1 ? "Agent API v1" : "Cloud tasks API", run, falseClaims, lost, repeated));
        report.append(
                "Failed(unknown): %,d; of these the truth could have been found out: %,d, the last question was lost: %,d%n"
                        .formatted(failedUnknown, couldHaveBeenFoundOut, lastQuestionLost));
        failures.forEach((kind, failure) -> report.append("%,d times: %s; the shortest has %d steps%n%s"
                .formatted(failure.count, kind, failure.steps, failure.text)));
        return report.toString();
    }
}
