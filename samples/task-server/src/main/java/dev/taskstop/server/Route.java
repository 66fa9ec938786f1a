package dev.taskstop.server;

/** What a request asks for, whatever the api. */
public enum Route {
    /** Create a task. */
    CREATE,
    /** List tasks. */
    LIST,
    /** Get a task. */
    GET,
    /** Get the status of a task. */
    STATUS,
    /** Stop a task. */
    STOP,
    /** Send a follow-up message. */
    CONTINUE,
    /** Follow the log of a task. */
    STREAM,
    /** Read the log of a run. */
    LOGS,
    /** Get the status of the agent of a run. */
    AGENT_STATUS,
    /** Follow the agent of a run. */
    AGENT_STREAM,
    /** No such route, or not with this method. */
    UNKNOWN
}
