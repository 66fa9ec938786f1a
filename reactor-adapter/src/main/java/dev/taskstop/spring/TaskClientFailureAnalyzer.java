package dev.taskstop.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells in the words of Spring's configuration what to do when there is no client. */
final class TaskClientFailureAnalyzer extends AbstractFailureAnalyzer<TaskClientCreationException> {

    @Override
    protected FailureAnalysis analyze(Throwable root, TaskClientCreationException failure) {
        return failure.isKeyMissing()
                ? new FailureAnalysis(
                        "The task client has no API key.",
                        "Set the property taskstop.api-key, for example to ${BLACKBOX_API_KEY}, or define a bean of type"
                                + " TaskstopConnectionDetails, or one of type TaskClientCustomizer that brings a key.",
                        failure)
                : new FailureAnalysis(
                        "The task client cannot be built: " + failure.getMessage(),
                        "Review the properties that begin with taskstop.",
                        failure);
    }
}
