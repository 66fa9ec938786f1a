package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.ShortSilence;
import dev.taskstop.StopRetry;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskLogEvent;
import dev.taskstop.TaskRequestException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import org.eclipse.jetty.client.HttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.test.StepVerifier;

/** How long a log that is open may be silent, whatever connector carries it. */
class SilentLogsTest {

    private static final String ID = "9qQe2F8Z_nXx9-eJA0BD6";
    private static final Duration SILENCE = Duration.ofMillis(400);
    private static final String STATUS = "event: status\ndata: {\"status\":\"%s\",\"error\":null}\n\n";

    @StartStop
    final MockWebServer server = new MockWebServer();

    private void withClient(String connector, Consumer<TaskClient> test) {
        ClientHttpConnector carrying = builder(connector).build(HttpClientSettings.defaults());
        TaskClient client = TaskClient.builder()
                .apiKey("bb_secret")
                .baseUrl(URI.create("http://127.0.0.1:" + server.getPort()))
                .retry(StopRetry.defaults().withMaxAttempts(1))
                .transport(ShortSilence.on(
                        WebClientTransport.of(WebClient.builder(), carrying, carrying, Duration.ofSeconds(9)), SILENCE))
                .build();
        test.accept(client);
        Signals.values(client.closeAsync());
    }

    private static ClientHttpConnectorBuilder<?> builder(String connector) {
        return switch (connector) {
            case "reactor" -> ClientHttpConnectorBuilder.reactor();
            case "jetty" -> ClientHttpConnectorBuilder.jetty();
            case "http-components" -> ClientHttpConnectorBuilder.httpComponents();
            default -> ClientHttpConnectorBuilder.jdk();
        };
    }

    private static MockResponse.Builder log(String body) {
        return new MockResponse.Builder()
                .addHeader("Content-Type", "text/event-stream")
                .body(body);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty", "http-components", "jdk"})
    void a_log_that_has_gone_silent_is_given_up(String connector) {
        // It stalls in the middle of the body.
        server.enqueue(log(STATUS.formatted("processing") + ":".repeat(200))
                .onResponseBody(SocketEffect.Stall.INSTANCE)
                .build());

        withClient(connector, client -> {
            List<TaskLogEvent> events = new ArrayList<>();
            StepVerifier.create(client.logs(ID).doOnNext(events::add).then())
                    .expectErrorSatisfies(failure -> {
                        assertThat(failure).hasCauseInstanceOf(TimeoutException.class);
                        assertThat(((TaskRequestException) failure).reason())
                                .isEqualTo(TaskRequestException.Reason.BROKEN_OFF);
                    })
                    .verify(Signals.LIMIT);
            assertThat(events).hasSize(1);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty", "http-components", "jdk"})
    void a_log_of_which_nothing_comes_but_its_head_is_given_up(String connector) {
        server.enqueue(log("n").onResponseBody(SocketEffect.Stall.INSTANCE).build());

        withClient(
                connector,
                client -> assertThat(Signals.failure(client.logs(ID))).hasCauseInstanceOf(TimeoutException.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty", "http-components", "jdk"})
    void a_log_that_goes_on_is_not_given_up_however_long_it_takes(String connector) {
        String entries = ": still here\n\n".repeat(20);
        server.enqueue(log(entries + "event: complete\ndata: {\"status\":\"completed\"}\n\n")
                .throttleBody(entries.length() / 10, SILENCE.toMillis() / 4, TimeUnit.MILLISECONDS)
                .build());

        withClient(
                connector, client -> assertThat(Signals.values(client.logs(ID))).hasSize(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty", "http-components", "jdk"})
    void a_log_that_nobody_takes_from_is_not_silent(String connector) {
        String entries = STATUS.formatted("processing") + STATUS.formatted("saving");
        server.enqueue(log(entries.repeat(20_000) + "event: complete\ndata: {\"status\":\"completed\"}\n\n")
                .build());

        withClient(
                connector,
                client -> StepVerifier.create(client.logs(ID), 1)
                        .expectNextCount(1)
                        .thenAwait(SILENCE.multipliedBy(3))
                        .thenRequest(Long.MAX_VALUE)
                        .expectNextCount(40_000)
                        .expectComplete()
                        .verify(Signals.LIMIT));
    }

    private ApplicationContextRunner context() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        TaskstopAutoConfiguration.class,
                        HttpClientAutoConfiguration.class,
                        ReactiveHttpClientAutoConfiguration.class,
                        WebClientAutoConfiguration.class))
                .withPropertyValues("taskstop.api-key=bb_secret", "taskstop.transport=web-client");
    }

    /** Some take it for the time of all, and would end a log that is not silent. */
    @Test
    void a_connector_is_told_no_read_timeout_for_logs() {
        List<String> timeouts = new ArrayList<>();
        ClientHttpConnectorBuilder<?> recording = settings -> {
            timeouts.add(String.valueOf(settings == null ? null : settings.readTimeout()));
            return ClientHttpConnectorBuilder.jdk().build(settings);
        };

        context()
                .withPropertyValues("spring.http.clients.read-timeout=3s")
                .withBean(ClientHttpConnectorBuilder.class, () -> recording)
                .run(started -> assertThat(started).hasSingleBean(TaskClient.class));

        assertThat(timeouts).containsExactly("PT3S", "PT10S", "null");
    }

    @Test
    void jetty_ends_no_connection_that_is_silent_for_less_than_that() {
        List<HttpClient> clients = new ArrayList<>();

        context()
                .withPropertyValues("taskstop.request-timeout=1m")
                .withBean(
                        ClientHttpConnectorBuilder.class,
                        () -> ClientHttpConnectorBuilder.jetty().withHttpClientCustomizer(clients::add))
                .run(started -> assertThat(started).hasSingleBean(TaskClient.class));

        assertThat(clients)
                .extracting(HttpClient::getIdleTimeout)
                .containsExactly(30_000L, 60_000L, Duration.ofHours(1).toMillis());
    }
}
