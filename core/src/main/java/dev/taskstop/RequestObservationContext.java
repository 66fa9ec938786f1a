package dev.taskstop;

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * What the observation of an HTTP exchange knows, for a {@link RequestObservationConvention}. The outcome is there once
 * it is known; before, when an observation starts, it is null.
 */
public final class RequestObservationContext extends Observation.Context {

    private final String method;
    private final String pathTemplate;
    private volatile @Nullable Integer status;
    private volatile @Nullable String outcome;

    RequestObservationContext(String method, String pathTemplate) {
        this.method = method;
        this.pathTemplate = pathTemplate;
    }

    void end(@Nullable Integer status, String outcome) {
        this.status = status;
        this.outcome = outcome;
    }

    /**
     * Returns the HTTP method.
     *
     * @return the method
     */
    public String method() {
        return method;
    }

    /**
     * Returns the path template, such as {@code /api/tasks/{taskId}}; never the path.
     *
     * @return the template
     */
    public String pathTemplate() {
        return pathTemplate;
    }

    /**
     * Returns the HTTP status of the answer. A server can put any number there.
     *
     * @return the status, or null without an answer
     */
    public @Nullable Integer status() {
        return status;
    }

    /**
     * Returns whether there is an answer.
     *
     * @return a value of {@link TaskObservationDocumentation.RequestKey#OUTCOME}, or null when it is not known yet
     */
    public @Nullable String outcome() {
        return outcome;
    }
}
