package dev.taskstop.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The bodies of the cloud dialect, field by field as its documentation shows them. */
final class CloudJson {

    private CloudJson() {}

    record Create(
            @Nullable String prompt,
            @Nullable String repoUrl,
            @Nullable String selectedBranch,
            @Nullable String selectedAgent,
            @Nullable String selectedModel,
            @Nullable List<TaskDetails.Agent> selectedAgents,
            @Nullable String batchId) {}

    record Action(@Nullable String action) {}

    record Continue(@Nullable String currentPrompt) {}

    record Continued(boolean success, String message) {}

    record Stopped(String message, StoppedTask task) {

        static Stopped of(TaskView view) {
            String at = Times.iso(view.since());
            return new Stopped(
                    "Task stopped successfully",
                    new StoppedTask(
                            view.task().id(),
                            view.task().owner().id(),
                            view.status().toString(),
                            view.error(),
                            at,
                            at));
        }
    }

    record StoppedTask(
            String id,
            String userId,
            String status,
            @Nullable String error,
            String updatedAt,
            String completedAt) {}

    record StatusBody(
            String taskId,
            String status,
            int progress,
            boolean inProgress,
            boolean isDone,
            @Nullable String error,
            String createdAt,
            String updatedAt,
            @Nullable String completedAt,
            @Nullable String duration) {

        static StatusBody of(TaskView view) {
            return new StatusBody(
                    view.task().id(),
                    view.status().toString(),
                    view.progress(),
                    view.status().isActive(),
                    !view.status().isActive(),
                    view.error(),
                    Times.iso(view.task().createdAt()),
                    Times.iso(view.since()),
                    view.completedAt(),
                    view.duration());
        }
    }

    record Page(List<Map<String, @Nullable Object>> tasks, boolean hasMore, int offset, int limit) {}

    /** A task as a list shows it. */
    static Map<String, @Nullable Object> item(TaskView view, List<String> sandboxes) {
        Task task = view.task();
        TaskDetails details = task.details();
        Map<String, @Nullable Object> item = new LinkedHashMap<>();
        item.put("id", task.id());
        item.put("userId", task.owner().id());
        item.put("teamId", null);
        item.put("prompt", details.prompt());
        item.put("repoUrl", details.repoUrl());
        item.put("selectedAgent", details.agents().get(0).agent());
        item.put("selectedModel", details.agents().get(0).model());
        item.put("status", view.status().toString());
        item.put("progress", view.progress());
        item.put("error", view.error());
        item.put("sandboxId", sandboxes.isEmpty() ? null : sandboxes.get(0));
        item.put("batchId", details.batchId());
        item.put("createdAt", Times.iso(task.createdAt()));
        item.put("updatedAt", Times.iso(view.since()));
        item.put("completedAt", view.completedAt());
        item.put("prNumber", null);
        item.put("prUrl", null);
        return item;
    }

    /** A task with everything that is known about it. */
    static Map<String, @Nullable Object> full(
            TaskView view, List<String> sandboxes, List<FollowUp> followUps, List<LogLine> logs) {
        TaskDetails details = view.task().details();
        Map<String, @Nullable Object> full = item(view, sandboxes);
        full.put("selectedBranch", details.branch());
        full.put("selectedAgents", details.agents());
        full.put("maxDuration", 300);
        full.put("logs", logs);
        full.put("followupMessages", followUps.stream().map(CloudJson::message).toList());
        full.put("agentExecutions", executions(view, sandboxes));
        full.put("agentSandboxConfig", null);
        full.put("checkpoint", null);
        return full;
    }

    private static Map<String, @Nullable Object> message(FollowUp followUp) {
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("prompt", followUp.prompt());
        message.put("status", followUp.status().toString());
        message.put("statusMessage", followUp.statusMessage());
        message.put("createdAt", Times.iso(followUp.createdAt()));
        return message;
    }

    private static List<Map<String, @Nullable Object>> executions(TaskView view, List<String> sandboxes) {
        List<Map<String, @Nullable Object>> executions = new ArrayList<>();
        List<TaskDetails.Agent> agents = view.task().details().agents();
        for (int i = 0; i < agents.size(); i++) {
            Map<String, @Nullable Object> execution = new LinkedHashMap<>();
            execution.put("agent", agents.get(i).agent());
            execution.put("model", agents.get(i).model());
            execution.put("status", view.status().toString());
            execution.put("sandboxId", i < sandboxes.size() ? sandboxes.get(i) : null);
            executions.add(execution);
        }
        return executions;
    }
}
