package dev.taskstop.server;

/** A request that is answered with an error. It is part of the normal flow, so it carries no stack trace. */
final class ApiException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String allow;
    private final boolean aboutAgents;

    ApiException(int status, String message) {
        this(status, message, "", false);
    }

    private ApiException(int status, String message, String allow, boolean aboutAgents) {
        super(message, null, false, false);
        this.status = status;
        this.allow = allow;
        this.aboutAgents = aboutAgents;
    }

    static ApiException badRequest(String message) {
        return new ApiException(400, message);
    }

    /** What is wrong with a list of agents is told in a form of its own. */
    static ApiException badAgents(String message) {
        return new ApiException(400, message, "", true);
    }

    static ApiException taskNotFound() {
        return new ApiException(404, "Task not found");
    }

    static ApiException forbidden() {
        return new ApiException(403, "Forbidden");
    }

    static ApiException methodNotAllowed(String allow) {
        return new ApiException(405, "Method not allowed", allow, false);
    }

    boolean isAboutAgents() {
        return aboutAgents;
    }

    int status() {
        return status;
    }

    /** The methods that the path does allow, empty when the method was not the problem. */
    String allow() {
        return allow;
    }
}
