package dev.taskstop.server;

/** What the Agent API v1 answers to who cancels a run that is still queued; its documentation does not say. */
public enum QueuedRunAnswer {
    /** 400, as the cloud API does for a task that is pending. */
    BAD_REQUEST,
    /** 200, and the run is cancelled before it has begun. */
    CANCELLED,
    /** 200 with the status {@code queued}, and the run goes on. */
    UNCHANGED
}
