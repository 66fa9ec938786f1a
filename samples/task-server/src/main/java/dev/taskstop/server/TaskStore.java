package dev.taskstop.server;

import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All tasks by id. */
final class TaskStore {

    private final ConcurrentHashMap<String, Task> tasks = new ConcurrentHashMap<>();
    private final NewIds newIds;

    TaskStore(long seed) {
        newIds = new NewIds(seed);
    }

    Task create(User owner, IdForm ids, TaskInput details, Lifecycle lifecycle, long now) {
        Task task;
        do {
            task = new Task(newIds.next(ids), owner, details, lifecycle, now);
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
