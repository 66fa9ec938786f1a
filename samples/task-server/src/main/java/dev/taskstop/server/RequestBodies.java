package dev.taskstop.server;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What clients send; either API reads the fields that it knows. */
final class RequestBodies {

    static final List<Class<?>> ALL = List.of(Create.class, Change.class, Continue.class);

    private RequestBodies() {}

    record Create(
            @Nullable String prompt,
            @Nullable String message,
            @Nullable String type,
            @Nullable String model,
            @Nullable String agent,
            @Nullable String repoUrl,
            @Nullable String selectedBranch,
            @Nullable String selectedAgent,
            @Nullable String selectedModel,
            @Nullable List<TaskInput.Agent> selectedAgents,
            @Nullable String batchId) {}

    record Change(@Nullable String action, @Nullable String title) {}

    record Continue(
            @Nullable String currentPrompt,
            @Nullable String prompt,
            @Nullable String selectedAgent,
            @Nullable String selectedModel,
            @Nullable String agent,
            @Nullable String model) {}

    static String required(String name, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw ApiException.badRequest(name + " is required");
        }
        return value;
    }

    static String or(@Nullable String value, String otherwise) {
        return value == null || value.isBlank() ? otherwise : value;
    }
}
