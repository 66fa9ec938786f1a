package dev.taskstop.kafka.demo;

import dev.taskstop.kafka.TaskReport;
import dev.taskstop.kafka.TaskReport.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What the instances reported, by id; and what they set aside, because it names no task. */
final class Reports {

    private final Map<String, List<TaskReport>> byTaskId = new HashMap<>();
    private final Set<String> setAside = new HashSet<>();
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;

    void add(TaskReport report, long timestamp) {
        if (report.sha256() != null) {
            setAside.add(report.sha256());
            return;
        }
        byTaskId.computeIfAbsent(report.taskId(), id -> new ArrayList<>(1)).add(report);
        first = Math.min(first, timestamp);
        last = Math.max(last, timestamp);
    }

    /** How many ids have a result. */
    int ids() {
        return byTaskId.size();
    }

    /** How many values were set aside. */
    int setAside() {
        return setAside.size();
    }

    Set<String> taskIds() {
        return Collections.unmodifiableSet(byTaskId.keySet());
    }

    List<TaskReport> of(String taskId) {
        return byTaskId.getOrDefault(taskId, List.of());
    }

    long count(Predicate<TaskReport> which) {
        return byTaskId.values().stream()
                .flatMap(Collection::stream)
                .filter(which)
                .count();
    }

    Map<Outcome, Long> byOutcome() {
        return countBy(TaskReport::outcome);
    }

    Map<String, Long> byInstance() {
        return countBy(TaskReport::instance);
    }

    /** From the first result to the last. */
    Duration elapsed() {
        return Duration.ofMillis(last - first);
    }

    private <K> Map<K, Long> countBy(Function<TaskReport, K> key) {
        return byTaskId.values().stream()
                .flatMap(Collection::stream)
                .collect(Collectors.groupingBy(key, TreeMap::new, Collectors.counting()));
    }
}
