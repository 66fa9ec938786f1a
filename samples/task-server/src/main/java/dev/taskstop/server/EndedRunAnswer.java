package dev.taskstop.server;

/** What the Agent API v1 answers to who cancels a run that has ended already; its documentation does not say. */
public enum EndedRunAnswer {
    /** 400, as the cloud API does. */
    BAD_REQUEST,
    /** 409. */
    CONFLICT,
    /** 200 with {@code success} and the status that the run has. */
    OK
}
