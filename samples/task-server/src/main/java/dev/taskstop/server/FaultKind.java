package dev.taskstop.server;

/** A way in which a request goes wrong. "Before" leaves the task untouched, "after" does what was asked for first. */
public enum FaultKind {
    /** 500, nothing was done. */
    ERROR_BEFORE,
    /** 500, although it was done. */
    ERROR_AFTER,
    /** The connection (HTTP/2: the stream) ends without an answer, nothing was done. */
    CUT_BEFORE,
    /** The connection (HTTP/2: the stream) ends without an answer, although it was done. */
    CUT_AFTER,
    /** No answer until the client goes away, nothing was done. */
    HANG_BEFORE,
    /** No answer until the client goes away, although it was done. */
    HANG_AFTER,
    /** The right answer, late: it was done at once, also when nobody waits for the answer. */
    LATENCY,
    /** 429 that says when to come back; nothing was done. */
    RATE_LIMITED,
    /** 429 that does not say when to come back; nothing was done. */
    RATE_LIMITED_BARE,
    /** 502 with a web page, nothing was done. */
    HTML_BEFORE,
    /** The right HTTP status with a web page, after it was done. */
    HTML_AFTER,
    /** The right answer behind a lot of white space, after it was done. */
    OVERSIZED,
    /** The right answer, the last one on its connection: HTTP/2 says GOAWAY, and what is in flight beside it is lost. */
    GO_AWAY,
    /** 200 that shows the task as it is, which is not stopped unless it was before: nothing was done. */
    OK_BEFORE,
    /** 200 that shows the task as it was, although it was stopped. */
    OK_AFTER,
    /**
     * The right answer, and in the same breath one that nobody asked for: the next request of the connection may take it
     * for its own. Over HTTP/2 just the right answer.
     */
    SURPLUS,
    /** 102 and 103 before the right answer. */
    INTERIM,
    /** HTTP/2: the stream is refused, which says that nothing was done; HTTP/1.1: as {@link #CUT_BEFORE}. */
    REFUSED_STREAM,
    /**
     * The right answer after a GOAWAY of HTTP/2 that takes back nothing, and leaves it to the client to close the
     * connection. Over HTTP/1.1 just the right answer.
     */
    GO_AWAY_OPEN,
    /**
     * The right answer, and from then on no room for a body of a request on the connection of HTTP/2. Over HTTP/1.1 just
     * the right answer.
     */
    CLOSED_WINDOW,
    /**
     * The right answer, and from then on the connection of HTTP/2 is given no more room for bodies of requests, while its
     * streams are: what is left of the connection's window, up to 65,535 bytes, is the last that it takes. Over HTTP/1.1
     * just the right answer.
     */
    CLOSED_CONNECTION_WINDOW
}
