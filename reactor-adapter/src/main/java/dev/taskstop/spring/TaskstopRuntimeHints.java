package dev.taskstop.spring;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;

/** What Jackson reflects on when it reads an answer of the task API, for a native image. */
final class TaskstopRuntimeHints implements RuntimeHintsRegistrar {

    private static final List<String> ANSWERS = List.of(
            "CloudDialect$StopAnswer",
            "CloudDialect$StopAnswer$Task",
            "CloudDialect$StatusAnswer",
            "CloudDialect$ListAnswer",
            "CloudDialect$ListAnswer$Item",
            "CloudDiffStats",
            "CloudDetails",
            "CloudDetails$Task",
            "CloudDetails$Execution",
            "CloudDetails$Sandbox",
            "CloudDetails$FollowUp",
            "AgentV1Dialect$CancelAnswer",
            "AgentV1Dialect$StatusAnswer",
            "AgentV1Dialect$ListAnswer",
            "AgentV1Dialect$ListAnswer$Item",
            "AgentV1Details",
            "AgentV1Details$GitHub");

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        for (String answer : ANSWERS) {
            hints.reflection()
                    .registerType(
                            TypeReference.of("dev.taskstop." + answer),
                            MemberCategory.INVOKE_DECLARED_CONSTRUCTORS,
                            MemberCategory.INVOKE_DECLARED_METHODS,
                            MemberCategory.ACCESS_DECLARED_FIELDS);
        }
    }
}
