package dev.taskstop.server;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All tasks by id, and what is still to happen to some of them without anybody asking. */
final class TaskStore {

    private record Revival(Task task, long at) {}

    private final ConcurrentHashMap<String, Task> tasks = new ConcurrentHashMap<>();
    /** Without a lock: each request looks at it, and event loops do not wait. */
    private final ConcurrentSkipListSet<Revival> revivals =
            new ConcurrentSkipListSet<>(Comparator.comparingLong(Revival::at)
                    .thenComparing(revival -> revival.task().id()));

    private final NewIds newIds;
    private final Mishaps mishaps;
    private final Lifecycle lifecycle;
    private final @Nullable Journal journal;
    private final Sandboxes sandboxes;

    TaskStore(long seed, Mishaps mishaps, Lifecycle lifecycle, @Nullable Journal journal, Sandboxes sandboxes) {
        newIds = new NewIds(seed);
        this.mishaps = mishaps;
        this.lifecycle = lifecycle;
        this.journal = journal;
        this.sandboxes = sandboxes;
    }

    Task create(User owner, IdForm ids, TaskInput input, Lifecycle moves, long now) {
        return create(owner, ids, input, null, moves, now);
    }

    /** Creates a task as a run of a chat, null for a new one. */
    Task create(User owner, IdForm ids, TaskInput input, @Nullable String chatId, Lifecycle moves, long now) {
        Task task;
        do {
            task = newTask(newIds.next(ids), owner, input, chatId, moves, now);
        } while (tasks.putIfAbsent(task.id(), task) != null);
        return added(task);
    }

    /** Creates a task with an id of somebody's choice. */
    Task create(String id, User owner, TaskInput input, Lifecycle moves, long now) {
        Task task = newTask(id, owner, input, null, moves, now);
        if (tasks.putIfAbsent(id, task) != null) {
            throw new IllegalArgumentException("there is a task with this id already: " + id);
        }
        return added(task);
    }

    /**
     * Stops a task and returns what became of it, or null when it cannot be stopped.
     *
     * @param agent what the request comes from
     */
    @Nullable
    TaskView stop(Task task, int request, boolean evenPending, String agent, long now) {
        TaskView stopped = task.stop(now, request, evenPending, mishaps.overwrite(task.id(), request, now));
        if (stopped == null) {
            return null;
        }
        if (journal != null) {
            journal.stopped(task, request, now, agent);
        }
        if (mishaps.dropsSandboxes(task.id(), request)) {
            task.loseSandboxes();
            task.owner().oldestRunning(task, now).ifPresent(Task::loseSandboxes);
        }
        expectRevival(task, request, now);
        return stopped;
    }

    /** Starts a task again, or gives it one thing more to do; it does not wait for its turn once more. */
    Task goOn(Task task, FollowUpMessage message, long now) {
        task.followUp(message, lifecycle.withPendingFor(Duration.ZERO), now);
        return task;
    }

    /** Starts a run in the chat of another one. */
    Task newRun(Task previous, FollowUpMessage message, long now) {
        TaskInput before = previous.input();
        TaskInput input = new TaskInput(
                message.prompt(), before.repoUrl(), before.branch(), List.of(message.agent()), null, before.creator());
        Task task;
        do {
            String id = newIds.next(IdForm.UUID);
            task = newTask(id, previous.owner(), input, previous.chatId(), lifecycle, now);
        } while (tasks.putIfAbsent(task.id(), task) != null);
        return added(task);
    }

    /** Lets happen what was to happen until now. */
    void settle(long now) {
        for (Revival next : revivals) {
            if (next.at() > now) {
                return;
            }
            // Another thread may have been here; then there is nothing to remove, and nothing to do.
            if (revivals.remove(next)) {
                goOn(next.task(), next.at());
            }
        }
    }

    @Nullable
    Task get(String id) {
        return tasks.get(id);
    }

    Stream<Task> stream() {
        return tasks.values().stream();
    }

    private Task newTask(String id, User owner, TaskInput input, @Nullable String chatId, Lifecycle moves, long now) {
        Journal.Stop stop = stopOf(id);
        // What was stopped before the server was killed had begun before it was stopped.
        long createdAt = stop == null ? now : Math.min(now, stop.at() - moves.pendingMillis());
        return new Task(id, owner, input, chatId, mishaps.isKeptAlive(id), moves, createdAt);
    }

    private Journal.@Nullable Stop stopOf(String id) {
        return journal == null ? null : journal.stopOf(id);
    }

    private void goOn(Task task, long now) {
        FollowUpMessage message = new FollowUpMessage("Go on", task.input().agent(), now);
        Task next = NewIds.isUuid(task.id()) ? newRun(task, message, now) : goOn(task, message, now);
        sandboxes.follow(next).subscribe();
    }

    private Task added(Task task) {
        task.owner().add(task);
        Journal.Stop stop = stopOf(task.id());
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
