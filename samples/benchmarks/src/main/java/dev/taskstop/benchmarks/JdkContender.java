package dev.taskstop.benchmarks;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Iterator;

/** The JDK's client with {@code sendAsync}. It has no HTTP/2 without TLS but by upgrade. */
final class JdkContender implements Contender {

    private static final BodyPublisher BODY = BodyPublishers.ofString(Target.STOP_BODY);

    private final Target target;
    private final HttpClient client;

    JdkContender(Target target) {
        this.target = target;
        HttpClient.Builder builder = HttpClient.newBuilder();
        client = target.protocol().isTls()
                ? builder.version(HttpClient.Version.HTTP_2)
                        .sslContext(Trust.context(target.certificate()))
                        .build()
                : builder.version(HttpClient.Version.HTTP_1_1).build();
    }

    @Override
    public long stop(Iterator<String> ids) {
        return Window.run(ids, target.inFlight(), this::start);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback hears of failures
    private void start(String id, Window window) {
        HttpRequest request = HttpRequest.newBuilder(target.stopUri(id))
                .method("PATCH", BODY)
                .header("Authorization", target.authorization())
                .header("Accept", Target.CONTENT_TYPE)
                .header("Content-Type", Target.CONTENT_TYPE)
                .build();
        client.sendAsync(request, BodyHandlers.ofByteArray()).whenComplete((response, failure) -> {
            if (failure == null) {
                window.answered(response.statusCode(), response.body(), id);
            } else {
                window.failed(failure);
            }
        });
    }

    /** Before Java 21 it cannot be closed; its threads end when it is no longer reachable. */
    @Override
    public void close() {}
}
