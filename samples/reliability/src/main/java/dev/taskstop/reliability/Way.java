package dev.taskstop.reliability;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import dev.taskstop.reliability.FaultyProxy.Fault;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;

/** How the server is reached, and within how many bytes a connection may break. */
enum Way {
    HTTP_1(false, 3_000),
    HTTP_1_TLS(true, 8_000),
    HTTP_2(false, 20_000),
    HTTP_2_TLS(true, 20_000);

    private final boolean tls;
    private final int span;

    Way(boolean tls, int span) {
        this.tls = tls;
        this.span = span;
    }

    boolean isTls() {
        return tls;
    }

    boolean isHttp2() {
        return this == HTTP_2 || this == HTTP_2_TLS;
    }

    int span() {
        return span;
    }

    /** What may happen to connections, of which TLS notices more. */
    List<Fault> faults() {
        return Stream.of(Fault.values())
                .filter(fault -> tls || !FaultyProxy.ONLY_OVER_TLS.contains(fault))
                .toList();
    }

    /** A client that takes this way to an address. */
    TaskClientBuilder client(URI url, Certificate certificate) {
        TaskClientBuilder builder = TaskClient.builder().baseUrl(url);
        return switch (this) {
            case HTTP_1 -> builder;
            case HTTP_2 -> builder.http2PriorKnowledge();
            case HTTP_1_TLS, HTTP_2_TLS -> builder.httpClient(http -> certificate.trustedBy(http, isHttp2()));
        };
    }
}
