package dev.taskstop.benchmarks;

/** How requests travel; first what is used in production. */
enum Protocol {
    HTTP_2_TLS("HTTP/2 over TLS", true),
    HTTP_2("HTTP/2, prior knowledge", false),
    HTTP_1("HTTP/1.1", false);

    private final String title;
    private final boolean tls;

    Protocol(String title, boolean tls) {
        this.title = title;
        this.tls = tls;
    }

    String title() {
        return title;
    }

    boolean isTls() {
        return tls;
    }
}
