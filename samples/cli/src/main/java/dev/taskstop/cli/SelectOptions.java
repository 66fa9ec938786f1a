package dev.taskstop.cli;

import dev.taskstop.TaskQuery;
import dev.taskstop.TaskSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which tasks of a list are meant: those for which everything holds that is said here. */
final class SelectOptions {

    /** What the library calls each, in a message that a server has no such thing. */
    private static final Map<String, String> NAMES = Map.of(
            "withKind", "--filter",
            "withRepository", "--repo",
            "withBranch", "--branch",
            "withAgent", "--agent",
            "withModel", "--model",
            "withBatch", "--batch",
            "withCreator", "--creator",
            "withPrompt", "--prompt",
            "withChatId", "--chat");

    @Option(names = "--filter", paramLabel = "KIND", description = "Only tasks, or only batch.")
    private @Nullable Kind filter;

    @Option(
            names = "--repo",
            paramLabel = "REPO",
            description = "On this repository: an address, or OWNER/NAME of any host.")
    private @Nullable String repository;

    @Option(names = "--branch", paramLabel = "NAME", description = "Started from this branch.")
    private @Nullable String branch;

    @Option(names = "--agent", paramLabel = "NAME", description = "Of this agent.")
    private @Nullable String agent;

    @Option(names = "--model", paramLabel = "NAME", description = "Of this model.")
    private @Nullable String model;

    @Option(names = "--batch", paramLabel = "ID", description = "Of this batch.")
    private @Nullable String batch;

    @Option(names = "--creator", paramLabel = "NAME", description = "Created by this person.")
    private @Nullable String creator;

    @Option(names = "--prompt", paramLabel = "TEXT", description = "With this text in the prompt, in any case.")
    private @Nullable String prompt;

    @Option(names = "--chat", paramLabel = "ID", description = "Of this chat; only v1 has chats.")
    private @Nullable String chat;

    @Option(
            names = "--older-than",
            paramLabel = "TIME",
            description = "Created longer ago than this, such as 90m, 6h, 1d12h.")
    private @Nullable Duration olderThan;

    @Option(
            names = "--created-before",
            paramLabel = "WHEN",
            description = "Created before this moment, such as 2026-01-31T08:00:00Z.")
    private @Nullable Instant createdBefore;

    @Option(
            names = "--superseded",
            description = "Active, and not the newest of its repository and branch; with v1, of its chat.")
    private boolean superseded;

    /** Which of the options are there. */
    List<String> given() {
        List<String> given = new ArrayList<>();
        applyTo(TaskQuery.all(), (query, name, change) -> {
            given.add(name);
            return query;
        });
        return given;
    }

    /** Adds what is said to a query. What the library calls illegal is wrong usage. */
    TaskQuery applyTo(TaskQuery query, CommandLine command) {
        return applyTo(query, (before, name, change) -> ClientOptions.checked(command, name, () -> change.to(before)));
    }

    /** What an option that is there does to a query. */
    private interface Change {
        TaskQuery to(TaskQuery query);
    }

    /** Does it. */
    private interface Step {
        TaskQuery of(TaskQuery query, String name, Change change);
    }

    private TaskQuery applyTo(TaskQuery all, Step step) {
        TaskQuery query = with(all, step, "--filter", filter, (it, kind) -> it.withKind(kind.kind));
        query = with(query, step, "--repo", repository, TaskQuery::withRepository);
        query = with(query, step, "--branch", branch, TaskQuery::withBranch);
        query = with(query, step, "--agent", agent, TaskQuery::withAgent);
        query = with(query, step, "--model", model, TaskQuery::withModel);
        query = with(query, step, "--batch", batch, TaskQuery::withBatch);
        query = with(query, step, "--creator", creator, TaskQuery::withCreator);
        query = with(query, step, "--prompt", prompt, TaskQuery::withPrompt);
        query = with(query, step, "--chat", chat, TaskQuery::withChatId);
        query = with(query, step, "--older-than", olderThan, TaskQuery::olderThan);
        query = with(query, step, "--created-before", createdBefore, TaskQuery::createdBefore);
        Boolean old = superseded ? superseded : null;
        return with(query, step, "--superseded", old, (it, is) -> it.superseded(SelectOptions::group));
    }

    private static <T> TaskQuery with(
            TaskQuery query, Step step, String name, @Nullable T value, BiFunction<TaskQuery, T, TaskQuery> change) {
        return value == null ? query : step.of(query, name, before -> change.apply(before, value));
    }

    private static @Nullable Object group(TaskSummary task) {
        if (task.chatId() != null) {
            return task.chatId();
        }
        return task.repoUrl() == null || task.branch() == null ? null : List.of(task.repoUrl(), task.branch());
    }

    /** What the lists of the API in use never tell is wrong usage, too, in the words of this program. */
    static ParameterException neverTold(UnsupportedOperationException failure, CommandLine command) {
        String message = String.valueOf(failure.getMessage());
        for (Map.Entry<String, String> name : NAMES.entrySet()) {
            message = message.replace(name.getKey(), name.getValue());
        }
        return new ParameterException(command, message, failure);
    }
}
