package dev.taskstop;

import dev.taskstop.TaskResponseException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One form of the API: its paths, its bodies, its words. The only place that knows the wire.
 *
 * <p>There are two, {@link #cloud()} and {@link #agentV1()}.
 */
public abstract sealed class TaskDialect permits CloudDialect, AgentV1Dialect {

    static final int MAX_BODY_BYTES = 64 * 1024;
    static final int MAX_PAGE_BYTES = 1024 * 1024;

    /** The whole task has its log, its messages and its changes, of which nothing is needed, but all has to be read. */
    static final int MAX_DETAILS_BYTES = 8 * 1024 * 1024;

    private final String defaultBaseUrl;
    private final String optionalBasePath;
    private final String tasks;
    private final byte[] stopBody;

    /**
     * Says what differs from dialect to dialect.
     *
     * @param optionalBasePath what a base address may end with although the path of the tasks begins with it
     * @param tasks the path of all tasks
     */
    TaskDialect(String defaultBaseUrl, String optionalBasePath, String tasks, String stopBody) {
        this.defaultBaseUrl = defaultBaseUrl;
        this.optionalBasePath = optionalBasePath;
        this.tasks = tasks;
        this.stopBody = stopBody.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The cloud tasks API, at {@code https://cloud.blackbox.ai}.
     *
     * @return the dialect
     */
    public static TaskDialect cloud() {
        return CloudDialect.INSTANCE;
    }

    /**
     * The Agent API v1, at {@code https://agent.blackbox.ai/api/v1}.
     *
     * @return the dialect
     */
    public static TaskDialect agentV1() {
        return AgentV1Dialect.INSTANCE;
    }

    /** What metrics call it. */
    abstract String name();

    String defaultBaseUrl() {
        return defaultBaseUrl;
    }

    String optionalBasePath() {
        return optionalBasePath;
    }

    TaskRequest stopRequest(Origin origin, String taskId) {
        String path = tasks + "/" + TaskIds.pathSegment(taskId);
        return origin.request("PATCH", path, tasks + "/{taskId}", stopBody, MAX_BODY_BYTES);
    }

    abstract StoppedTask readStopped(Answer answer, String taskId);

    TaskRequest statusRequest(Origin origin, String taskId) {
        String path = tasks + "/" + TaskIds.pathSegment(taskId) + "/status";
        return origin.request("GET", path, tasks + "/{taskId}/status", null, MAX_BODY_BYTES);
    }

    abstract TaskStatus readStatus(Answer answer, String taskId);

    /** Asks for all about one task. */
    TaskRequest detailsRequest(Origin origin, String taskId) {
        String path = tasks + "/" + TaskIds.pathSegment(taskId);
        return origin.request("GET", path, tasks + "/{taskId}", null, MAX_DETAILS_BYTES);
    }

    abstract TaskDetails readDetails(Answer answer, String taskId);

    /** Whether a follow-up to a task is a task of its own, in the same chat, and not the same id once more. */
    abstract boolean followUpIsAnotherRun();

    /** How the lists of this API are read piece by piece. */
    abstract DialectPaging paging();

    /**
     * Words a query: the parameters of each list that has to be read for it, one after the other, each empty or
     * beginning with an ampersand.
     *
     * @throws UnsupportedOperationException for what the API does not have, naming it
     */
    abstract List<String> listParameters(TaskQuery query);

    /** Refuses what a query asks about a task if the lists of this API never tell it: no task could match. */
    static void requireTold(TaskQuery query, Set<ListSelector> neverTold, String api) {
        for (ListSelector selector : query.selectors()) {
            if (neverTold.contains(selector)) {
                throw new UnsupportedOperationException("The lists of the %s tell no %s of a task; it takes no %s"
                        .formatted(api, selector.subject, selector.method));
            }
        }
    }

    /** Asks for a piece of a list. */
    TaskRequest listRequest(Origin origin, String parameters, long offset, int limit) {
        String path = tasks + "?" + paging().parameters(offset, limit) + parameters;
        return origin.request("GET", path, tasks, null, MAX_PAGE_BYTES);
    }

    /** Asks for next to nothing, but of the whole account: what refuses this is about the key, not about one task. */
    TaskRequest probeRequest(Origin origin) {
        return listRequest(origin, "", 0, 1);
    }

    /**
     * How many 403s in a row, before any other answer, are worth the question what they are about. The documentation
     * gives a 403 two meanings only where this is 1.
     */
    abstract int refusalsBeforeQuestion();

    /**
     * Reads a piece of a list.
     *
     * @param limit how many tasks were asked for
     */
    abstract TaskPage readPage(Answer answer, int limit);

    /** Asks for the log from an index on, or for all of it, where the API cannot begin elsewhere. */
    abstract TaskRequest logsRequest(Origin origin, String taskId, long fromIndex);

    /** Reads one log stream, from its head on. */
    abstract DialectLogEvents logEvents(Answer head, String taskId);

    /** Reads an answer that is no success. Its meaning comes from the status alone, never from a text. */
    TaskResponseException readRefusal(Answer answer, Instant now) {
        int status = answer.status();
        Reason reason = reason(status);
        JsonNode body = DialectJson.tree(answer.response());
        return new TaskResponseException(
                answer.request().toString(),
                reason,
                status,
                isAboutKey(reason, answer.request()),
                body == null ? null : message(body),
                DialectRetryAfter.read(answer.response(), body == null ? null : resetAt(body), now));
    }

    /** A 403 may be about the one task that was asked for; where none was, it is about the key or its plan. */
    private boolean isAboutKey(Reason reason, TaskRequest request) {
        return switch (reason) {
            case UNAUTHORIZED, PAYMENT_REQUIRED -> true;
            case FORBIDDEN -> request.pathTemplate().equals(tasks);
            default -> false;
        };
    }

    Reason reason(int status) {
        return switch (status) {
            case 400 -> Reason.NOT_ACTIVE;
            case 401 -> Reason.UNAUTHORIZED;
            case 402 -> Reason.PAYMENT_REQUIRED;
            case 403 -> Reason.FORBIDDEN;
            case 404 -> Reason.NOT_FOUND;
            case 408 -> Reason.SERVER_ERROR;
            case 429 -> Reason.RATE_LIMITED;
            default -> status >= 500 || status < 100 ? Reason.SERVER_ERROR : Reason.UNEXPECTED;
        };
    }

    static void checkId(Answer answer, String asked, @Nullable String answered) {
        if (!asked.equals(answered)) {
            if (answered != null) {
                answer.response().tellMisplaced();
            }
            throw answer.unreadable("is about another task, or about none");
        }
    }

    static <T> List<T> requireTasks(Answer answer, @Nullable List<T> tasks) {
        if (tasks == null) {
            throw answer.unreadable("has no tasks");
        }
        return tasks;
    }

    /** Of two names for the same. */
    static @Nullable String firstTold(@Nullable String one, @Nullable String other) {
        return one == null || one.isBlank() ? other : one;
    }

    static TaskState requireState(Answer answer, @Nullable String status) {
        TaskState state = state(status);
        if (state == null) {
            throw answer.unreadable("has no status");
        }
        return state;
    }

    static @Nullable TaskState state(@Nullable String status) {
        return status == null || status.isBlank() ? null : TaskState.of(status);
    }

    static @Nullable Integer percent(@Nullable Integer progress) {
        return progress == null || progress > 100 ? null : progress;
    }

    /**
     * The text for people: {@code error} is a text on some routes and an object with a {@code message} on others;
     * where it is neither, {@code message} may stand beside it.
     */
    private static @Nullable String message(JsonNode body) {
        JsonNode error = body.path("error");
        String text = DialectJson.text(error.isObject() ? error.path("message") : error);
        return text == null ? DialectJson.text(body.path("message")) : text;
    }

    /** The first time that can be read; what is odd or null in one place may be told in another. */
    private static @Nullable Instant resetAt(JsonNode body) {
        JsonNode error = body.path("error");
        for (JsonNode holder : new JsonNode[] {body, error, body.path("metadata"), error.path("metadata")}) {
            Instant resetAt = DialectJson.instant(holder.path("resetAt"));
            if (resetAt != null) {
                return resetAt;
            }
        }
        return null;
    }
}
