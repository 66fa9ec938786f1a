package dev.taskstop.server;

import java.util.Set;

/** Which tasks a list contains: the {@code filter} and {@code status} parameters. */
record TaskFilter(String filter, String status) {

    private static final Set<String> FILTERS = Set.of("all", "tasks", "batch");
    private static final Set<String> STATUSES = Set.of("", "active", "completed", "failed", "stopped");

    TaskFilter {
        if (!FILTERS.contains(filter)) {
            throw ApiException.badRequest("Invalid filter");
        }
        if (!STATUSES.contains(status)) {
            throw ApiException.badRequest("Invalid status");
        }
    }

    boolean matches(Task task, long now) {
        return matchesFilter(task) && matchesStatus(task, now);
    }

    private boolean matchesFilter(Task task) {
        return switch (filter) {
            case "tasks" -> task.details().batchId() == null;
            case "batch" -> task.details().batchId() != null;
            default -> true;
        };
    }

    private boolean matchesStatus(Task task, long now) {
        return switch (status) {
            case "active" -> task.status(now).isActive();
            case "completed" -> task.status(now) == Status.COMPLETED;
            case "failed" -> task.status(now) == Status.ERROR || task.status(now) == Status.TIMEOUT;
            case "stopped" -> task.status(now) == Status.STOPPED;
            default -> true;
        };
    }
}
