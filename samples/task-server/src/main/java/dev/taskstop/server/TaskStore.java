package dev.taskstop.server;

import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All tasks by id. */
final class TaskStore {

    private final ConcurrentHashMap<String, Task> tasks = new ConcurrentHashMap<>();
    private final TaskIds ids;

    TaskStore(long seed) {
        ids = new TaskIds(seed);
    }

    Task create(User owner, TaskDetails details, Lifecycle lifecycle, long now) {
        Task task;
        do {
            task = new Task(ids.next(), owner, details, lifecycle, now);
        } while (tasks.putIfAbsent(task.id(), task) != null);
        owner.add(task);
        return task;
    }

    @Nullable
    Task get(String id) {
        return tasks.get(id);
    }

    Stream<Task> stream() {
        return tasks.values().stream();
    }
}
