package dev.taskstop.server;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes the bodies of errors in the chosen form. */
final class Errors {

    private final ErrorForm form;
    private final RetryAfterForm retryAfter;
    private final InstantSource clock;

    Errors(ErrorForm form, RetryAfterForm retryAfter, InstantSource clock) {
        this.form = form;
        this.retryAfter = retryAfter;
        this.clock = clock;
    }

    ServerAnswer.Body body(ApiException e) {
        ServerAnswer.Body body = body(e.status(), String.valueOf(e.getMessage()));
        return e.allow().isEmpty() ? body : with(body, "Allow", e.allow());
    }

    ServerAnswer.Body body(int status, String message) {
        return ServerAnswer.Body.json(status, JsonBodies.write(Map.of("error", error(status, message))));
    }

    /** A 429 that says, in the chosen form, when to come back. */
    ServerAnswer.Body rateLimited(long waitMillis) {
        long now = clock.millis();
        return switch (retryAfter) {
            case SECONDS -> with(rateLimited(), "Retry-After", String.valueOf((waitMillis + 999) / 1000));
            case HTTP_DATE -> with(rateLimited(), "Retry-After", Times.httpDate(now + waitMillis + 999));
            case RESET_AT -> {
                Map<String, Object> body = new LinkedHashMap<>();
                body.put("error", error(429, "Rate limit exceeded"));
                body.put("resetAt", Times.iso(now + waitMillis));
                yield ServerAnswer.Body.json(429, JsonBodies.write(body));
            }
            case NONE -> rateLimited();
        };
    }

    /** A 429 that does not say when to come back. */
    ServerAnswer.Body rateLimited() {
        return body(429, "Rate limit exceeded");
    }

    private Object error(int status, String message) {
        return switch (form) {
            case STRING -> message;
            case OBJECT -> {
                Map<String, Object> error = new LinkedHashMap<>();
                error.put("code", code(status));
                error.put("message", message);
                error.put("metadata", Map.of());
                yield error;
            }
        };
    }

    private static String code(int status) {
        return switch (status) {
            case 400 -> "BAD_REQUEST";
            case 401 -> "UNAUTHORIZED";
            case 403 -> "FORBIDDEN";
            case 404 -> "NOT_FOUND";
            case 405 -> "METHOD_NOT_ALLOWED";
            case 409 -> "CONFLICT";
            case 413 -> "PAYLOAD_TOO_LARGE";
            case 429 -> "RATE_LIMITED";
            default -> "INTERNAL_SERVER_ERROR";
        };
    }

    private static ServerAnswer.Body with(ServerAnswer.Body body, String header, String value) {
        return new ServerAnswer.Body(body.status(), body.contentType(), Map.of(header, value), body.content());
    }
}
