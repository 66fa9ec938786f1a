package dev.taskstop.room;

import dev.taskstop.TaskSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/** A task as a row of the page shows it. */
record TaskRow(String id, String state, int progress, String age, String prompt, String agent, String repo) {

    /** What has run longest comes first; what is new comes last. */
    static final Comparator<TaskSummary> OLDEST_FIRST = Comparator.comparing(
                    TaskSummary::createdAt, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(TaskSummary::taskId);

    static TaskRow of(TaskSummary task, Instant now) {
        return new TaskRow(
                task.taskId(),
                task.state().isActive()
                        ? task.state().kind().name().toLowerCase(Locale.ROOT)
                        : task.state().raw(),
                Objects.requireNonNullElse(task.progress(), 0),
                task.createdAt() == null ? "" : age(Duration.between(task.createdAt(), now)),
                Objects.requireNonNullElse(task.prompt(), ""),
                Objects.requireNonNullElse(task.agent(), ""),
                task.repoUrl() == null ? "" : task.repoUrl().replaceFirst("^https?://(www\\.)?github\\.com/", ""));
    }

    boolean matches(Filter filter) {
        return (filter.state().isEmpty() || filter.state().equals(state))
                && Stream.of(id, prompt, agent, repo)
                        .anyMatch(text -> text.toLowerCase(Locale.ROOT).contains(filter.text()));
    }

    private static String age(Duration age) {
        long seconds = Math.max(0, age.toSeconds());
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3600 ? seconds / 60 + " min" : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }
}
