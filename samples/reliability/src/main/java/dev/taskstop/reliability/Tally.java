package dev.taskstop.reliability;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Stopped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares what was reported with the ids that were asked for and with what the server really did. */
final class Tally {

    private final List<String> contradictions = new ArrayList<>();
    private final List<StopResult> results = new ArrayList<>();
    private int asked;
    private int lost;
    private int repeated;

    /** Takes the results of one run: one is expected for each id. */
    void add(Collection<String> ids, Collection<StopResult> reported) {
        Set<String> open = new HashSet<>(ids);
        for (StopResult result : reported) {
            if (!open.remove(result.taskId())) {
                repeated++;
            }
        }
        asked += ids.size();
        lost += open.size();
        results.addAll(reported);
    }

    /**
     * Compares all results with what happened in the end.
     *
     * @param journal a line for each stop that took effect, which begins with the id
     */
    void compare(Path journal) throws IOException {
        Map<String, Integer> stopped = new HashMap<>();
        for (String line : Files.readAllLines(journal)) {
            stopped.merge(line.substring(0, line.indexOf(' ')), 1, Integer::sum);
        }
        stopped.forEach((id, times) -> {
            if (times > 1) {
                contradictions.add(id + " was stopped " + times + " times");
            }
        });
        for (StopResult result : results) {
            if (!isTrue(result, stopped.containsKey(result.taskId()))) {
                contradictions.add(result + ", while the server "
                        + (stopped.containsKey(result.taskId()) ? "stopped it" : "did not stop it"));
            }
        }
    }

    /** No other has stopped these tasks, and none ends by itself: only an unknown outcome may be either. */
    private static boolean isTrue(StopResult result, boolean wasStopped) {
        if (result instanceof Failed failed) {
            return failed.error().isOutcomeUnknown() || !wasStopped;
        }
        return result instanceof Stopped && wasStopped;
    }

    boolean isClean() {
        return lost == 0 && repeated == 0 && contradictions.isEmpty();
    }

    @Override
    public String toString() {
        long stopped = results.stream().filter(Stopped.class::isInstance).count();
        long recovered = results.stream()
                .filter(result -> result instanceof Stopped it && it.recovered())
                .count();
        long unknown = results.stream()
                .filter(result ->
                        result instanceof Failed failed && failed.error().isOutcomeUnknown())
                .count();
        return ("%,d ids: %,d stopped (%,d of them after an answer was lost), %,d failed (%,d of them with an unknown"
                        + " outcome); results lost: %d, repeated: %d, against the journal: %d%s")
                .formatted(
                        asked,
                        stopped,
                        recovered,
                        results.size() - stopped,
                        unknown,
                        lost,
                        repeated,
                        contradictions.size(),
                        contradictions.isEmpty() ? "" : "\n" + String.join("\n", contradictions));
    }
}
