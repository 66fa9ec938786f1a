package dev.taskstop.server;

/** The form of the field {@code error} in the body of an error. */
public enum ErrorForm {
    /** {@code {"error":"Task not found"}}. */
    STRING,
    /** {@code {"error":{"code":404,"message":"Task not found"}}}. */
    OBJECT
}
