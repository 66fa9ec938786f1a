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
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
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
                .clientConnector(new ReactorClientHttpConnector(http()))
                .defaultHeader(HttpHeaders.AUTHORIZATION, target.authorization())
                .defaultHeader(HttpHeaders.ACCEPT, MediaType.APPLICATION_JSON_VALUE)
                .build();
    }

    private HttpClient http() {
        HttpClient http = HttpClient.create(pool).disableRetry(true);
        return switch (target.protocol()) {
            case HTTP_1 -> http.protocol(HttpProtocol.HTTP11);
            case HTTP_2 -> http.protocol(HttpProtocol.H2C);
            case HTTP_2_TLS -> Trust.of(target.certificate(), http.protocol(HttpProtocol.H2));
        };
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
