package dev.taskstop.server;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A user and the user's tasks, oldest first. The tasks only ever grow, so a reader needs no copy. */
final class User {

    private final String id;
    private Task[] tasks = new Task[16];
    private int size;

    User(String id) {
        this.id = id;
    }

    String id() {
        return id;
    }

    synchronized void add(Task task) {
        if (size == tasks.length) {
            tasks = Arrays.copyOf(tasks, 2 * size);
        }
        tasks[size++] = task;
    }

    /** Finds the oldest task that runs and whose sandboxes are known, other than one. */
    synchronized Optional<Task> oldestRunning(Task other, long now) {
        return Arrays.stream(tasks, 0, size)
                .filter(task -> task != other && task.status(now).isStoppable() && !task.hasLostSandboxes())
                .findFirst();
    }

    /** Returns up to {@code limit} matching tasks after the first {@code offset} matching ones. */
    List<Task> page(TaskFilter filter, long now, int offset, int limit) {
        Task[] array;
        int length;
        synchronized (this) {
            array = tasks;
            length = size;
        }
        List<Task> page = new ArrayList<>();
        int skipped = 0;
        for (int i = 0; i < length && page.size() < limit; i++) {
            if (filter.matches(array[i], now) && skipped++ >= offset) {
                page.add(array[i]);
            }
        }
        return page;
    }
}
