package dev.taskstop.webservice;

import dev.taskstop.TaskException;
import dev.taskstop.TaskResponseException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Says to the callers of this service why a task could not be stopped. */
@RestControllerAdvice
class TaskErrors {

    @ExceptionHandler
    ProblemDetail problem(TaskException failure) {
        return ProblemDetail.forStatusAndDetail(status(failure), String.valueOf(failure.getMessage()));
    }

    private static HttpStatus status(TaskException failure) {
        if (!(failure instanceof TaskResponseException answer)) {
            return HttpStatus.BAD_GATEWAY;
        }
        return switch (answer.reason()) {
            case NOT_FOUND -> HttpStatus.NOT_FOUND;
            case NOT_ACTIVE -> HttpStatus.CONFLICT;
            case RATE_LIMITED -> HttpStatus.SERVICE_UNAVAILABLE;
            default -> HttpStatus.BAD_GATEWAY;
        };
    }
}
