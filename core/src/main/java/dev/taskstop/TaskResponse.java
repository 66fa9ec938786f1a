package dev.taskstop;

import static java.util.Objects.requireNonNull;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * One HTTP answer, read to its end or to the request's limit.
 *
 * <p>Its text form names the status only: a body holds personal data.
 */
public final class TaskResponse {

    private static final Guard LOOK_UP =
            new Guard(LoggerFactory.getLogger(TaskResponse.class), "A function that looks up headers");

    private final int status;
    private final Function<String, @Nullable String> headers;
    private final byte[] body;
    private final boolean truncated;
    private final Runnable onMisplaced;

    /**
     * Creates an answer.
     *
     * @param status the HTTP status
     * @param headers looks a header up by its name, whatever its case, and gives null for none
     * @param body the body, or as much of it as the request asked for
     * @param truncated whether the body was longer than the request asked for
     */
    public TaskResponse(int status, Function<String, @Nullable String> headers, byte[] body, boolean truncated) {
        this(status, headers, body, truncated, () -> {});
    }

    /** @param onMisplaced runs when it turns out to be the answer to another request */
    TaskResponse(
            int status,
            Function<String, @Nullable String> headers,
            byte[] body,
            boolean truncated,
            Runnable onMisplaced) {
        this.onMisplaced = onMisplaced;
        this.status = status;
        this.headers = requireNonNull(headers, "headers");
        this.body = requireNonNull(body, "body");
        this.truncated = truncated;
    }

    /**
     * Returns the HTTP status.
     *
     * @return the status
     */
    public int status() {
        return status;
    }

    /**
     * Looks up a header.
     *
     * @param name the header's name, in any case
     * @return its first value, or null; also null when the look-up fails, because no answer depends on a header
     */
    public @Nullable String header(String name) {
        return LOOK_UP.callOrNull(() -> headers.apply(name));
    }

    /** Tells that it is the answer to another request, and so perhaps what comes after it on the same connection. */
    void tellMisplaced() {
        onMisplaced.run();
    }

    byte[] body() {
        return body;
    }

    boolean isTruncated() {
        return truncated;
    }

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** Returns the status. */
    @Override
    public String toString() {
        return "HTTP " + status;
    }
}
