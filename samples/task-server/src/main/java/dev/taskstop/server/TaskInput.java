package dev.taskstop.server;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a task was created with. Tasks that are created in bulk share one.
 *
 * @param repoUrl empty without a repository
 * @param creator who is shown to have created it; null for its owner
 */
record TaskInput(
        String prompt,
        String repoUrl,
        String branch,
        List<Agent> agents,
        @Nullable String batchId,
        @Nullable String creator) {

    static final Agent DEFAULT_AGENT = new Agent("blackbox", "blackboxai/blackbox-pro");
    static final TaskInput DEFAULT = new TaskInput(
            "Describe the public methods",
            "https://github.com/example/repo.git",
            "main",
            List.of(DEFAULT_AGENT),
            null,
            null);

    record Agent(String agent, String model) {}

    Agent agent() {
        return agents.get(0);
    }

    boolean isMultiAgent() {
        return agents.size() > 1;
    }
}
