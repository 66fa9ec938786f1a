package dev.taskstop.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A run as the Agent API v1 shows it, with the fields of its documentation in their order. */
final class V1RunBodies {

    private static final Pattern REPOSITORY = Pattern.compile("https?://[^/]+/([^/]+)/(.+?)(\\.git)?/?");

    private final TaskClock clock;

    V1RunBodies(TaskClock clock) {
        this.clock = clock;
    }

    /** The word of every route but the status. */
    static String word(Status status) {
        return switch (status) {
            case PENDING -> "queued";
            case PROCESSING, SAVING -> "running";
            case COMPLETED -> "completed";
            case ERROR, TIMEOUT -> "failed";
            case STOPPED -> "cancelled";
            case INTERRUPTED -> "interrupted";
        };
    }

    private static String statusWord(Status status) {
        return switch (status) {
            case PENDING -> "pending";
            case PROCESSING, SAVING -> "in_progress";
            case COMPLETED, ERROR, TIMEOUT, STOPPED, INTERRUPTED -> word(status);
        };
    }

    /** What was cancelled did not fail. */
    static @Nullable String error(TaskView view) {
        return view.status() == Status.STOPPED ? null : view.error();
    }

    static String messageId(Task task) {
        return "msg_" + letters("message/" + task.id());
    }

    Object status(TaskView view) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("runId", view.task().id());
        body.put("status", statusWord(view.status()));
        body.put("progress", progress(view));
        body.put("error", error(view));
        body.put("startedAt", clock.textOrNull(view.processingAt()));
        body.put("completedAt", clock.textOrNull(view.completedAt()));
        return body;
    }

    /** An estimate while it runs; what has not been completed has no progress in the end. */
    private static int progress(TaskView view) {
        return view.status().isActive() || view.status() == Status.COMPLETED ? view.progress() : 0;
    }

    Object item(TaskView view) {
        Task task = view.task();
        Map<String, @Nullable Object> item = new LinkedHashMap<>();
        item.put("taskId", task.id());
        item.put("runId", task.id());
        item.put("chatId", task.chatId());
        item.put("status", word(view.status()));
        item.put("model", null);
        item.put("createdAt", clock.text(task.createdAt()));
        item.put("startedAt", clock.textOrNull(view.processingAt()));
        item.put("completedAt", clock.textOrNull(view.completedAt()));
        item.put("assistantMessageId", messageId(task));
        return item;
    }

    Object run(TaskView view) {
        Task task = view.task();
        Map<String, @Nullable Object> run = new LinkedHashMap<>();
        run.put("taskId", task.id());
        run.put("runId", task.id());
        run.put("chatId", task.chatId());
        run.put("status", word(view.status()));
        run.put("assistantMessageId", messageId(task));
        run.put("createdAt", clock.text(task.createdAt()));
        run.put("startedAt", clock.textOrNull(view.processingAt()));
        run.put("completedAt", clock.textOrNull(view.completedAt()));
        run.put("error", error(view));
        run.put("github", github(view));
        run.put("messages", messages(view));
        run.put("inMemory", null);
        return run;
    }

    private static @Nullable Object github(TaskView view) {
        TaskInput input = view.task().input();
        Matcher repository = REPOSITORY.matcher(input.repoUrl());
        if (!repository.matches()) {
            return null;
        }
        Map<String, @Nullable Object> github = new LinkedHashMap<>();
        github.put("repoUrl", input.repoUrl());
        github.put("owner", repository.group(1));
        github.put("repo", repository.group(2));
        github.put("baseBranch", input.branch());
        github.put("createdBranch", view.hasStarted() ? "agent/" + view.task().id() : null);
        return github;
    }

    private List<Object> messages(TaskView view) {
        Task task = view.task();
        List<Object> messages = new ArrayList<>();
        messages.add(message(
                "msg_" + letters("user/" + task.id()), "user", task.input().prompt(), task.createdAt()));
        if (view.hasStarted()) {
            boolean completed = view.status() == Status.COMPLETED;
            messages.add(message(messageId(task), "assistant", completed ? "Done." : "Reading the code", view.since()));
        }
        return messages;
    }

    private Object message(String id, String role, String text, long at) {
        Map<String, Object> message = new LinkedHashMap<>();
        Map<String, Object> part = new LinkedHashMap<>();
        part.put("type", "text");
        part.put("text", text);
        message.put("id", id);
        message.put("role", role);
        message.put("parts", List.of(part));
        message.put("createdAt", clock.text(at));
        return message;
    }

    Object created(Task task) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("taskId", task.id());
        body.put("runId", task.id());
        body.put("assistantMessageId", messageId(task));
        body.put("chatId", task.chatId());
        body.put("agentCount", task.input().agents().size());
        return body;
    }

    Object continued(Task previous, Task next) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("runId", next.id());
        body.put("assistantMessageId", messageId(next));
        body.put("chatId", next.chatId());
        body.put("previousRunId", previous.id());
        return body;
    }

    /** Letters and digits that are a function of a text. */
    static String letters(String text) {
        return Long.toString(RandomBits.of(0, text, 0) >>> 4, Character.MAX_RADIX);
    }

    /** @param view null for a run that there is not, about which nothing is told */
    Object agentStatus(@Nullable TaskView view) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("runId", view == null ? null : view.task().id());
        body.put("status", view == null ? null : word(view.status()));
        body.put("assistantMessageId", view == null ? null : messageId(view.task()));
        body.put("error", view == null ? null : error(view));
        return body;
    }

    Object logs(TaskView view, List<Map<String, Object>> events, boolean raw) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("runId", view.task().id());
        body.put("chatId", view.task().chatId());
        body.put("status", word(view.status()));
        body.put("source", view.status().isActive() ? "buffer" : "reconstructed");
        body.put("eventCount", events.size());
        body.put("events", events);
        body.put("error", error(view));
        if (raw) {
            body.put("rawEvents", events.stream().map(V1Events::line).toList());
        }
        return body;
    }
}
