package dev.taskstop.spring;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.NestedExceptionUtils;

/**
 * Tells in the words of Spring's configuration what to do when there is no client, whoever wanted to build it: the
 * application may have beans that do so with the injected builder.
 */
final class TaskClientFailureAnalyzer extends AbstractFailureAnalyzer<RuntimeException> {

    private static final String BUILDER = "dev.taskstop.TaskClientBuilder";

    /** How near the top of the stack the builder has to be. */
    private static final int DEPTH = 4;

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable root, RuntimeException failure) {
        Throwable cause = NestedExceptionUtils.getMostSpecificCause(root);
        if (!isOfBuilder(cause, DEPTH)) {
            return null;
        }
        // The builder itself misses nothing but the key.
        return cause instanceof IllegalStateException && isOfBuilder(cause, 1)
                ? new FailureAnalysis(
                        "The task client has no API key.",
                        "Set the property taskstop.api-key, for example to ${BLACKBOX_API_KEY}, or define a bean of type"
                                + " TaskstopConnectionDetails, or one of type TaskClientCustomizer that brings a key.",
                        cause)
                : new FailureAnalysis(
                        "The task client cannot be built: " + Texts.namingProperties(cause.getMessage()),
                        "Review the properties that begin with taskstop.",
                        cause);
    }

    private static boolean isOfBuilder(Throwable failure, int depth) {
        return (failure instanceof IllegalStateException || failure instanceof IllegalArgumentException)
                && Arrays.stream(failure.getStackTrace())
                        .limit(depth)
                        .anyMatch(frame -> frame.getClassName().equals(BUILDER)
                                && frame.getMethodName().equals("build"));
    }
}
