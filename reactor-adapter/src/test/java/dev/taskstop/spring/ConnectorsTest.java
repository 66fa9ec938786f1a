package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskRequestException;
import dev.taskstop.TaskResponseException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import org.apache.hc.client5.http.impl.DefaultRedirectStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.resources.ConnectionProvider;

/** What each connector of a {@code WebClient} does by itself: nothing that the client does not know of. */
class ConnectorsTest {

    private static final String FIRST = "9qQe2F8Z_nXx9-eJA0BD6";
    private static final String SECOND = "9qQe2F8Z_nXx9-eJA0BD7";
    private static final List<String> ALL = List.of("reactor", "jetty", "http-components", "jdk");

    @StartStop
    final MockWebServer server = new MockWebServer();

    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    TaskstopAutoConfiguration.class,
                    SslAutoConfiguration.class,
                    HttpClientAutoConfiguration.class,
                    ReactiveHttpClientAutoConfiguration.class,
                    WebClientAutoConfiguration.class))
            .withBean(ReactorResourceFactory.class, QuickLoops::factory)
            .withPropertyValues(
                    "taskstop.api-key=bb_secret",
                    "taskstop.transport=web-client",
                    "taskstop.retry.max-attempts=1",
                    "taskstop.retry.budget=0");

    private ApplicationContextRunner on(String connector) {
        return context.withPropertyValues(
                "taskstop.base-url=" + server.url("/"), "spring.http.clients.reactive.connector=" + connector);
    }

    /** What goes wrong with the second request, on a connection that was used before. */
    enum Fault {
        UNAVAILABLE,
        FAILED,
        CUT_BEFORE_THE_ANSWER,
        CUT_IN_THE_ANSWER;

        MockResponse answer() {
            return switch (this) {
                case UNAVAILABLE ->
                    new MockResponse.Builder()
                            .code(503)
                            .addHeader("Retry-After", "0")
                            .build();
                case FAILED -> new MockResponse.Builder().code(500).build();
                case CUT_BEFORE_THE_ANSWER ->
                    new MockResponse.Builder()
                            .onResponseStart(new SocketEffect.CloseSocket())
                            .build();
                case CUT_IN_THE_ANSWER ->
                    new MockResponse.Builder()
                            .body("{\"task\":{}}")
                            .onResponseBody(new SocketEffect.CloseSocket())
                            .build();
            };
        }
    }

    static Stream<Arguments> faults() {
        return ALL.stream()
                .flatMap(connector -> Stream.of(Fault.values()).map(fault -> Arguments.of(connector, fault)));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void a_stop_is_sent_once_whatever_becomes_of_it(String connector, Fault fault) {
        server.enqueue(stopped(FIRST));
        server.enqueue(fault.answer());
        server.enqueue(stopped(SECOND));

        on(connector).run(started -> {
            TaskClient client = started.getBean(TaskClient.class);
            Signals.value(client.stop(FIRST));
            assertThat(Signals.failure(client.stop(SECOND))).isNotNull();
        });

        assertThat(requests()).containsExactly("PATCH /api/tasks/" + FIRST, "PATCH /api/tasks/" + SECOND);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty", "http-components", "jdk"})
    void a_connection_that_was_closed_meanwhile_costs_no_stop(String connector) {
        server.enqueue(new MockResponse.Builder()
                .body("{\"task\":{\"id\":\"%s\",\"status\":\"stopped\"}}".formatted(FIRST))
                .onResponseEnd(SocketEffect.ShutdownConnection.INSTANCE)
                .build());
        server.enqueue(stopped(SECOND));

        on(connector)
                .withPropertyValues("taskstop.retry.max-attempts=3", "taskstop.retry.budget=10")
                .run(started -> {
                    TaskClient client = started.getBean(TaskClient.class);
                    Signals.value(client.stop(FIRST));
                    Signals.value(client.stop(SECOND));
                });

        assertThat(requests()).containsExactly("PATCH /api/tasks/" + FIRST, "PATCH /api/tasks/" + SECOND);
    }

    /** An answer that would take minutes, or for ever, though a byte may come now and then. */
    enum Slow {
        NO_HEAD {
            @Override
            MockResponse.Builder slowed(MockResponse.Builder answer) {
                return answer.onResponseStart(SocketEffect.Stall.INSTANCE);
            }
        },
        NO_BODY {
            @Override
            MockResponse.Builder slowed(MockResponse.Builder answer) {
                return answer.onResponseBody(SocketEffect.Stall.INSTANCE);
            }
        },
        DRIPPING {
            @Override
            MockResponse.Builder slowed(MockResponse.Builder answer) {
                return answer.throttleBody(1, 50, TimeUnit.MILLISECONDS);
            }
        };

        abstract MockResponse.Builder slowed(MockResponse.Builder answer);

        MockResponse answer(int status) {
            return slowed(new MockResponse.Builder().code(status).body(" ".repeat(2_000)))
                    .build();
        }
    }

    static Stream<Arguments> slowAnswers() {
        return ALL.stream()
                .flatMap(connector -> Stream.of(Slow.values())
                        .flatMap(slow -> Stream.of(200, 404).map(status -> Arguments.of(connector, slow, status))));
    }

    @ParameterizedTest
    @MethodSource("slowAnswers")
    void a_request_takes_no_longer_than_the_property_says(String connector, Slow slow, int status) {
        for (int i = 0; i < 3; i++) {
            server.enqueue(slow.answer(status));
        }

        on(connector).withPropertyValues("taskstop.request-timeout=500ms").run(started -> {
            TaskClient client = started.getBean(TaskClient.class);
            for (Publisher<?> call : List.of(client.stop(FIRST), client.status(FIRST))) {
                assertThat(Signals.failure(call))
                        .isInstanceOfSatisfying(
                                TaskRequestException.class,
                                failure ->
                                        assertThat(failure.reason()).isEqualTo(TaskRequestException.Reason.NO_ANSWER));
            }
        });
    }

    static Stream<Arguments> slowBeginnings() {
        return slowAnswers()
                .filter(arguments ->
                        arguments.get()[1] == Slow.NO_HEAD || (int) arguments.get()[2] != 200);
    }

    @ParameterizedTest
    @MethodSource("slowBeginnings")
    void a_log_begins_within_that_time(String connector, Slow slow, int status) {
        server.enqueue(slow.answer(status));

        on(connector)
                .withPropertyValues("taskstop.request-timeout=500ms")
                .run(started -> assertThat(Signals.failure(
                                started.getBean(TaskClient.class).logs(FIRST)))
                        .isInstanceOfSatisfying(
                                TaskRequestException.class,
                                failure -> assertThat(failure.reason())
                                        .isEqualTo(TaskRequestException.Reason.BROKEN_OFF)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty", "http-components", "jdk"})
    void a_log_that_has_begun_may_be_silent_for_longer(String connector) {
        server.enqueue(new MockResponse.Builder()
                .addHeader("Content-Type", "text/event-stream")
                .body("event: complete\ndata: {\"status\":\"completed\"}\n\n")
                .bodyDelay(1, TimeUnit.SECONDS)
                .build());

        on(connector)
                .withPropertyValues("taskstop.request-timeout=300ms")
                .run(started -> assertThat(
                                Signals.values(started.getBean(TaskClient.class).logs(FIRST)))
                        .hasSize(1));
    }

    @ParameterizedTest
    @CsvSource({
        "reactor, 300ms, 9s",
        "jetty, 300ms, 9s",
        "http-components, 300ms, 9s",
        "jdk, 300ms, 9s",
        "reactor, 9s, 300ms",
        "jdk, 9s, 300ms"
    })
    void where_no_connection_is_accepted_nothing_was_sent(String connector, String connect, String request)
            throws IOException {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket first = new Socket(full.getInetAddress(), full.getLocalPort());
                Socket second = new Socket(full.getInetAddress(), full.getLocalPort())) {
            on(connector)
                    .withPropertyValues(
                            "taskstop.base-url=http://127.0.0.1:" + full.getLocalPort(),
                            "taskstop.connect-timeout=" + connect,
                            "taskstop.request-timeout=" + request)
                    .run(started -> assertThat(Signals.failure(
                                    started.getBean(TaskClient.class).stop(FIRST)))
                            .isInstanceOfSatisfying(
                                    TaskRequestException.class,
                                    failure -> assertThat(failure.reason())
                                            .isEqualTo(TaskRequestException.Reason.NOT_SENT)));
            assertThat(first.isConnected() && second.isConnected()).isTrue();
        }
    }

    /** As the API answers it: with no word of another way to log in. */
    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty", "http-components", "jdk"})
    void a_bulk_stop_ends_at_the_first_answer_about_the_key(String connector) {
        answering(request -> new MockResponse.Builder()
                .code(401)
                .body("{\"error\":\"Unauthorized\"}")
                .build());

        on(connector).withPropertyValues("taskstop.concurrency=1").run(started -> {
            List<StopResult> results = Signals.values(
                    started.getBean(TaskClient.class).stopAll(Flux.range(0, 20).map(i -> "task-" + i)));

            assertThat(results.get(0))
                    .isInstanceOfSatisfying(
                            StopResult.Failed.class,
                            failed -> assertThat(failed.error())
                                    .isInstanceOfSatisfying(
                                            TaskResponseException.class,
                                            answer -> assertThat(answer.reason())
                                                    .isEqualTo(TaskResponseException.Reason.UNAUTHORIZED)));
            assertThat(results.subList(1, 20)).allMatch(StopResult.Skipped.class::isInstance);
        });

        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    private void answering(Function<RecordedRequest, MockResponse> answers) {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return answers.apply(request);
            }
        });
    }

    /** Each waits for all the others, so that one that gets no connection holds them all up. */
    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty", "http-components", "jdk"})
    void as_many_requests_are_on_their_way_as_the_concurrency_says(String connector) {
        CountDownLatch all = new CountDownLatch(80);
        answering(request -> {
            all.countDown();
            return await(all)
                    ? stopped(request.getUrl().pathSegments().get(2))
                    : new MockResponse.Builder().code(500).build();
        });

        on(connector)
                .withPropertyValues("taskstop.concurrency=80")
                .run(started -> assertThat(Signals.values(started.getBean(TaskClient.class)
                                .stopAll(Flux.range(0, 80).map(i -> "task-" + i))))
                        .hasSize(80)
                        .allMatch(StopResult.Stopped.class::isInstance));
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty", "http-components", "jdk"})
    void open_logs_take_no_connection_that_a_stop_needs(String connector) {
        ConnectionProvider one = ConnectionProvider.create("one", 1);
        int logs = connector.equals("reactor") ? 1 : 80;
        CountDownLatch open = new CountDownLatch(logs);
        answering(request -> {
            if (request.getTarget().contains("/stream")) {
                open.countDown();
                return silentLog();
            }
            return stopped(FIRST);
        });

        on(connector)
                .withBean("smallPool", ClientHttpConnectorBuilder.class, () -> smallPool(connector, one))
                .run(started -> {
                    TaskClient client = started.getBean(TaskClient.class);
                    Disposable reading = Flux.range(0, logs)
                            .flatMap(i -> client.logs("task-" + i), logs)
                            .subscribe();
                    assertThat(await(open)).isTrue();

                    Signals.value(client.stop(FIRST));

                    reading.dispose();
                });
        one.dispose();
    }

    /** Reactor Netty's pool is the application's; the others' are their own. */
    private static ClientHttpConnectorBuilder<?> smallPool(String connector, ConnectionProvider pool) {
        return switch (connector) {
            case "reactor" ->
                ClientHttpConnectorBuilder.reactor()
                        .withHttpClientFactory(() -> reactor.netty.http.client.HttpClient.create(pool));
            case "jetty" -> ClientHttpConnectorBuilder.jetty();
            case "http-components" -> ClientHttpConnectorBuilder.httpComponents();
            default -> ClientHttpConnectorBuilder.jdk();
        };
    }

    private static MockResponse silentLog() {
        return new MockResponse.Builder()
                .addHeader("Content-Type", "text/event-stream")
                .body("waiting")
                .onResponseBody(SocketEffect.Stall.INSTANCE)
                .build();
    }

    /** As an application may have it for its own calls. */
    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty", "http-components", "jdk"})
    void the_key_follows_no_redirect_though_a_connector_was_told_to_follow(String connector) {
        try (MockWebServer elsewhere = new MockWebServer()) {
            elsewhere.start();
            server.enqueue(new MockResponse.Builder()
                    .code(307)
                    .addHeader("Location", elsewhere.url("/stolen"))
                    .build());

            on(connector)
                    .withBean(ClientHttpConnectorBuilder.class, () -> following(connector))
                    .run(started ->
                            Signals.failure(started.getBean(TaskClient.class).stop(FIRST)));

            assertThat(elsewhere.getRequestCount()).isZero();
            assertThat(server.getRequestCount()).isEqualTo(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ClientHttpConnectorBuilder<?> following(String connector) {
        return switch (connector) {
            case "reactor" ->
                ClientHttpConnectorBuilder.reactor().withHttpClientCustomizer(http -> http.followRedirect(true));
            case "jetty" ->
                ClientHttpConnectorBuilder.jetty().withHttpClientCustomizer(http -> http.setFollowRedirects(true));
            case "http-components" ->
                ClientHttpConnectorBuilder.httpComponents()
                        .withHttpClientCustomizer(http -> http.setRedirectStrategy(DefaultRedirectStrategy.INSTANCE));
            default ->
                ClientHttpConnectorBuilder.jdk()
                        .withHttpClientCustomizer(http -> http.followRedirects(HttpClient.Redirect.ALWAYS));
        };
    }

    private static MockResponse stopped(String id) {
        return new MockResponse.Builder()
                .body("{\"task\":{\"id\":\"%s\",\"status\":\"stopped\"}}".formatted(id))
                .build();
    }

    private List<String> requests() {
        return Stream.generate(this::next)
                .limit(server.getRequestCount())
                .map(request -> request.getMethod() + " " + request.getUrl().encodedPath())
                .toList();
    }

    private RecordedRequest next() {
        try {
            RecordedRequest request = server.takeRequest(5, TimeUnit.SECONDS);
            assertThat(request).isNotNull();
            return Objects.requireNonNull(request);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_connector_that_cannot_be_told_to_send_once_is_refused_by_name() {
        ClientHttpConnectorBuilder<?> apacheUnseen =
                settings -> ClientHttpConnectorBuilder.httpComponents().build(settings);
        ClientHttpConnectorBuilder<?> reactorUnseen =
                settings -> ClientHttpConnectorBuilder.reactor().build(settings);
        ClientHttpConnector nobodyKnows = (method, uri, callback) -> Mono.never();
        for (ClientHttpConnectorBuilder<?> builder : List.of(apacheUnseen, reactorUnseen, settings -> nobodyKnows)) {
            context.withBean(ClientHttpConnectorBuilder.class, () -> builder)
                    .run(started -> assertThat(started)
                            .getFailure()
                            .rootCause()
                            .isInstanceOf(InvalidSettingException.class)
                            .hasMessageContaining("taskstop.transport")
                            .hasMessageContaining("may send a stop a second time"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "TRUE"})
    void javas_own_client_is_refused_where_it_is_told_to_send_everything_again(String value) {
        context.withPropertyValues("spring.http.clients.reactive.connector=jdk")
                .withSystemProperties("jdk.httpclient.enableAllMethodRetry=" + value)
                .run(started -> assertThat(started)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("jdk.httpclient.enableAllMethodRetry"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor-netty", "web-client"})
    void the_proxy_is_asked_for_the_way(String transport) throws Exception {
        try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<String> asked = CompletableFuture.supplyAsync(() -> firstLine(proxy));

            context.withPropertyValues(
                            "taskstop.transport=" + transport,
                            "taskstop.base-url=http://localhost:1",
                            "taskstop.proxy.host=127.0.0.1",
                            "taskstop.proxy.port=" + proxy.getLocalPort(),
                            "taskstop.proxy.username=me")
                    .run(started ->
                            Signals.failure(started.getBean(TaskClient.class).stop(FIRST)));

            assertThat(asked.get(10, TimeUnit.SECONDS)).isEqualTo("CONNECT localhost:1 HTTP/1.1");
        }
    }

    private static String firstLine(ServerSocket server) {
        try (Socket connection = server.accept();
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII))) {
            return String.valueOf(lines.readLine());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jetty", "http-components", "jdk"})
    void a_proxy_that_a_connector_cannot_be_told_is_refused_by_name(String connector) {
        on(connector)
                .withPropertyValues("taskstop.proxy.host=proxy.example")
                .run(started -> assertThat(started)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidSettingException.class)
                        .hasMessageContaining("taskstop.proxy.host")
                        .hasMessageContaining("spring.http.clients.reactive.connector=reactor"));
    }

    @Test
    void a_protocol_that_a_web_client_is_not_told_is_refused_by_name() {
        on("reactor")
                .withPropertyValues("taskstop.http2-prior-knowledge=true")
                .run(started ->
                        assertThat(started).getFailure().rootCause().hasMessageContaining("http2-prior-knowledge"));
    }
}
