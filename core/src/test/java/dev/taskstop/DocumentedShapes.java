package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is read from each documented object: which component from which field, and which fields are left out. */
final class DocumentedShapes {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final Map<String, String> ID_AND_STATUS = Map.of("taskId", "id", "state", "status");

    /** Read in another way, or put together from several fields; looked at by the tests themselves. */
    private static final Set<String> APART =
            Set.of("asOf", "done", "diffStats", "agents", "sandboxes", "followUps", "index");

    private DocumentedShapes() {}

    /** An object of the documentation. */
    @SuppressWarnings("ImmutableEnumChecker") // Nobody changes these maps.
    enum Shape {
        STOP(ID_AND_STATUS, ""),
        STATUS(Map.of("state", "status"), "inProgress isDone"),
        ITEM(
                merged(
                        ID_AND_STATUS,
                        Map.of("agent", "selectedAgent", "model", "selectedModel", "branch", "selectedBranch")),
                "userId teamId installDependencies error branchName sandboxUrl sandboxId diffStats autoDeployEnabled"
                        + " vercelDeploymentSettings deployments badge creatorImage prNumber prUrl isEmptyGitUser"),
        DETAILS(
                merged(
                        ID_AND_STATUS,
                        Map.of(
                                "agent",
                                "selectedAgent",
                                "model",
                                "selectedModel",
                                "branch",
                                "selectedBranch",
                                "workBranch",
                                "branchName",
                                "pullRequest",
                                "prUrl")),
                "userId teamId prompt installDependencies logs followupMessages checkpoint sandboxUrl sandboxId"
                        + " agentSandboxConfig prNumber multiLaunch selectedAgents agentExecutions diffAnalysis diffStats"
                        + " cumulativeDiff taskSource scheduledTaskId repoInstructions environmentVariables testAccounts"
                        + " autoDeployEnabled deploymentProvider vercelDeploymentSettings gcloudDeploymentSettings"
                        + " deployments lock slackUserId slackTeamId slackChannelId slackMessageTs badge isPublic"
                        + " isEmptyGitUser metaData"),
        EXECUTION(
                Map.of("state", "status", "branch", "branchName"),
                "executionId commits filesChanged linesAdded linesRemoved result"),
        FOLLOW_UP(
                Map.of(
                        "prompt",
                        "message",
                        "state",
                        "status",
                        "agent",
                        "selectedAgent",
                        "model",
                        "selectedModel",
                        "askedAt",
                        "timestamp"),
                ""),
        LOG(Map.of("level", "type"), ""),
        V1_STATUS(Map.of("taskId", "runId", "state", "status"), ""),
        V1_ITEM(Map.of("taskId", "runId", "state", "status"), "taskId assistantMessageId"),
        V1_DETAILS(
                Map.of(
                        "taskId",
                        "runId",
                        "state",
                        "status",
                        "repoUrl",
                        "github",
                        "branch",
                        "github",
                        "workBranch",
                        "github"),
                "taskId assistantMessageId messages inMemory");

        private final Map<String, String> names;
        private final Set<String> leftOut;

        Shape(Map<String, String> names, String leftOut) {
            this.names = names;
            this.leftOut = Set.of(leftOut.split(" "));
        }

        private static Map<String, String> merged(Map<String, String> one, Map<String, String> other) {
            Map<String, String> all = new HashMap<>(one);
            all.putAll(other);
            return all;
        }
    }

    static JsonNode tree(String json) {
        return JSON.readTree(json);
    }

    /** The data of each event of a stream. */
    static List<JsonNode> data(String stream) {
        return stream.lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> tree(line.substring("data: ".length())))
                .toList();
    }

    /** Every component has the value of its field, and every field is read or left out on purpose. */
    static void assertReads(Record read, JsonNode json, Shape shape) {
        Set<String> fields = new HashSet<>(json.propertyNames());
        fields.removeAll(shape.leftOut);
        for (RecordComponent component : read.getClass().getRecordComponents()) {
            String name = shape.names.getOrDefault(component.getName(), component.getName());
            fields.remove(name);
            if (!APART.contains(component.getName()) && !json.path(name).isObject()) {
                assertThat(value(read, component))
                        .as(component.getName())
                        .isEqualTo(expected(json.path(name), component.getType()));
            }
        }
        assertThat(fields)
                .as("fields that are neither read nor left out on purpose")
                .isEmpty();
    }

    private static @Nullable Object value(Record read, RecordComponent component) {
        try {
            return component.getAccessor().invoke(read);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(component.getName(), e);
        }
    }

    private static @Nullable Object expected(JsonNode field, Class<?> type) {
        if (field.isMissingNode() || field.isNull()) {
            return null;
        }
        if (type == TaskState.class) {
            return TaskState.of(field.asString());
        } else if (type == Instant.class) {
            return Instant.parse(field.asString());
        } else if (type == Duration.class) {
            return Duration.parse("PT" + field.asString());
        } else if (type == Integer.class) {
            return field.asInt();
        }
        return type == Boolean.class ? (Object) field.asBoolean() : field.asString();
    }
}
