package dev.taskstop.server;

/** The form of what the cloud API tells about each agent of a task; its documentation has two. */
public enum ExecutionForm {
    /** As the page about getting a task has it: agent, status, difference, branch, times. */
    GET_TASK,
    /** As the page about tasks of several agents has it: also the model, the commits, counts, error and result. */
    MULTI_AGENT_TASK
}
