package dev.taskstop.spring;

/** The client cannot be built with the settings it got; the cause names the setting. */
final class TaskClientCreationException extends RuntimeException {

    private static final long serialVersionUID = 1;

    TaskClientCreationException(RuntimeException cause) {
        super(cause.getMessage(), cause);
    }

    boolean isKeyMissing() {
        return getCause() instanceof IllegalStateException;
    }
}
