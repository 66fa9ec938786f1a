package dev.taskstop.server;

/** The form of the ids of tasks. Both APIs know a task by its id, whatever its form. */
public enum IdForm {
    /** 21 letters, digits, {@code _} and {@code -}, as the cloud API makes them. */
    NANOID,
    /** A UUID of version 4, as the Agent API v1 makes them. */
    UUID
}
