package dev.taskstop.cli;

/** What the program tells whoever started it. */
final class Exit {

    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int KEY_REFUSED = 3;

    /** Of {@code await}: a task ended, but not with its work done. */
    static final int NOT_COMPLETED = 4;

    /** Of {@code await}: a task was stopped because it took too long. */
    static final int STOPPED = 5;

    private static final int SIGNAL = 128;
    static final int HANGUP = SIGNAL + 1;
    static final int INTERRUPTED = SIGNAL + 2;
    static final int BROKEN_PIPE = SIGNAL + 13;
    static final int TERMINATED = SIGNAL + 15;

    private Exit() {}
}
