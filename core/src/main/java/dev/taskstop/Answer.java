package dev.taskstop;

/**
 * An answer, with the request that it is one to.
 *
 * @param request what was asked
 * @param response what was answered
 */
record Answer(TaskRequest request, TaskResponse response) {

    int status() {
        return response.status();
    }

    /** Why it cannot be read; never what it says. */
    TaskDecodingException unreadable(String problem) {
        return new TaskDecodingException(request, response.status(), problem);
    }
}
