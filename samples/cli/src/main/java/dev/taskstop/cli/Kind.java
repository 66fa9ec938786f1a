package dev.taskstop.cli;

import dev.taskstop.TaskQuery;

/** Where tasks come from, as {@code --filter} names it. */
enum Kind {
    TASKS(TaskQuery.Kind.TASKS),
    BATCH(TaskQuery.Kind.BATCH);

    final TaskQuery.Kind kind;

    Kind(TaskQuery.Kind kind) {
        this.kind = kind;
    }
}
