package dev.taskstop.spring;

import dev.taskstop.TaskException;
import dev.taskstop.TaskRequestException;
import dev.taskstop.TaskResponseException;
import java.time.Duration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Tells a {@link TaskException} to the callers of this application as a problem detail (RFC 9457). What is about this
 * application's key is no business of theirs: to them it is a bad gateway.
 */
@RestControllerAdvice
@Order(0)
final class TaskProblems {

    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);

    @ExceptionHandler
    ResponseEntity<ProblemDetail> problem(TaskException failure) {
        HttpStatus status = status(failure);
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, String.valueOf(failure.getMessage()));
        problem.setProperty("reason", reason(failure));
        problem.setProperty("outcomeUnknown", failure.isOutcomeUnknown());
        HttpHeaders headers = new HttpHeaders();
        // Said, or a caller that waits for events gets an event.
        headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        if (failure instanceof TaskResponseException answer && status == HttpStatus.SERVICE_UNAVAILABLE) {
            Duration wait = answer.retryAfter();
            if (wait != null) {
                // Whole seconds, none of them too early.
                headers.set(
                        HttpHeaders.RETRY_AFTER,
                        Long.toString(Math.max(
                                SHORTEST_WAIT.toSeconds(), wait.plusMillis(999).toSeconds())));
            }
        }
        return new ResponseEntity<>(problem, headers, status);
    }

    private static String reason(TaskException failure) {
        if (failure instanceof TaskResponseException answer) {
            return answer.reason().name();
        }
        return failure instanceof TaskRequestException unanswered
                ? unanswered.reason().name()
                : "UNREADABLE_ANSWER";
    }

    private static HttpStatus status(TaskException failure) {
        if (failure instanceof TaskResponseException answer) {
            return switch (answer.reason()) {
                case NOT_FOUND -> HttpStatus.NOT_FOUND;
                case NOT_ACTIVE, RUNS_AGAIN -> HttpStatus.CONFLICT;
                case RATE_LIMITED -> HttpStatus.SERVICE_UNAVAILABLE;
                case UNAUTHORIZED, PAYMENT_REQUIRED, FORBIDDEN, SERVER_ERROR, UNEXPECTED -> HttpStatus.BAD_GATEWAY;
            };
        }
        if (failure instanceof TaskRequestException unanswered) {
            return switch (unanswered.reason()) {
                case REFUSED -> HttpStatus.BAD_REQUEST;
                case NO_TURN, NO_KEY -> HttpStatus.SERVICE_UNAVAILABLE;
                case NO_ANSWER, DEADLINE, UNCONFIRMED -> HttpStatus.GATEWAY_TIMEOUT;
                case NOT_SENT, NOT_PROCESSED, BROKEN_OFF -> HttpStatus.BAD_GATEWAY;
            };
        }
        return HttpStatus.BAD_GATEWAY;
    }
}
