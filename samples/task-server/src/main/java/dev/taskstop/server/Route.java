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
    /** No such route, or not with this method. */
    UNKNOWN
}
