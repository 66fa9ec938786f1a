package dev.taskstop.server;

/** How a 429 says when to come back. */
public enum RetryAfterForm {
    /** The header {@code Retry-After} in whole seconds. */
    SECONDS,
    /** The header {@code Retry-After} as an HTTP date. */
    HTTP_DATE,
    /** The field {@code resetAt} of the body. */
    RESET_AT,
    /** Not at all. */
    NONE
}
