package dev.taskstop.room;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Skipped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tasks that could not be stopped and wait for a person: the newest of them, once each. */
final class Failures {

    static final int MAX = 50;

    /** A task that may still run, and why. */
    record Failure(String taskId, String reason, boolean outcomeUnknown) {}

    private final Map<String, Failure> byTask = new LinkedHashMap<>();

    synchronized void hear(StopResult result) {
        if (result instanceof Skipped) {
            return;
        }
        byTask.remove(result.taskId());
        if (result instanceof Failed failed) {
            if (byTask.size() == MAX) {
                byTask.remove(byTask.keySet().iterator().next());
            }
            byTask.put(
                    failed.taskId(),
                    new Failure(
                            failed.taskId(),
                            String.valueOf(failed.error().getMessage()),
                            failed.error().isOutcomeUnknown()));
        }
    }

    /** The newest last. */
    synchronized List<Failure> list() {
        return new ArrayList<>(byTask.values());
    }
}
