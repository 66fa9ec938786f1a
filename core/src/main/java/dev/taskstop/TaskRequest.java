package dev.taskstop;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request, ready to be sent by a {@link TaskTransport}.
 *
 * <p>Its text form names the method and the path template only: the address holds a task id, the authorization holds
 * the key.
 */
public final class TaskRequest {

    private final String method;
    private final Origin origin;
    private final String target;
    private final String pathTemplate;
    private final String authorization;
    private final byte @Nullable [] body;
    private final int maxBodyBytes;
    private final Runnable onSent;

    TaskRequest(
            String method,
            Origin origin,
            String target,
            String pathTemplate,
            String authorization,
            byte @Nullable [] body,
            int maxBodyBytes) {
        this(method, origin, target, pathTemplate, authorization, body, maxBodyBytes, () -> {});
    }

    private TaskRequest(
            String method,
            Origin origin,
            String target,
            String pathTemplate,
            String authorization,
            byte @Nullable [] body,
            int maxBodyBytes,
            Runnable onSent) {
        this.method = method;
        this.origin = origin;
        this.target = target;
        this.pathTemplate = pathTemplate;
        this.authorization = authorization;
        this.body = body;
        this.maxBodyBytes = maxBodyBytes;
        this.onSent = onSent;
    }

    /** The same request with a key, as the header says it. */
    TaskRequest withAuthorization(String value) {
        return new TaskRequest(method, origin, target, pathTemplate, value, body, maxBodyBytes, onSent);
    }

    /** The same request, of which somebody hears when it leaves. */
    TaskRequest onSent(Runnable listener) {
        return new TaskRequest(method, origin, target, pathTemplate, authorization, body, maxBodyBytes, listener);
    }

    /**
     * Tells that the request is about to leave, so that from now on it may have an effect. A transport calls it just
     * before it writes the first byte; see {@link TaskTransport#marksSent()}.
     */
    public void markSent() {
        onSent.run();
    }

    /**
     * Returns the HTTP method.
     *
     * @return the method, in capitals
     */
    public String method() {
        return method;
    }

    /**
     * Returns the absolute address.
     *
     * @return the address, with everything escaped that has to be
     */
    public URI uri() {
        return origin.uri(target);
    }

    /** The address without scheme, host and port, as it stands in the request's first line. */
    String target() {
        return target;
    }

    /**
     * Returns the path with placeholders in the place of ids, for messages and metrics.
     *
     * @return for example {@code /api/tasks/{taskId}}
     */
    public String pathTemplate() {
        return pathTemplate;
    }

    /**
     * Returns the value of the {@code Authorization} header. It is a secret.
     *
     * @return the header's value
     */
    public String authorization() {
        return authorization;
    }

    /**
     * Returns the value of the {@code User-Agent} header: this library with its version, and what the application says.
     *
     * @return for example {@code taskstop/0.1.0 my-service/2.3}
     */
    public String userAgent() {
        return origin.userAgent();
    }

    /**
     * Returns the JSON body. The array is shared between requests and must not be changed.
     *
     * @return the body, or null for none
     */
    public byte @Nullable [] body() {
        return body;
    }

    /**
     * Returns how much of the answer's body is of use; a transport reads no more than this.
     *
     * @return the limit, in bytes
     */
    public int maxBodyBytes() {
        return maxBodyBytes;
    }

    /** Returns the method and the path template. */
    @Override
    public String toString() {
        return method + " " + pathTemplate;
    }
}
