package dev.taskstop;

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * What the observation of a stop knows, for a {@link StopObservationConvention}. The result is there once it is known;
 * before, when an observation starts, it is null.
 */
public final class StopObservationContext extends Observation.Context {

    private final String dialect;
    private final @Nullable String taskId;
    private final @Nullable String reason;
    private volatile @Nullable StopResult result;
    private volatile boolean cancelled;

    StopObservationContext(String dialect, @Nullable String taskId, @Nullable String reason) {
        this.dialect = dialect;
        this.taskId = taskId;
        this.reason = reason;
    }

    void setResult(StopResult result) {
        this.result = result;
    }

    void setCancelled() {
        this.cancelled = true;
    }

    /**
     * Returns the form of the API.
     *
     * @return {@code cloud} or {@code agent_v1}
     */
    public String dialect() {
        return dialect;
    }

    /**
     * Returns the task's id.
     *
     * @return the id, or null when it cannot be one
     */
    public @Nullable String taskId() {
        return taskId;
    }

    /**
     * Returns why the task was to be stopped, see {@link StopAllOptions#withReason}.
     *
     * @return the reason, or null when it was not said
     */
    public @Nullable String reason() {
        return reason;
    }

    /**
     * Returns what became of the task.
     *
     * @return the result, or null when there is none yet, or the subscriber went away before
     */
    public @Nullable StopResult result() {
        return result;
    }

    /**
     * Tells whether the subscriber went away before there was a result.
     *
     * @return true when it did
     */
    public boolean isCancelled() {
        return cancelled;
    }
}
