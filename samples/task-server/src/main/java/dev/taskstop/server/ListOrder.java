package dev.taskstop.server;

/** The order of lists, which the documentation does not tell. */
public enum ListOrder {
    /** The newest first. */
    NEWEST_FIRST,
    /** The oldest first. */
    OLDEST_FIRST,
    /** What changed last first: a running task changes with each line of its log, so the order moves while it is read. */
    LAST_UPDATED_FIRST,
    /** Another order for each request. */
    SHUFFLED
}
