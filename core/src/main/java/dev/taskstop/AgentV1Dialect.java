package dev.taskstop;

import dev.taskstop.TaskResponseException.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The Agent API v1: its pages <em>Cancel task</em>, <em>Task status</em>, <em>List tasks</em>, <em>Get task</em> and
 * <em>Stream logs</em>.
 */
final class AgentV1Dialect extends TaskDialect {

    static final AgentV1Dialect INSTANCE = new AgentV1Dialect();

    private static final DialectJson<CancelAnswer> CANCEL_ANSWER = new DialectJson<>(CancelAnswer.class);
    private static final DialectJson<StatusAnswer> STATUS_ANSWER = new DialectJson<>(StatusAnswer.class);
    private static final DialectJson<ListAnswer> LIST_ANSWER = new DialectJson<>(ListAnswer.class);
    private static final DialectJson<AgentV1Details> DETAILS_ANSWER = new DialectJson<>(AgentV1Details.class);

    private static final Set<ListSelector> NEVER_TOLD = EnumSet.of(
            ListSelector.REPOSITORY,
            ListSelector.BRANCH,
            ListSelector.AGENT,
            ListSelector.BATCH,
            ListSelector.CREATOR,
            ListSelector.PROMPT);

    /** The documentation counts {@code /api/v1} as part of the base address. */
    private AgentV1Dialect() {
        super("https://agent.blackbox.ai", "/api/v1", "/api/v1/tasks", "{\"action\":\"cancel\"}");
    }

    @Override
    String name() {
        return "agent_v1";
    }

    /**
     * The status is the run's after the call, whatever that did: only {@code cancelled} is a stop. The documentation
     * shows no id in the answer; one that is there has to be the run's.
     */
    @Override
    StoppedTask readStopped(Answer answer, String taskId) {
        CancelAnswer body = CANCEL_ANSWER.read(answer);
        String told = firstTold(body.runId, body.taskId);
        if (told != null) {
            checkId(answer, taskId, told);
        }
        TaskState state = requireState(answer, body.status);
        if (state.kind() == TaskState.Kind.STOPPED && Boolean.FALSE.equals(body.success)) {
            throw answer.unreadable("says both that it failed and that it worked");
        }
        return new StoppedTask(taskId, state, null, null, null, null);
    }

    @Override
    TaskStatus readStatus(Answer answer, String taskId) {
        StatusAnswer body = STATUS_ANSWER.read(answer);
        checkId(answer, taskId, body.runId);
        TaskState state = requireState(answer, body.status);
        return new TaskStatus(
                taskId,
                state,
                state.isEnded(),
                percent(body.progress),
                body.error,
                null,
                body.startedAt,
                null,
                body.completedAt,
                null,
                DialectHttpDate.of(answer.response()));
    }

    @Override
    int refusalsBeforeQuestion() {
        return 1;
    }

    @Override
    boolean followUpIsAnotherRun() {
        return true;
    }

    @Override
    TaskDetails readDetails(Answer answer, String taskId) {
        return DETAILS_ANSWER.read(answer).read(answer, taskId);
    }

    /** The stream cannot begin elsewhere than at the beginning of the log. */
    @Override
    TaskRequest logsRequest(Origin origin, String taskId, long fromIndex) {
        String path = "/api/v1/tasks/" + TaskIds.pathSegment(taskId) + "/logs/stream";
        return origin.request("GET", path, "/api/v1/tasks/{taskId}/logs/stream", null, MAX_BODY_BYTES);
    }

    @Override
    DialectLogEvents logEvents(Answer head, String taskId) {
        return new AgentV1LogEvents(head, taskId);
    }

    @Override
    DialectPaging paging() {
        return DialectPaging.PAGE;
    }

    /**
     * The API lists one state at a time. What waits is read before what runs: a run that begins meanwhile is then seen
     * twice rather than not at all.
     */
    @Override
    List<String> listParameters(TaskQuery query) {
        requireTold(query, NEVER_TOLD, "Agent API v1");
        if (query.kind() != null) {
            throw new UnsupportedOperationException("The Agent API v1 lists tasks of every kind; it takes no withKind");
        }
        if (query.status() == null) {
            return List.of("");
        }
        return switch (query.status()) {
            case ACTIVE -> List.of("&status=queued", "&status=running");
            case COMPLETED -> List.of("&status=completed");
            case FAILED -> List.of("&status=failed", "&status=interrupted");
            case STOPPED -> List.of("&status=cancelled");
        };
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

    /** What the cancelling of a finished run answers is not documented; a conflict says the same as a 400. */
    @Override
    Reason reason(int status) {
        return status == 409 ? Reason.NOT_ACTIVE : super.reason(status);
    }

    private static final class CancelAnswer {

        @Nullable
        Boolean success;

        @Nullable
        String status;

        @Nullable
        String runId;

        @Nullable
        String taskId;
    }

    private static final class StatusAnswer {

        @Nullable
        String runId;

        @Nullable
        String status;

        @Nullable
        Integer progress;

        @Nullable
        String error;

        @Nullable
        Instant startedAt;

        @Nullable
        Instant completedAt;
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
            String runId;

            @Nullable
            String taskId;

            @Nullable
            String chatId;

            @Nullable
            String status;

            @Nullable
            String model;

            @Nullable
            Instant createdAt;

            @Nullable
            Instant startedAt;

            @Nullable
            Instant completedAt;

            @Nullable
            TaskSummary summary() {
                TaskState state = state(status);
                String id = firstTold(runId, taskId);
                if (state == null || id == null || id.isBlank()) {
                    return null;
                }
                return new TaskSummary(
                        id,
                        state,
                        null,
                        null,
                        null,
                        null,
                        model,
                        null,
                        createdAt,
                        null,
                        completedAt,
                        null,
                        null,
                        null,
                        null,
                        null,
                        chatId,
                        startedAt);
            }
        }
    }
}
