package dev.taskstop.benchmarks;

/** Who takes part. */
enum Contenders {
    TASKSTOP("Taskstop"),
    REACTOR_NETTY("Reactor Netty, bare loop"),
    WEB_CLIENT("WebClient"),
    APACHE("Apache HttpClient 5, async"),
    OK_HTTP("OkHttp"),
    JDK("java.net.http");

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
        return this != JDK || protocol != Protocol.HTTP_2;
    }

    /** Whether Taskstop is to be ahead of it over HTTP/1.1, too. */
    boolean isDearerOverHttp1() {
        return this == WEB_CLIENT || this == OK_HTTP || this == JDK;
    }

    Contender open(Target target) {
        return switch (this) {
            case TASKSTOP -> new TaskstopContender(target);
            case REACTOR_NETTY -> new ReactorNettyContender(target);
            case WEB_CLIENT -> new WebClientContender(target);
            case APACHE -> new ApacheContender(target);
            case OK_HTTP -> new OkHttpContender(target);
            case JDK -> new JdkContender(target);
        };
    }
}
