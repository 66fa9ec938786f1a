package dev.taskstop;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Agent API v1's answer about a whole run: its page <em>Get task</em>. Its fields are named as they are there. */
final class AgentV1Details {

    private @Nullable String taskId;
    private @Nullable String runId;
    private @Nullable String chatId;
    private @Nullable String status;
    private @Nullable String error;
    private @Nullable GitHub github;
    private @Nullable Instant createdAt;
    private @Nullable Instant startedAt;
    private @Nullable Instant completedAt;

    TaskDetails read(Answer answer, String asked) {
        TaskDialect.checkId(answer, asked, TaskDialect.firstTold(runId, taskId));
        GitHub repository = github == null ? new GitHub() : github;
        return new TaskDetails(
                asked,
                TaskDialect.requireState(answer, status),
                null,
                error,
                repository.repoUrl,
                repository.baseBranch,
                repository.createdBranch,
                null,
                null,
                List.of(),
                List.of(),
                null,
                null,
                null,
                null,
                null,
                List.of(),
                null,
                chatId,
                createdAt,
                startedAt,
                null,
                completedAt,
                DialectHttpDate.of(answer.response()));
    }

    private static final class GitHub {

        @Nullable
        String repoUrl;

        @Nullable
        String baseBranch;

        @Nullable
        String createdBranch;
    }
}
