package dev.taskstop.benchmarks;

import dev.taskstop.StopSummary;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import reactor.core.publisher.Flux;

/** Taskstop as it comes: only the address, the key, the concurrency and the trust are set. */
final class TaskstopContender implements Contender {

    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final TaskClient client;

    TaskstopContender(Target target) {
        TaskClientBuilder builder = TaskClient.builder()
                .baseUrl(target.baseUrl())
                .apiKey(target.key())
                .concurrency(target.inFlight());
        client = switch (target.protocol()) {
            case HTTP_1 -> builder.build();
            case HTTP_2 -> builder.http2PriorKnowledge().build();
            case HTTP_2_TLS ->
                builder.httpClient(http -> Trust.of(target.certificate(), http)).build();
        };
    }

    @Override
    public long stop(Iterator<String> ids) {
        StopSummary summary = Objects.requireNonNull(Flux.fromIterable(() -> ids)
                .transform(client::stopAll)
                .collect(StopSummary.collector())
                .block());
        if (summary.stopped() != summary.total()) {
            throw new IllegalStateException(summary.toString());
        }
        return summary.stopped();
    }

    @Override
    public void close() {
        client.closeAsync().block(CLOSING);
    }
}
