package dev.taskstop.server;

/** A request that is answered with an error. It is part of the normal flow, so it carries no stack trace. */
final class ApiException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String allow;

    ApiException(int status, String message) {
        this(status, message, "");
    }

    private ApiException(int status, String message, String allow) {
        super(message, null, false, false);
        this.status = status;
        this.allow = allow;
    }

    static ApiException badRequest(String message) {
        return new ApiException(400, message);
    }

    static ApiException taskNotFound() {
        return new ApiException(404, "Task not found");
    }

    static ApiException forbidden() {
        return new ApiException(403, "Forbidden");
    }

    static ApiException methodNotAllowed(String allow) {
        return new ApiException(405, "Method not allowed", allow);
    }

    int status() {
        return status;
    }

    /** The methods that the path does allow, empty when the method was not the problem. */
    String allow() {
        return allow;
    }
}
