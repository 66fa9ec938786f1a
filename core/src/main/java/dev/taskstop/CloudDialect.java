package dev.taskstop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The cloud tasks API: its pages <em>Cancel task</em>, <em>Task status</em>, <em>Task list</em>, <em>Get task</em> and
 * <em>Stream logs</em>.
 */
final class CloudDialect extends TaskDialect {

    static final CloudDialect INSTANCE = new CloudDialect();

    private static final DialectJson<StopAnswer> STOP_ANSWER = new DialectJson<>(StopAnswer.class);
    private static final DialectJson<StatusAnswer> STATUS_ANSWER = new DialectJson<>(StatusAnswer.class);
    private static final DialectJson<ListAnswer> LIST_ANSWER = new DialectJson<>(ListAnswer.class);
    private static final DialectJson<CloudDetails> DETAILS_ANSWER = new DialectJson<>(CloudDetails.class);

    private static final Set<ListSelector> NEVER_TOLD = EnumSet.of(ListSelector.CHAT);

    /** Seconds, as a text with their unit. No task runs for a thousand million of them. */
    private static final Pattern SECONDS = Pattern.compile("\\d{1,9}s");

    private CloudDialect() {
        super("https://cloud.blackbox.ai", "", "/api/tasks", "{\"action\":\"stop\"}");
    }

    @Override
    String name() {
        return "cloud";
    }

    @Override
    StoppedTask readStopped(Answer answer, String taskId) {
        StopAnswer.Task task = STOP_ANSWER.read(answer).task;
        if (task == null) {
            throw answer.unreadable("has no task");
        }
        checkId(answer, taskId, task.id);
        TaskState state = requireState(answer, task.status);
        return new StoppedTask(taskId, state, task.userId, task.error, task.updatedAt, task.completedAt);
    }

    @Override
    TaskStatus readStatus(Answer answer, String taskId) {
        StatusAnswer body = STATUS_ANSWER.read(answer);
        checkId(answer, taskId, body.taskId);
        TaskState state = requireState(answer, body.status);
        return new TaskStatus(
                taskId,
                state,
                isDone(state, body.isDone),
                percent(body.progress),
                body.error,
                body.createdAt,
                null,
                body.updatedAt,
                body.completedAt,
                seconds(body.duration),
                DialectHttpDate.of(answer.response()));
    }

    /** Of a word that is known, the meaning counts: only for another one does the server have to say more. */
    private static boolean isDone(TaskState state, @Nullable Boolean told) {
        return state.kind() == TaskState.Kind.UNKNOWN ? Boolean.TRUE.equals(told) : state.isEnded();
    }

    private static @Nullable Duration seconds(@Nullable String text) {
        return text == null || !SECONDS.matcher(text).matches()
                ? null
                : Duration.ofSeconds(Long.parseLong(text, 0, text.length() - 1, 10));
    }

    @Override
    TaskDetails readDetails(Answer answer, String taskId) {
        return DETAILS_ANSWER.read(answer).read(answer, taskId);
    }

    @Override
    TaskRequest logsRequest(Origin origin, String taskId, long fromIndex) {
        String path =
                "/api/tasks/" + TaskIds.pathSegment(taskId) + "/stream?fromIndex=" + fromIndex + "&includeStatus=true";
        return origin.request("GET", path, "/api/tasks/{taskId}/stream", null, MAX_BODY_BYTES);
    }

    @Override
    DialectLogEvents logEvents(Answer head, String taskId) {
        return new CloudLogEvents(head, taskId);
    }

    @Override
    int refusalsBeforeQuestion() {
        return 2;
    }

    @Override
    boolean followUpIsAnotherRun() {
        return false;
    }

    @Override
    DialectPaging paging() {
        return DialectPaging.OFFSET;
    }

    @Override
    List<String> listParameters(TaskQuery query) {
        requireTold(query, NEVER_TOLD, "cloud API");
        return List.of(parameter("&filter=", query.kind()) + parameter("&status=", query.status()));
    }

    private static String parameter(String name, @Nullable Enum<?> value) {
        return value == null ? "" : name + value.name().toLowerCase(Locale.ROOT);
    }

    @Override
    TaskPage readPage(Answer answer, int limit) {
        if (answer.response().isTruncated()) {
            return TaskPage.tooLarge(DialectJson.tooLarge(answer), limit, answer.response());
        }
        ListAnswer body = LIST_ANSWER.read(answer);
        List<@Nullable TaskSummary> tasks = new ArrayList<>();
        for (ListAnswer.Item item : requireTasks(answer, body.tasks)) {
            tasks.add(item == null ? null : item.summary());
        }
        return TaskPage.of(tasks, body.hasMore, limit, body.limit, answer.response());
    }

    private static final class StopAnswer {

        @Nullable
        Task task;

        private static final class Task {

            @Nullable
            String id;

            @Nullable
            String userId;

            @Nullable
            String status;

            @Nullable
            String error;

            @Nullable
            Instant updatedAt;

            @Nullable
            Instant completedAt;
        }
    }

    private static final class StatusAnswer {

        @Nullable
        String taskId;

        @Nullable
        String status;

        @Nullable
        Integer progress;

        @Nullable
        Boolean isDone;

        @Nullable
        String error;

        @Nullable
        Instant createdAt;

        @Nullable
        Instant updatedAt;

        @Nullable
        Instant completedAt;

        @Nullable
        String duration;
    }

    private static final class ListAnswer {

        @Nullable
        List<@Nullable Item> tasks;

        @Nullable
        Boolean hasMore;

        @Nullable
        Integer limit;

        private static final class Item {

            @Nullable
            String id;

            @Nullable
            String status;

            @Nullable
            Integer progress;

            @Nullable
            String prompt;

            @Nullable
            String repoUrl;

            @Nullable
            String selectedBranch;

            @Nullable
            String selectedAgent;

            @Nullable
            String selectedModel;

            @Nullable
            String batchId;

            @Nullable
            String creatorName;

            @Nullable
            Integer maxDuration;

            @Nullable
            CloudDiffStats diffStats;

            @Nullable
            Boolean merged;

            @Nullable
            Instant createdAt;

            @Nullable
            Instant updatedAt;

            @Nullable
            Instant completedAt;

            @Nullable
            TaskSummary summary() {
                TaskState state = state(status);
                if (state == null || id == null || id.isBlank()) {
                    return null;
                }
                return new TaskSummary(
                        id,
                        state,
                        percent(progress),
                        prompt,
                        repoUrl,
                        selectedAgent,
                        selectedModel,
                        batchId,
                        createdAt,
                        updatedAt,
                        completedAt,
                        selectedBranch,
                        creatorName,
                        maxDuration,
                        diffStats == null ? null : diffStats.read(),
                        merged,
                        null,
                        null);
            }
        }
    }
}
