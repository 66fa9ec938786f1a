package dev.taskstop.server;

import java.util.Arrays;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Which tasks a list contains. */
record TaskFilter(Predicate<TaskInput> inputs, Set<Status> statuses) {

    static final Set<Status> ANY_STATUS = Set.of(Status.values());
    static final Set<Status> ACTIVE =
            Arrays.stream(Status.values()).filter(Status::isActive).collect(Collectors.toUnmodifiableSet());

    boolean matches(Task task, long now) {
        // The status is computed; who does not ask for one does not pay for a million.
        return inputs.test(task.input())
                && (statuses.size() == ANY_STATUS.size() || statuses.contains(task.status(now)));
    }
}
