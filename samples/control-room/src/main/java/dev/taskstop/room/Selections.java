package dev.taskstop.room;

import dev.taskstop.TaskState;
import dev.taskstop.TaskSummary;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a person writes into a filter, as what a query takes; anything else is refused with what it takes. */
final class Selections {

    private Selections() {}

    /** A text that a person remembers of a task: of its id, prompt, agent or repository. */
    static Predicate<TaskSummary> withText(String text) {
        String wanted = text.toLowerCase(Locale.ROOT);
        return task -> Stream.of(task.taskId(), task.prompt(), task.agent(), repository(task))
                .filter(Objects::nonNull)
                .anyMatch(field -> field.toLowerCase(Locale.ROOT).contains(wanted));
    }

    /** The states in which a task is active, in the words of either API. */
    static Predicate<TaskSummary> inState(String state) {
        TaskState wanted = TaskState.of(state);
        if (!wanted.isActive()) {
            throw new IllegalArgumentException("state takes pending, processing or saving");
        }
        return task -> task.state().kind() == wanted.kind();
    }

    /** The word of the form for a state, whichever the address has; what is none stays as it is. */
    static String stateName(String state) {
        TaskState wanted = TaskState.of(state);
        return wanted.isActive() ? wanted.kind().name().toLowerCase(Locale.ROOT) : state;
    }

    static Duration age(String text) {
        return Text.parseDuration(text)
                .orElseThrow(() ->
                        new IllegalArgumentException("older takes a number and a unit, such as 90s, 30m, 6h or 2d"));
    }

    static Instant moment(String text) {
        try {
            return OffsetDateTime.parse(text.toUpperCase(Locale.ROOT)).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "before takes a time with its zone, such as 2026-11-25T18:00Z or 2026-11-25T18:00+01:00", e);
        }
    }

    /** What a newer task has to share with an older one to supersede it. */
    static Function<TaskSummary, @Nullable Object> groupBy(String text) {
        if (!text.equals("branch")) {
            throw new IllegalArgumentException(
                    "superseded takes branch: of a repository and branch all but the newest");
        }
        return task -> {
            String repository = repository(task);
            return repository == null || task.branch() == null
                    ? null
                    : List.of(repository.toLowerCase(Locale.ROOT), task.branch());
        };
    }

    private static @Nullable String repository(TaskSummary task) {
        return task.repoUrl() == null ? null : TaskRow.repository(task.repoUrl());
    }
}
