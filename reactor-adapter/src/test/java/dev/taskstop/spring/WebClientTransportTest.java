package dev.taskstop.spring;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskException;
import dev.taskstop.TaskRequestException;
import dev.taskstop.TaskResponseException;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class WebClientTransportTest {

    private static final String ID = "9qQe2F8Z_nXx9-eJA0BD6";

    @StartStop
    final MockWebServer server = new MockWebServer();

    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    TaskstopAutoConfiguration.class,
                    SslAutoConfiguration.class,
                    HttpClientAutoConfiguration.class,
                    ReactiveHttpClientAutoConfiguration.class,
                    WebClientAutoConfiguration.class))
            .withPropertyValues(
                    "taskstop.api-key=bb_secret",
                    "taskstop.transport=web-client",
                    "taskstop.request-timeout=500ms",
                    "taskstop.retry.max-attempts=1",
                    "taskstop.retry.budget=0");

    private void onMock(Consumer<TaskClient> test) {
        context.withPropertyValues("taskstop.base-url=" + server.url("/"))
                .run(started -> test.accept(started.getBean(TaskClient.class)));
    }

    private static void assertNoAnswer(TaskClient client) {
        assertThat(Signals.failure(client.stop(ID)))
                .isInstanceOfSatisfying(
                        TaskRequestException.class,
                        failure -> assertThat(failure.isOutcomeUnknown()).isTrue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jdk"})
    void whole_journeys_run_on_either_kind_of_http_client(String connector) {
        try (TaskServer tasks = TaskServer.start()) {
            List<String> taskIds = tasks.createTasks(200, Lifecycle.staysIn(Status.PROCESSING));
            AtomicInteger filtered = new AtomicInteger();
            WebClientCustomizer countingFilter = builder -> builder.filter((request, next) -> {
                filtered.incrementAndGet();
                return next.exchange(request);
            });

            context.withPropertyValues(
                            "taskstop.base-url=" + tasks.baseUrl(),
                            "taskstop.api-key=" + tasks.key(),
                            "taskstop.request-timeout=5s",
                            "spring.http.clients.reactive.connector=" + connector)
                    .withBean(WebClientCustomizer.class, () -> countingFilter)
                    .run(started -> {
                        TaskClient client = started.getBean(TaskClient.class);

                        assertThat(Signals.values(client.stopAll(Flux.fromIterable(taskIds))))
                                .hasSize(200)
                                .allSatisfy(result -> assertThat(result).isInstanceOf(Stopped.class));
                        assertThat(filtered).hasValue(200);
                        assertThat(Signals.value(client.status(taskIds.get(0))).done())
                                .isTrue();
                        assertThat(Signals.values(client.logs(taskIds.get(0)))).isNotEmpty();
                    });
            assertThat(taskIds)
                    .allSatisfy(id ->
                            assertThat(tasks.ledger().of(id).effectiveRequest()).isEqualTo(1));
        }
    }

    @Test
    void a_redirect_is_not_followed() {
        server.enqueue(new MockResponse.Builder()
                .code(307)
                .addHeader("Location", server.url("/elsewhere"))
                .build());

        onMock(client -> assertThat(Signals.failure(client.stop(ID))).isInstanceOf(TaskResponseException.class));

        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void the_request_is_the_documented_one() throws InterruptedException {
        server.enqueue(new MockResponse.Builder()
                .body("{\"task\":{\"id\":\"%s\",\"status\":\"stopped\"}}".formatted(ID))
                .build());

        onMock(client -> Signals.value(client.stop(ID)));

        assertThat(server.takeRequest(5, TimeUnit.SECONDS)).isNotNull().satisfies(request -> {
            assertThat(request.getRequestLine()).startsWith("PATCH /api/tasks/" + ID);
            assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer bb_secret");
            assertThat(request.getHeaders().get("Content-Type")).isEqualTo("application/json");
            assertThat(request.getHeaders().get("Accept")).isEqualTo("application/json");
            assertThat(request.getHeaders().values("Accept-Encoding")).containsExactly("identity");
            assertThat(request.getBody())
                    .isNotNull()
                    .satisfies(body -> assertThat(body.utf8()).isEqualTo("{\"action\":\"stop\"}"));
        });
    }

    /** What an application's own calls begin with, among it a key of another service. */
    @Test
    void the_request_has_one_key_whatever_the_application_begins_its_requests_with() throws InterruptedException {
        server.enqueue(new MockResponse.Builder()
                .body("{\"task\":{\"id\":\"%s\",\"status\":\"stopped\"}}".formatted(ID))
                .build());
        WebClientCustomizer foreign = builder -> builder.defaultHeader("Authorization", "Bearer foreign")
                .defaultHeader("Accept", "text/html")
                .defaultRequest(request -> request.header("Authorization", "Bearer foreign")
                        .header("User-Agent", "foreign")
                        .header("Accept", "text/html")
                        .header("Content-Type", "text/plain")
                        .header("Accept-Encoding", "gzip"));

        context.withPropertyValues("taskstop.base-url=" + server.url("/"))
                .withBean(WebClientCustomizer.class, () -> foreign)
                .run(started -> Signals.value(started.getBean(TaskClient.class).stop(ID)));

        assertThat(server.takeRequest(5, TimeUnit.SECONDS)).isNotNull().satisfies(request -> {
            assertThat(request.getHeaders().values("Authorization")).containsExactly("Bearer bb_secret");
            assertThat(request.getHeaders().values("Accept-Encoding")).containsExactly("identity");
            assertThat(request.getHeaders().values("Content-Type")).containsExactly("application/json");
            assertThat(request.getHeaders().values("Accept")).containsExactly("application/json");
            assertThat(request.getHeaders().values("User-Agent"))
                    .singleElement()
                    .asString()
                    .startsWith("taskstop");
        });
    }

    /** Those of Jetty and Apache log what they send, and cannot be told not to. */
    @ExtendWith(OutputCaptureExtension.class)
    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jdk"})
    void the_key_is_in_no_log_though_everything_is_logged(String connector, CapturedOutput output) {
        server.enqueue(new MockResponse.Builder()
                .body("{\"task\":{\"id\":\"%s\",\"status\":\"stopped\"}}".formatted(ID))
                .build());
        Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        root.setLevel(Level.TRACE);
        try {
            context.withPropertyValues(
                            "taskstop.base-url=" + server.url("/"),
                            "spring.http.clients.reactive.connector=" + connector,
                            "spring.http.codecs.log-request-details=true")
                    .withConfiguration(AutoConfigurations.of(CodecsAutoConfiguration.class))
                    .run(started ->
                            Signals.value(started.getBean(TaskClient.class).stop(ID)));
        } finally {
            root.setLevel(before);
        }

        assertThat(output).contains(ID).doesNotContain("bb_secret");
    }

    @Test
    void a_silent_server_leaves_the_outcome_unknown() {
        server.enqueue(
                new MockResponse.Builder().headersDelay(20, TimeUnit.SECONDS).build());

        onMock(WebClientTransportTest::assertNoAnswer);
    }

    @Test
    void a_connection_that_is_cut_leaves_the_outcome_unknown() {
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(new SocketEffect.CloseSocket())
                .build());

        onMock(WebClientTransportTest::assertNoAnswer);
    }

    @Test
    void what_never_had_a_connection_was_not_sent() {
        server.close();

        onMock(client -> assertThat(Signals.failure(client.stop(ID)))
                .isInstanceOfSatisfying(
                        TaskRequestException.class,
                        failure -> assertThat(failure.isOutcomeUnknown()).isFalse()));
    }

    private StopFailure failure(String connector, ExchangeFilterFunction filter) {
        AtomicReference<TaskRequestException> failure = new AtomicReference<>();
        context.withPropertyValues("spring.http.clients.reactive.connector=" + connector)
                .withPropertyValues("taskstop.base-url=" + server.url("/"))
                .withBean(WebClientCustomizer.class, () -> builder -> builder.filter(filter))
                .run(started -> failure.set((TaskRequestException)
                        Signals.failure(started.getBean(TaskClient.class).stop(ID))));
        return new StopFailure(Objects.requireNonNull(failure.get()), server.getRequestCount());
    }

    private record StopFailure(TaskRequestException error, int requests) {}

    /** Such as one that reports each answer to a service that is down. */
    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jdk"})
    void a_filter_that_fails_to_connect_elsewhere_after_the_answer_does_not_make_the_request_unsent(String connector) {
        server.enqueue(new MockResponse.Builder().code(200).body("{}").build());
        server.enqueue(new MockResponse.Builder().code(200).body("{}").build());

        StopFailure failure = failure(
                connector,
                (request, next) -> next.exchange(request)
                        .flatMap(answer -> answer.releaseBody()
                                .then(Mono.error(new WebClientRequestException(
                                        new ConnectException("the other service"),
                                        request.method(),
                                        request.url(),
                                        request.headers())))));

        assertThat(failure.error().isOutcomeUnknown()).isTrue();
        assertThat(failure.requests()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jdk"})
    void a_filter_that_fails_before_the_request_leaves_it_unsent_whatever_it_throws(String connector) {
        StopFailure failure =
                failure(connector, (request, next) -> Mono.error(new IllegalStateException("no token for the proxy")));

        assertThat(failure.error().reason()).isEqualTo(TaskRequestException.Reason.NOT_SENT);
        assertThat(failure.requests()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jdk"})
    void a_filter_that_sends_once_more_does_not_make_the_first_request_unsent(String connector) {
        server.enqueue(new MockResponse.Builder().code(500).build());

        StopFailure failure = failure(
                connector,
                (request, next) -> next.exchange(request)
                        .flatMap(answer -> answer.releaseBody().then(Mono.defer(() -> {
                            server.close();
                            return next.exchange(request);
                        }))));

        assertThat(failure.error().isOutcomeUnknown()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jdk"})
    void where_a_filter_hides_whose_request_it_sends_nothing_is_said_to_be_unsent(String connector) {
        server.close();

        StopFailure failure = failure(
                connector,
                (request, next) -> next.exchange(ClientRequest.create(request.method(), request.url())
                        .headers(headers -> headers.addAll(request.headers()))
                        .body(request.body())
                        .build()));

        assertThat(failure.error().isOutcomeUnknown()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jdk"})
    void without_a_connection_a_request_is_unsent_through_any_filter(String connector) {
        server.close();

        StopFailure failure = failure(
                connector,
                (request, next) -> next.exchange(request).onErrorMap(e -> new IllegalArgumentException("hidden", e)));

        assertThat(failure.error().reason()).isEqualTo(TaskRequestException.Reason.NOT_SENT);
    }

    /** One that is out for a token of its own, say, and whose library knows no cancel. */
    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jdk", "jetty", "http-components"})
    void what_was_said_to_be_unsent_does_not_leave_later(String connector) {
        server.enqueue(new MockResponse.Builder().body("{}").build());
        Sinks.Empty<Void> token = Sinks.empty();
        AtomicReference<Mono<ClientResponse>> sending = new AtomicReference<>();
        ExchangeFilterFunction uncancelled = (request, next) -> {
            Mono<ClientResponse> sent = token.asMono()
                    .then(Mono.defer(() -> next.exchange(request)))
                    .cache();
            sending.set(sent);
            return sent;
        };

        context.withPropertyValues(
                        "spring.http.clients.reactive.connector=" + connector, "taskstop.base-url=" + server.url("/"))
                .withBean(WebClientCustomizer.class, () -> builder -> builder.filter(uncancelled))
                .run(started -> {
                    assertThat(Signals.failure(started.getBean(TaskClient.class).stop(ID)))
                            .isInstanceOfSatisfying(
                                    TaskRequestException.class,
                                    failure -> assertThat(failure.reason())
                                            .isEqualTo(TaskRequestException.Reason.NOT_SENT));
                    token.tryEmitEmpty();

                    assertThat(Signals.failure(requireNonNull(sending.get()))).isNotNull();
                });
        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void the_connect_timeout_is_that_of_the_property_and_else_that_of_the_application() {
        Duration two = Duration.ofSeconds(2);
        Duration three = Duration.ofSeconds(3);

        assertThat(connectTimeouts("taskstop.connect-timeout=2s", "spring.http.clients.connect-timeout=3s"))
                .containsExactly(three, two, two);
        assertThat(connectTimeouts("spring.http.clients.connect-timeout=3s")).containsExactly(three, three, three);
    }

    /** Tells what HTTP clients are made with: the application's own, that for requests, that for log streams. */
    private List<Duration> connectTimeouts(String... properties) {
        List<Duration> timeouts = new ArrayList<>();
        ClientHttpConnectorBuilder<?> recording = settings -> {
            timeouts.add(requireNonNull(requireNonNull(settings).connectTimeout()));
            return ClientHttpConnectorBuilder.jdk().build(settings);
        };
        context.withPropertyValues(properties)
                .withBean(ClientHttpConnectorBuilder.class, () -> recording)
                .run(started -> assertThat(started).hasSingleBean(TaskClient.class));
        return timeouts;
    }

    static Stream<Arguments> timeouts() {
        return Stream.of("reactor", "jdk", "jetty", "http-components")
                .flatMap(connector -> Stream.of("connect-timeout", "request-timeout")
                        .flatMap(name -> Stream.of("0s", "-1s", "25d", "106751991167300d")
                                .map(timeout -> Arguments.of(connector, "taskstop." + name, timeout))));
    }

    @ParameterizedTest
    @MethodSource("timeouts")
    void a_timeout_that_will_not_do_is_refused_by_its_name(String connector, String name, String timeout) {
        context.withPropertyValues("spring.http.clients.reactive.connector=" + connector, name + "=" + timeout)
                .run(started -> assertThat(started)
                        .getFailure()
                        .rootCause()
                        .isInstanceOfSatisfying(
                                InvalidConfigurationPropertyValueException.class,
                                failure -> assertThat(failure.getName()).isEqualTo(name)));
    }

    @Test
    void a_body_is_read_up_to_the_limit() {
        server.enqueue(new MockResponse.Builder()
                .chunkedBody("x".repeat(1_000_000), 10_000)
                .build());

        onMock(client -> assertThat(Signals.failure(client.stop(ID)))
                .isInstanceOf(TaskException.class)
                .hasMessageContaining("larger than"));
    }

    @Test
    void an_answer_without_a_body_is_an_answer() {
        server.enqueue(new MockResponse.Builder().code(404).build());

        onMock(client -> assertThat(Signals.failure(client.stop(ID)))
                .isInstanceOfSatisfying(
                        TaskResponseException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(TaskResponseException.Reason.NOT_FOUND)));
    }
}
