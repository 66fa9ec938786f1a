package dev.taskstop.reliability;

import dev.taskstop.StopResult;
import dev.taskstop.TaskException;
import dev.taskstop.TaskRequestException;
import dev.taskstop.TaskResponseException;
import dev.taskstop.reliability.World.Party;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What was reported, by kind, and what of it is false. */
final class Tally {

    /** What one party asked for, what it was told, and how long that took. */
    record Reported(List<String> ids, List<StopResult> results, Duration lasted) {}

    private final Map<String, Integer> kinds = new TreeMap<>();
    private final List<String> falseResults = new ArrayList<>();
    private int asked;
    private int lost;
    private int repeated;

    /** Takes the results of one bulk stop, of which one is expected for each id. */
    void add(Oracle oracle, Evidence evidence, Party party, Reported reported) {
        Set<String> open = new HashSet<>(reported.ids());
        for (StopResult result : reported.results()) {
            if (!open.remove(result.taskId())) {
                repeated++;
            }
            kinds.merge(kind(result), 1, Integer::sum);
            if (oracle.isByWord(party, result)) {
                kinds.merge("stopped, and it was somebody else", 1, Integer::sum);
            }
            List<String> problems = oracle.judge(party, result, reported.lasted());
            if (!problems.isEmpty()) {
                addFalse(
                        party + ": " + result + ", but " + String.join(", ", problems),
                        evidence.lines(result.taskId()));
            }
        }
        asked += reported.ids().size();
        lost += open.size();
    }

    /** Takes something that is not as it has to be, with what the server wrote down about it. */
    void addFalse(String text, List<String> lines) {
        falseResults.add(text + lines.stream().map(line -> "\n    " + line).collect(Collectors.joining()));
    }

    void add(Tally other) {
        other.kinds.forEach((kind, count) -> kinds.merge(kind, count, Integer::sum));
        falseResults.addAll(other.falseResults);
        asked += other.asked;
        lost += other.lost;
        repeated += other.repeated;
    }

    private static String kind(StopResult result) {
        return result.fold(
                stopped -> stopped.recovered() ? "stopped, recovered" : "stopped",
                ended -> ended.perhapsByUs() ? "already ended, perhaps by us" : "already ended",
                notFound -> "not found",
                failed -> (failed.error().isOutcomeUnknown() ? "failed, unknown: " : "failed, known: ")
                        + why(failed.error()),
                skipped -> "skipped, " + skipped.reason());
    }

    private static String why(TaskException error) {
        if (error instanceof TaskRequestException unanswered) {
            return unanswered.reason().name();
        }
        return error instanceof TaskResponseException answer ? answer.reason().name() : "UNREADABLE";
    }

    boolean isClean() {
        return lost == 0 && repeated == 0 && falseResults.isEmpty();
    }

    Map<String, Integer> kinds() {
        return kinds;
    }

    List<String> falseResults() {
        return falseResults;
    }

    int asked() {
        return asked;
    }

    int lost() {
        return lost;
    }

    int repeated() {
        return repeated;
    }

    @Override
    public String toString() {
        return "%,d ids: %s; results lost: %d, repeated: %d, false: %d%s"
                .formatted(
                        asked,
                        kinds.entrySet().stream()
                                .map(kind -> "%s %,d".formatted(kind.getKey(), kind.getValue()))
                                .collect(Collectors.joining("; ")),
                        lost,
                        repeated,
                        falseResults.size(),
                        falseResults.stream().map(text -> "\n" + text).collect(Collectors.joining()));
    }
}
