package dev.taskstop;

/**
 * An answer arrived that says yes and cannot be read: not JSON, not the documented shape, too large, about another
 * task, or about one that has not ended. What it answers may have worked.
 */
public final class TaskDecodingException extends TaskException {

    private static final long serialVersionUID = 1L;

    /** The HTTP status. */
    private final int status;

    TaskDecodingException(TaskRequest request, int status, String problem) {
        super(request + " answered " + status + " with a body that " + problem, true, null);
        this.status = status;
    }

    private TaskDecodingException(TaskDecodingException original, boolean outcomeUnknown) {
        super(original, outcomeUnknown);
        this.status = original.status;
    }

    @Override
    TaskDecodingException copy(boolean outcomeUnknown) {
        return new TaskDecodingException(this, outcomeUnknown);
    }

    @Override
    public boolean isTransient() {
        return true;
    }

    /**
     * Returns the HTTP status of the answer.
     *
     * @return the status, 2xx
     */
    public int status() {
        return status;
    }
}
