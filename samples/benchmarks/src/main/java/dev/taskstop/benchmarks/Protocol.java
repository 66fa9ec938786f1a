package dev.taskstop.benchmarks;

/** How requests travel. */
enum Protocol {
    HTTP_1("HTTP/1.1", false),
    HTTP_2("HTTP/2, prior knowledge", false),
    HTTP_2_TLS("HTTP/2 over TLS", true);

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
