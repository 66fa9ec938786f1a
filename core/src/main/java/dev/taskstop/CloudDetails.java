package dev.taskstop;

import static dev.taskstop.TaskDialect.percent;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The cloud API's answer about a whole task: its page <em>Get task</em>. Its fields are named as they are there. */
final class CloudDetails {

    private @Nullable Task task;

    TaskDetails read(Answer answer, String taskId) {
        if (task == null) {
            throw answer.unreadable("has no task");
        }
        TaskDialect.checkId(answer, taskId, task.id);
        return new TaskDetails(
                taskId,
                TaskDialect.requireState(answer, task.status),
                percent(task.progress),
                task.error,
                task.repoUrl,
                task.selectedBranch,
                task.branchName,
                task.selectedAgent,
                task.selectedModel,
                agents(task),
                sandboxes(task),
                task.keepAlive,
                task.maxDuration,
                task.diffStats == null ? null : task.diffStats.read(),
                task.prUrl,
                task.merged,
                told(task.followupMessages).stream().map(FollowUp::read).toList(),
                task.batchId,
                null,
                task.createdAt,
                null,
                task.updatedAt,
                task.completedAt,
                DialectHttpDate.of(answer.response()));
    }

    /** Agents that have not begun are only in the list of those that were chosen. */
    private static List<TaskDetails.Agent> agents(Task task) {
        List<Execution> begun = told(task.agentExecutions);
        return (begun.isEmpty() ? told(task.selectedAgents) : begun)
                .stream().map(Execution::read).toList();
    }

    /** There is one for each agent; the task's own names one of these, or the only one. */
    private static List<TaskDetails.Sandbox> sandboxes(Task task) {
        List<TaskDetails.Sandbox> sandboxes = new ArrayList<>();
        if (task.agentSandboxConfig != null) {
            task.agentSandboxConfig.forEach((agent, sandbox) -> {
                if (sandbox != null) {
                    sandboxes.add(new TaskDetails.Sandbox(sandbox.sandboxId, agent, sandbox.branchName));
                }
            });
        }
        boolean named = task.sandboxId == null
                || sandboxes.stream().anyMatch(sandbox -> task.sandboxId.equals(sandbox.sandboxId()));
        if (!named) {
            sandboxes.add(new TaskDetails.Sandbox(task.sandboxId, null, task.branchName));
        }
        return sandboxes;
    }

    /** The entries that could be read. */
    private static <T> List<T> told(@Nullable List<@Nullable T> entries) {
        List<T> told = new ArrayList<>();
        for (T entry : entries == null ? List.<@Nullable T>of() : entries) {
            if (entry != null) {
                told.add(entry);
            }
        }
        return told;
    }

    private static final class Task {

        @Nullable
        String id;

        @Nullable
        String status;

        @Nullable
        Integer progress;

        @Nullable
        String error;

        @Nullable
        String repoUrl;

        @Nullable
        String selectedBranch;

        @Nullable
        String branchName;

        @Nullable
        String selectedAgent;

        @Nullable
        String selectedModel;

        @Nullable
        List<@Nullable Execution> selectedAgents;

        @Nullable
        List<@Nullable Execution> agentExecutions;

        @Nullable
        Map<String, @Nullable Sandbox> agentSandboxConfig;

        @Nullable
        String sandboxId;

        @Nullable
        Boolean keepAlive;

        @Nullable
        Integer maxDuration;

        @Nullable
        CloudDiffStats diffStats;

        @Nullable
        String prUrl;

        @Nullable
        Boolean merged;

        @Nullable
        List<@Nullable FollowUp> followupMessages;

        @Nullable
        String batchId;

        @Nullable
        Instant createdAt;

        @Nullable
        Instant updatedAt;

        @Nullable
        Instant completedAt;
    }

    /** Two pages document it, with other fields each; an agent that has not begun has the first two. */
    private static final class Execution {

        @Nullable
        String agent;

        @Nullable
        String model;

        @Nullable
        String status;

        @Nullable
        String branchName;

        @Nullable
        String error;

        @Nullable
        Integer linesAdded;

        @Nullable
        Integer linesRemoved;

        @Nullable
        Integer filesChanged;

        @Nullable
        Instant executedAt;

        @Nullable
        Instant startedAt;

        @Nullable
        Instant completedAt;

        TaskDetails.Agent read() {
            boolean counted = linesAdded != null || linesRemoved != null || filesChanged != null;
            return new TaskDetails.Agent(
                    agent,
                    model,
                    TaskDialect.state(status),
                    branchName,
                    error,
                    counted ? new TaskSummary.DiffStats(linesAdded, linesRemoved, filesChanged) : null,
                    startedAt == null ? executedAt : startedAt,
                    completedAt);
        }
    }

    private static final class Sandbox {

        @Nullable
        String sandboxId;

        @Nullable
        String branchName;
    }

    private static final class FollowUp {

        @Nullable
        String message;

        @Nullable
        String status;

        @Nullable
        String selectedAgent;

        @Nullable
        String selectedModel;

        @Nullable
        Instant timestamp;

        TaskDetails.FollowUp read() {
            return new TaskDetails.FollowUp(
                    message, TaskDialect.state(status), selectedAgent, selectedModel, timestamp);
        }
    }
}
