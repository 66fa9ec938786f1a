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
    StoppedTask readStopped(TaskRequest request, TaskResponse response, String taskId) {
        StopAnswer.Task task = STOP_ANSWER.read(request, response).task;
        if (task == null) {
            throw new TaskDecodingException(request, response.status(), "has no task");
        }
        checkId(request, response, taskId, task.id);
        TaskState state = requireState(request, response, task.status);
        return new StoppedTask(taskId, state, task.userId, task.error, task.updatedAt, task.completedAt);
    }

    @Override
    TaskStatus readStatus(TaskRequest request, TaskResponse response, String taskId) {
        StatusAnswer answer = STATUS_ANSWER.read(request, response);
        checkId(request, response, taskId, answer.taskId);
        TaskState state = requireState(request, response, answer.status);
        return new TaskStatus(
                taskId,
                state,
                isDone(state, answer.isDone),
                percent(answer.progress),
                answer.error,
                answer.createdAt,
                null,
                answer.updatedAt,
                answer.completedAt,
                seconds(answer.duration),
                DialectHttpDate.of(response));
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
    TaskDetails readDetails(TaskRequest request, TaskResponse response, String taskId) {
        return DETAILS_ANSWER.read(request, response).read(request, response, taskId);
    }

    @Override
    TaskRequest logsRequest(Origin origin, String taskId, long fromIndex) {
        String path =
                "/api/tasks/" + TaskIds.pathSegment(taskId) + "/stream?fromIndex=" + fromIndex + "&includeStatus=true";
        return origin.request("GET", path, "/api/tasks/{taskId}/stream", null, MAX_BODY_BYTES);
    }

    @Override
    DialectLogEvents logEvents(TaskRequest request, TaskResponse head, String taskId) {
        return new CloudLogEvents(request, head, taskId);
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
    TaskPage readPage(TaskRequest request, TaskResponse response, int limit) {
        if (response.isTruncated()) {
            return TaskPage.tooLarge(DialectJson.tooLarge(request, response), limit, response);
        }
        ListAnswer answer = LIST_ANSWER.read(request, response);
        List<@Nullable TaskSummary> tasks = new ArrayList<>();
        for (ListAnswer.Item item : requireTasks(request, response, answer.tasks)) {
            tasks.add(item == null ? null : item.summary());
        }
        return TaskPage.of(tasks, answer.hasMore, limit, answer.limit, response);
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
