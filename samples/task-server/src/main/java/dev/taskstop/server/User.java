package dev.taskstop.server;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;

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
    List<Task> page(ListOrder order, TaskFilter filter, long now, int offset, int limit, Random random) {
        Task[] array;
        int length;
        synchronized (this) {
            array = tasks;
            length = size;
        }
        boolean backwards = order == ListOrder.NEWEST_FIRST;
        if (order == ListOrder.LAST_UPDATED_FIRST || order == ListOrder.SHUFFLED) {
            array = reordered(Arrays.copyOf(array, length), order, now, random);
        }
        List<Task> page = new ArrayList<>();
        int skipped = 0;
        for (int i = 0; i < length && page.size() < limit; i++) {
            Task task = array[backwards ? length - 1 - i : i];
            if (filter.matches(task, now) && skipped++ >= offset) {
                page.add(task);
            }
        }
        return page;
    }

    private static Task[] reordered(Task[] tasks, ListOrder order, long now, Random random) {
        List<Task> list = Arrays.asList(tasks);
        if (order == ListOrder.SHUFFLED) {
            Collections.shuffle(list, random);
        } else {
            // Looked up once for each: what is sorted by must not change while it is sorted.
            record Dated(Task task, long updatedAt) {}
            return list.stream()
                    .map(task -> new Dated(task, task.view(now).updatedAt()))
                    .sorted(Comparator.comparingLong(Dated::updatedAt).reversed())
                    .map(Dated::task)
                    .toArray(Task[]::new);
        }
        return tasks;
    }
}
