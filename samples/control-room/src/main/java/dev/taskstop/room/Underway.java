package dev.taskstop.room;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Skipped;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tasks that are being stopped, so that nobody stops one twice, and those that have just ended, so that a row goes
 * when its task does and not when the list is read again.
 */
final class Underway {

    /** More than a page can show; a list that is read later has what is forgotten here no more. */
    private static final int MAX_ENDED = 100_000;

    private final Set<String> claimed = new HashSet<>();
    private final Map<String, Long> endedAt = NewestMap.byPut(MAX_ENDED);

    /** Claims those that are free, and returns them. */
    synchronized Set<String> claim(Collection<String> taskIds) {
        Set<String> free = new HashSet<>(taskIds);
        free.removeIf(id -> !claimed.add(id));
        return free;
    }

    /** Those that are not claimed. */
    synchronized List<TaskRow> free(List<TaskRow> tasks) {
        return tasks.stream().filter(task -> !claimed.contains(task.id())).toList();
    }

    synchronized void hear(StopResult result) {
        claimed.remove(result.taskId());
        if (!(result instanceof Failed || result instanceof Skipped)) {
            endedAt.remove(result.taskId());
            endedAt.put(result.taskId(), Batches.now());
        }
    }

    synchronized void release(Collection<String> taskIds) {
        claimed.removeAll(taskIds);
    }

    /** A task that a list has which was read after its end has come back, so it is shown. */
    synchronized TaskRows update(TaskRows tasks) {
        return tasks.with(
                row -> endedAt.getOrDefault(row.id(), Long.MIN_VALUE) >= tasks.readAt(),
                row -> claimed.contains(row.id()));
    }
}
