package dev.taskstop.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A task as the cloud API shows it, with the fields of its documentation in their order. */
final class CloudTaskBodies {

    private static final int MAX_DURATION = 300;

    private final TaskClock clock;
    private final ExecutionForm executionForm;

    CloudTaskBodies(TaskClock clock, ExecutionForm executionForm) {
        this.clock = clock;
        this.executionForm = executionForm;
    }

    Map<String, @Nullable Object> item(TaskView view, List<String> sandboxes) {
        Body item = head(view);
        item.put("status", ServedCloudApi.word(view.status()));
        item.put("progress", view.progress());
        item.put("error", view.error());
        item.put("selectedBranch", view.task().input().branch());
        item.put("branchName", branch(view));
        item.put("sandboxUrl", null);
        item.put("sandboxId", first(sandboxes));
        item.put("merged", false);
        item.put("diffStats", diffStats(view));
        item.put("autoDeployEnabled", false);
        item.putNulls("vercelDeploymentSettings", "deployments", "badge");
        item.put("batchId", view.task().input().batchId());
        putTimes(item, view);
        String creator = view.task().input().creator();
        item.put("creatorName", creator == null ? view.task().owner().id() : creator);
        item.put("creatorImage", "https://example.com/avatar.png");
        putPullRequest(item, view);
        item.put("isEmptyGitUser", false);
        return item;
    }

    Map<String, @Nullable Object> task(
            TaskView view, List<String> sandboxes, List<FollowUpMessage> followUps, List<LogLine> logs) {
        TaskInput input = view.task().input();
        boolean started = view.hasStarted();
        boolean agents = started && input.isMultiAgent();
        Body task = head(view);
        task.put("keepAlive", view.task().keepAlive());
        task.put("status", ServedCloudApi.word(view.status()));
        task.put("progress", view.progress());
        task.put("logs", logs.stream().map(line -> line.body(clock)).toList());
        task.put(
                "followupMessages",
                followUps.isEmpty()
                        ? null
                        : followUps.stream().map(this::message).toList());
        task.put("checkpoint", agents ? checkpoint(view) : null);
        task.put("error", view.error());
        task.put("selectedBranch", input.branch());
        task.put("branchName", branch(view));
        task.put("sandboxUrl", null);
        task.put("sandboxId", first(sandboxes));
        task.put("agentSandboxConfig", agents ? sandboxConfig(view, sandboxes) : null);
        task.put("merged", false);
        putPullRequest(task, view);
        task.put("multiLaunch", agents);
        task.put("selectedAgents", input.isMultiAgent() ? input.agents() : null);
        task.put("agentExecutions", agents ? executions(view) : null);
        task.put("diffAnalysis", agents && view.status() == Status.COMPLETED ? diffAnalysis(view) : null);
        task.put("diffStats", diffStats(view));
        task.put("cumulativeDiff", null);
        task.put("taskSource", "manual");
        task.putNulls("scheduledTaskId", "repoInstructions", "environmentVariables", "testAccounts");
        task.put("autoDeployEnabled", false);
        task.put("deploymentProvider", "vercel");
        task.putNulls("vercelDeploymentSettings", "gcloudDeploymentSettings", "deployments", "lock");
        putTimes(task, view);
        task.putNulls("slackUserId", "slackTeamId", "slackChannelId", "slackMessageTs", "badge");
        task.put("batchId", input.batchId());
        task.put("isPublic", false);
        task.put("isEmptyGitUser", false);
        task.put("metaData", null);
        return task;
    }

    /** A body in the making. */
    private static final class Body extends LinkedHashMap<String, @Nullable Object> {

        private static final long serialVersionUID = 1L;

        void putNulls(String... names) {
            for (String name : names) {
                put(name, null);
            }
        }
    }

    private static Body head(TaskView view) {
        TaskInput input = view.task().input();
        Body body = new Body();
        body.put("id", view.task().id());
        body.put("userId", view.task().owner().id());
        body.put("teamId", null);
        body.put("prompt", input.prompt());
        body.put("repoUrl", input.repoUrl());
        body.put("selectedAgent", input.agent().agent());
        body.put("selectedModel", input.agent().model());
        body.put("installDependencies", false);
        body.put("maxDuration", MAX_DURATION);
        return body;
    }

    private void putTimes(Body body, TaskView view) {
        body.put("createdAt", clock.text(view.task().createdAt()));
        body.put("updatedAt", clock.text(view.updatedAt()));
        body.put("completedAt", clock.textOrNull(view.completedAt()));
    }

    /** A completed task of one agent has a pull request when it has a repository. */
    private static void putPullRequest(Body body, TaskView view) {
        String repository = view.task().input().repoUrl();
        boolean has = view.status() == Status.COMPLETED
                && !repository.isEmpty()
                && !view.task().input().isMultiAgent();
        body.put("prNumber", has ? 1 : null);
        body.put("prUrl", has ? repository.replaceFirst("\\.git$", "") + "/pull/1" : null);
    }

    private Map<String, @Nullable Object> message(FollowUpMessage followUp) {
        Body message = new Body();
        message.put("message", followUp.prompt());
        message.put("timestamp", clock.text(followUp.createdAt()));
        message.put("selectedAgent", followUp.agent().agent());
        message.put("selectedModel", followUp.agent().model());
        message.put("status", followUp.status().toString());
        if (followUp.statusMessage() != null) {
            message.put("statusMessage", followUp.statusMessage());
        }
        return message;
    }

    private Map<String, @Nullable Object> checkpoint(TaskView view) {
        Body checkpoint = new Body();
        String stage = view.status() == Status.COMPLETED ? "diff_analyzed" : "agent_executing";
        for (TaskInput.Agent agent : view.task().input().agents()) {
            Body entry = new Body();
            entry.put("stage", stage);
            entry.put("timestamp", clock.text(view.updatedAt()));
            checkpoint.put(agent.agent(), entry);
        }
        return checkpoint;
    }

    private static Map<String, @Nullable Object> sandboxConfig(TaskView view, List<String> sandboxes) {
        Body config = new Body();
        List<TaskInput.Agent> agents = view.task().input().agents();
        for (int i = 0; i < Math.min(agents.size(), sandboxes.size()); i++) {
            Body entry = new Body();
            entry.put("sandboxId", sandboxes.get(i));
            entry.put("branchName", branch(view, agents.get(i)));
            config.put(agents.get(i).agent(), entry);
        }
        return config;
    }

    /** The documentation has two forms of this, on the page of a task and on that of many agents. */
    private List<Map<String, @Nullable Object>> executions(TaskView view) {
        List<Map<String, @Nullable Object>> executions = new ArrayList<>();
        for (TaskInput.Agent agent : view.task().input().agents()) {
            executions.add(
                    executionForm == ExecutionForm.GET_TASK ? execution(view, agent) : longExecution(view, agent));
        }
        return executions;
    }

    private Body execution(TaskView view, TaskInput.Agent agent) {
        Body execution = new Body();
        execution.put("agent", agent.agent());
        execution.put("status", executionWord(view.status()));
        execution.put("gitDiff", view.status() == Status.COMPLETED ? "diff --git a/CHANGELOG.md b/CHANGELOG.md\n" : "");
        execution.put("branchName", branch(view, agent));
        execution.put("executedAt", clock.text(view.pendingUntil()));
        execution.put("completedAt", clock.textOrNull(view.completedAt()));
        return execution;
    }

    private Body longExecution(TaskView view, TaskInput.Agent agent) {
        boolean completed = view.status() == Status.COMPLETED;
        Body execution = new Body();
        execution.put("agent", agent.agent());
        execution.put("model", agent.model());
        execution.put("status", executionWord(view.status()));
        execution.put("executionId", "exec_" + agent.agent() + "_" + (view.run() + 1));
        execution.put("startedAt", clock.text(view.pendingUntil()));
        execution.put("completedAt", clock.textOrNull(view.completedAt()));
        execution.put("commits", completed ? List.of(commit(view)) : List.of());
        execution.put("filesChanged", completed ? 1 : 0);
        execution.put("linesAdded", completed ? 12 : 0);
        execution.put("linesRemoved", completed ? 2 : 0);
        execution.put("error", view.error());
        execution.put("result", completed ? Map.of("summary", "Done", "files", List.of()) : null);
        return execution;
    }

    private Body commit(TaskView view) {
        Body commit = new Body();
        commit.put("sha", "0f1e2d3c4b5a");
        commit.put("message", "Do what was asked for");
        commit.put("author", "Example Agent");
        commit.put("timestamp", clock.text(view.since()));
        return commit;
    }

    /** A vocabulary of its own, which has no word for what was stopped. */
    private static String executionWord(Status status) {
        return switch (status) {
            case PENDING -> "pending";
            case PROCESSING, SAVING -> "in_progress";
            case COMPLETED -> "completed";
            case ERROR, STOPPED, TIMEOUT, INTERRUPTED -> "failed";
        };
    }

    private Body diffAnalysis(TaskView view) {
        Body analysis = new Body();
        analysis.put("analysis", "Both do what was asked for.");
        analysis.put("bestAgent", view.task().input().agent().agent());
        analysis.put("analyzedAt", clock.text(view.since()));
        return analysis;
    }

    private static @Nullable Body diffStats(TaskView view) {
        if (view.status() != Status.COMPLETED) {
            return null;
        }
        Body stats = new Body();
        stats.put("totalLinesAdded", 12);
        stats.put("totalLinesRemoved", 2);
        stats.put("totalFilesChanged", 1);
        return stats;
    }

    private static @Nullable String first(List<String> sandboxes) {
        return sandboxes.isEmpty() ? null : sandboxes.get(0);
    }

    private static @Nullable String branch(TaskView view) {
        return view.hasStarted() ? branch(view, view.task().input().agent()) : null;
    }

    private static String branch(TaskView view, TaskInput.Agent agent) {
        return agent.agent() + "/" + view.task().id();
    }
}
