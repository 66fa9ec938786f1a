package dev.taskstop.benchmarks;

/** Who takes part. */
enum Contenders {
    TASKSTOP("Taskstop"),
    REACTOR_NETTY("Reactor Netty, bare loop");

    /** What the others are compared with. */
    static final Contenders REFERENCE = REACTOR_NETTY;

    private final String title;

    Contenders(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    boolean speaks(Protocol protocol) {
        return true;
    }

    /** Whether Taskstop is to be ahead of it over HTTP/1.1, too. */
    boolean isDearerOverHttp1() {
        return false;
    }

    Contender open(Target target) {
        return switch (this) {
            case TASKSTOP -> new TaskstopContender(target);
            case REACTOR_NETTY -> new ReactorNettyContender(target);
        };
    }
}
