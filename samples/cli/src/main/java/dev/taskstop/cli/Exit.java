package dev.taskstop.cli;

/** What the program tells whoever started it. */
final class Exit {

    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int KEY_REFUSED = 3;

    private static final int SIGNAL = 128;
    static final int HANGUP = SIGNAL + 1;
    static final int INTERRUPTED = SIGNAL + 2;
    static final int BROKEN_PIPE = SIGNAL + 13;
    static final int TERMINATED = SIGNAL + 15;

    private Exit() {}
}
