package dev.taskstop.room;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskstop.TaskState;
import dev.taskstop.TaskSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A task as a row of the page shows it; a text that was not told is empty. */
record TaskRow(
        String id,
        String state,
        int progress,
        @Nullable Instant createdAt,
        String age,
        String prompt,
        String agent,
        String repo,
        boolean stopping) {

    private static final int LONGEST_TEXT = 1_000;
    private static final int LONGEST_NAME = 300;

    static TaskRow of(TaskSummary task, Instant now) {
        return new TaskRow(
                task.taskId(),
                task.state().isActive()
                        ? task.state().kind().name().toLowerCase(Locale.ROOT)
                        : text(task.state().raw()),
                Objects.requireNonNullElse(task.progress(), 0),
                task.createdAt(),
                task.createdAt() == null ? "" : Text.duration(Duration.between(task.createdAt(), now)),
                text(task.prompt()),
                text(task.agent()),
                repository(text(task.repoUrl())),
                false);
    }

    /** A task of which nothing is known but its id. */
    static TaskRow unknown(String id) {
        return new TaskRow(id, "", 0, null, "", "", "", "", false);
    }

    /** The short form of a repository of GitHub: {@code owner/name}. */
    static String repository(String url) {
        return url.strip().replaceFirst("^https?://(www\\.)?github\\.com/", "").replaceFirst("(\\.git)?/?$", "");
    }

    /** What stands in the ids of elements: the task's id, where it is made of what fits into a selector. */
    public String key() {
        return key(id);
    }

    static String key(String id) {
        return id.matches("[A-Za-z0-9_-]{1,100}") ? id : "task-" + UUID.nameUUIDFromBytes(id.getBytes(UTF_8));
    }

    /** What a person knows it by. */
    public String name() {
        return prompt.isEmpty() ? shownId() : Text.shorten(prompt, LONGEST_NAME);
    }

    /** The id for people: no part of it looks like something else. */
    public String shownId() {
        return Text.shorten(Text.plain(id), LONGEST_NAME);
    }

    /** The class for the colour of its state; a word that only the server knows is none. */
    public String tone() {
        return TaskState.of(state).isActive() ? state : "";
    }

    TaskRow asStopping() {
        return new TaskRow(id, state, progress, createdAt, age, prompt, agent, repo, true);
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : Text.shorten(Text.plain(text), LONGEST_TEXT);
    }
}
