package dev.taskstop.benchmarks;

import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.resources.ConnectionProvider;

/** Spring's WebClient in a {@code flatMap}, on the pool of the bare loop. */
final class WebClientContender implements Contender {

    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final Target target;
    private final ConnectionProvider pool;
    private final WebClient client;

    WebClientContender(Target target) {
        this.target = target;
        this.pool = ReactorNettyContender.pool(target);
        this.client = WebClient.builder()
                .clientConnector(new ReactorClientHttpConnector(ReactorNettyContender.withoutHeaders(target, pool)))
                .defaultHeader(HttpHeaders.AUTHORIZATION, target.authorization())
                .defaultHeader(HttpHeaders.ACCEPT, MediaType.APPLICATION_JSON_VALUE)
                .build();
    }

    @Override
    public long stop(Iterator<String> ids) {
        return Objects.requireNonNull(Flux.fromIterable(() -> ids)
                .flatMap(this::stop, target.inFlight())
                .count()
                .block());
    }

    private Mono<StopAnswer.Task> stop(String id) {
        return client.patch()
                .uri(target.stopUri(id))
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(Target.STOP_BODY)
                .retrieve()
                .toEntity(byte[].class)
                .map(answer ->
                        StopAnswer.read(answer.getStatusCode().value(), Objects.requireNonNull(answer.getBody()), id));
    }

    @Override
    public void close() {
        pool.disposeLater().block(CLOSING);
    }
}
