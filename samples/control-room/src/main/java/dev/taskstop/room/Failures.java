package dev.taskstop.room;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Skipped;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The tasks that could not be stopped and wait for a person: the newest of them, once each. */
final class Failures {

    static final int MAX = 50;

    /**
     * A task that may still run.
     *
     * @param task what is known of it
     * @param at when it was last tried
     * @param sentence why it could not be stopped, and what to do
     */
    record Failure(TaskRow task, Instant at, String sentence) {

        /** The time of day, until the page has made it that of its place. */
        public String time() {
            return DateTimeFormatter.ofPattern("HH:mm 'UTC'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC)
                    .format(at);
        }
    }

    private static final int MAX_DROPPED = 100_000;

    private final Map<String, Failure> byTask = new LinkedHashMap<>();

    /** The ids of those that made room for newer ones. */
    private final Set<String> dropped = Collections.newSetFromMap(NewestMap.byPut(MAX_DROPPED));

    synchronized void hear(TaskRow task, StopResult result) {
        if (result instanceof Skipped) {
            return;
        }
        byTask.remove(task.id());
        dropped.remove(task.id());
        if (result instanceof Failed failed) {
            if (byTask.size() == MAX) {
                String oldest = byTask.keySet().iterator().next();
                byTask.remove(oldest);
                dropped.add(oldest);
            }
            byTask.put(task.id(), new Failure(task, Instant.now(), FailureSentence.of(failed.error())));
        }
    }

    /** The newest first. */
    synchronized List<Failure> list() {
        Deque<Failure> newestFirst = new ArrayDeque<>();
        byTask.values().forEach(newestFirst::addFirst);
        return List.copyOf(newestFirst);
    }

    /** How many wait for a person, too, and are not listed. */
    synchronized long dropped() {
        return dropped.size();
    }

    synchronized Optional<TaskRow> find(String taskId) {
        return Optional.ofNullable(byTask.get(taskId)).map(Failure::task);
    }

    /**
     * Takes them off the list, and with the last one those that are not listed; returns how many these were. A task that
     * fails again comes back.
     */
    synchronized long dismiss(Collection<String> taskIds) {
        long before = byTask.size() + dropped();
        byTask.keySet().removeAll(taskIds);
        if (byTask.isEmpty()) {
            dropped.clear();
        }
        return before - byTask.size() - dropped();
    }
}
