package dev.taskstop.server;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the bodies of errors in the chosen form. */
final class Errors {

    private static final long DAY_MILLIS = 86_400_000;
    private static final String RATE_LIMIT = "Rate limit exceeded";

    private final ErrorForm form;
    private final RetryAfterForm retryAfter;
    private final InstantSource clock;

    Errors(ErrorForm form, RetryAfterForm retryAfter, InstantSource clock) {
        this.form = form;
        this.retryAfter = retryAfter;
        this.clock = clock;
    }

    ServerAnswer.Body body(ApiException e) {
        String message = String.valueOf(e.getMessage());
        if (e.isAboutAgents()) {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("error", "Invalid agents");
            body.put("message", message);
            body.put("status", e.status());
            return json(e.status(), body);
        }
        ServerAnswer.Body body = body(e.status(), message);
        return e.allow().isEmpty() ? body : with(body, "Allow", e.allow());
    }

    ServerAnswer.Body body(int status, String message) {
        return json(status, Map.of("error", form == ErrorForm.STRING ? message : error(status, message, Map.of())));
    }

    /** A 429 that says, in the chosen form, when to come back. */
    ServerAnswer.Body rateLimited(long waitMillis) {
        long now = clock.millis();
        return switch (retryAfter) {
            case SECONDS -> with(rateLimited(), "Retry-After", String.valueOf((waitMillis + 999) / 1000));
            case HTTP_DATE -> with(rateLimited(), "Retry-After", Times.httpDate(now + waitMillis + 999));
            case RESET_AT -> limitReached(RATE_LIMIT, now + waitMillis);
            case NONE -> rateLimited();
        };
    }

    /** A 429 that does not say when to come back. */
    ServerAnswer.Body rateLimited() {
        return body(429, RATE_LIMIT);
    }

    /** What somebody who cannot create tasks is told. */
    ServerAnswer.Body body(CreateError error) {
        return switch (error) {
            case NO_CREDITS -> object(402, "Out of credits", Map.of("hint", "Add some"));
            case FLAGGED -> object(403, "Input flagged", flagged());
            case NOT_IN_TEAM -> body(403, "Not a member of the team");
            case NO_GITHUB_TOKEN -> body(404, "No GitHub token");
            case DAILY_LIMIT -> limitReached("Daily limit reached", (clock.millis() / DAY_MILLIS + 1) * DAY_MILLIS);
            case GITHUB_FAILED -> body(502, "GitHub failed");
            case NONE -> throw new IllegalStateException("nothing is wrong");
        };
    }

    private static ServerAnswer.Body limitReached(String message, long resetAt) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("error", "Rate limit");
        body.put("message", message);
        body.put("remaining", 0);
        body.put("total", 5);
        body.put("resetAt", Times.iso(resetAt));
        return json(429, body);
    }

    private static Map<String, Object> flagged() {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("reasons", List.of("example"));
        metadata.put("flagged_input", "exa...ple");
        metadata.put("provider_name", "Example");
        metadata.put("model_slug", "example/model");
        return metadata;
    }

    private static ServerAnswer.Body object(int status, String message, Map<String, Object> metadata) {
        return json(status, Map.of("error", error(status, message, metadata)));
    }

    /** The code is the HTTP status once more. */
    private static Map<String, Object> error(int status, String message, Map<String, Object> metadata) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", status);
        error.put("message", message);
        if (!metadata.isEmpty()) {
            error.put("metadata", metadata);
        }
        return error;
    }

    private static ServerAnswer.Body json(int status, Object body) {
        return ServerAnswer.Body.json(status, JsonBodies.write(body));
    }

    private static ServerAnswer.Body with(ServerAnswer.Body body, String header, String value) {
        return new ServerAnswer.Body(body.status(), body.contentType(), Map.of(header, value), body.content());
    }
}
