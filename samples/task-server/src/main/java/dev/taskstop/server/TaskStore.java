package dev.taskstop.server;

import java.util.Comparator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All tasks by id, and what is still to happen to some of them without anybody asking. */
final class TaskStore {

    private record Revival(Task task, long at) {}

    private final ConcurrentHashMap<String, Task> tasks = new ConcurrentHashMap<>();
    private final PriorityBlockingQueue<Revival> revivals =
            new PriorityBlockingQueue<>(11, Comparator.comparingLong(Revival::at));
    private final NewIds newIds;
    private final Mishaps mishaps;
    private final Lifecycle lifecycle;
    private final @Nullable Journal journal;

    TaskStore(long seed, Mishaps mishaps, Lifecycle lifecycle, @Nullable Journal journal) {
        newIds = new NewIds(seed);
        this.mishaps = mishaps;
        this.lifecycle = lifecycle;
        this.journal = journal;
    }

    Task create(User owner, IdForm ids, TaskInput input, Lifecycle moves, long now) {
        Task task;
        do {
            task = newTask(newIds.next(ids), owner, input, moves, now);
        } while (tasks.putIfAbsent(task.id(), task) != null);
        return added(task);
    }

    /** Creates a task with an id of somebody's choice. */
    Task create(String id, User owner, TaskInput input, Lifecycle moves, long now) {
        Task task = newTask(id, owner, input, moves, now);
        if (tasks.putIfAbsent(id, task) != null) {
            throw new IllegalArgumentException("there is a task with this id already: " + id);
        }
        return added(task);
    }

    /** Stops a task and returns what became of it, or null when it cannot be stopped. */
    @Nullable
    TaskView stop(Task task, int request, long now) {
        TaskView stopped = task.stop(now, request, mishaps.overwrite(task.id(), request, now));
        if (stopped == null) {
            return null;
        }
        if (journal != null) {
            journal.stopped(task, request, now);
        }
        if (mishaps.dropsSandboxes(task.id(), request)) {
            task.loseSandboxes();
            task.owner().oldestRunning(task, now).ifPresent(Task::loseSandboxes);
        }
        expectRevival(task, request, now);
        return stopped;
    }

    /** Lets happen what was to happen until now. */
    void settle(long now) {
        Revival next = revivals.peek();
        while (next != null && next.at() <= now) {
            // Another thread may have been here; then there is nothing to remove, and nothing to do.
            if (revivals.remove(next)) {
                next.task().followUp(new FollowUpMessage("Go on", next.at()), lifecycle, next.at());
            }
            next = revivals.peek();
        }
    }

    @Nullable
    Task get(String id) {
        return tasks.get(id);
    }

    Stream<Task> stream() {
        return tasks.values().stream();
    }

    private Task newTask(String id, User owner, TaskInput input, Lifecycle moves, long now) {
        return new Task(id, owner, input, mishaps.isKeptAlive(id), moves, now);
    }

    private Task added(Task task) {
        task.owner().add(task);
        Journal.Stop stop = journal == null ? null : journal.stopOf(task);
        if (stop != null) {
            task.restore(stop.at(), stop.request(), mishaps.overwrite(task.id(), stop.request(), stop.at()));
            expectRevival(task, stop.request(), stop.at());
        }
        return task;
    }

    private void expectRevival(Task task, int request, long stoppedAt) {
        Long at = mishaps.revivedAt(task.id(), request, stoppedAt);
        if (at != null) {
            revivals.add(new Revival(task, at));
        }
    }
}
