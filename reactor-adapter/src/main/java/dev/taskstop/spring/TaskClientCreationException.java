package dev.taskstop.spring;

/** The client cannot be built with the settings it got; the message has the words of the properties. */
final class TaskClientCreationException extends RuntimeException {

    private static final long serialVersionUID = 1;

    TaskClientCreationException(RuntimeException cause) {
        super(Texts.namingProperties(cause.getMessage()), cause);
    }
}
