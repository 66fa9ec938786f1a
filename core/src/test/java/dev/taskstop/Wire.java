package dev.taskstop;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What the tests of the wire share: clients for a server, closed after each test, and the bodies of the API. */
final class Wire implements AfterEachCallback {

    static final String KEY = "bb_0123456789abcdef";
    static final String ID = "9qQe2F8Z_nXx9-eJA0BD6";
    static final String USER = "user@example.com";

    static final int CONCURRENCY = 16;

    /** Generous: what is expected takes milliseconds. */
    static final Duration LIMIT = Duration.ofSeconds(10);

    static final StopRetry QUICK = StopRetry.defaults().withBackoff(Duration.ofMillis(5), Duration.ofMillis(20));
    static final StopRetry ONCE = QUICK.withMaxAttempts(1);

    /** The mock server tells of every connection that a test breaks. Held, since a logger may else be collected. */
    private static final List<Logger> SILENCED =
            List.of(Logger.getLogger("mockwebserver3.MockWebServer"), Logger.getLogger("okhttp3.OkHttpClient"));

    static {
        SILENCED.forEach(logger -> logger.setLevel(Level.OFF));
    }

    private final List<TaskClient> clients = new CopyOnWriteArrayList<>();

    static MockWebServer server() {
        MockWebServer server = new MockWebServer();
        server.setServerSocketFactory(Sockets.PROMPT);
        return server;
    }

    TaskClient client(MockWebServer server) {
        return client(server, builder -> builder);
    }

    TaskClient client(MockWebServer server, UnaryOperator<TaskClientBuilder> settings) {
        return client(URI.create("http://127.0.0.1:" + server.getPort()), settings);
    }

    TaskClient client(URI baseUrl, UnaryOperator<TaskClientBuilder> settings) {
        TaskClientBuilder builder = TaskClient.builder()
                .apiKey(KEY)
                .baseUrl(baseUrl)
                .concurrency(CONCURRENCY)
                .retry(QUICK);
        TaskClient client = settings.apply(builder).build();
        clients.add(client);
        return client;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        for (TaskClient client : clients) {
            StepVerifier.create(client.closeAsync()).expectComplete().verify(LIMIT);
        }
    }

    static void dispatch(MockWebServer server, Function<RecordedRequest, MockResponse> answers) {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return answers.apply(request);
            }
        });
    }

    /** Answers every stop with the same, and every question for the status with a state. */
    static void dispatch(MockWebServer server, MockResponse toStop, String state) {
        dispatch(server, request -> isStop(request) ? toStop : json(200, status(taskId(request), state)));
    }

    /** Answers as the API does when every task is running. */
    static MockResponse running(RecordedRequest request) {
        String id = taskId(request);
        return json(200, isStop(request) ? stopped(id) : status(id, "processing"));
    }

    static boolean isStop(RecordedRequest request) {
        return request.getMethod().equals("PATCH");
    }

    static String taskId(RecordedRequest request) {
        return taskId(request.getTarget());
    }

    static String taskId(String path) {
        return path.replaceFirst("^/api/tasks/", "").replaceFirst("/status$", "");
    }

    static MockResponse.Builder answer(int code, String body) {
        return new MockResponse.Builder()
                .code(code)
                .addHeader("Content-Type", "application/json")
                .body(body);
    }

    static MockResponse json(int code, String body) {
        return answer(code, body).build();
    }

    static String stopped(String id) {
        return """
                {"message":"Task stopped successfully",
                 "task":{"id":"%s","userId":"%s","status":"stopped","error":"Task was stopped by user",
                         "updatedAt":"2024-01-15T10:30:00.000Z","completedAt":"2024-01-15T10:30:01.500Z"}}
                """.formatted(id, USER);
    }

    static String status(String id, String state) {
        return """
                {"taskId":"%s","status":"%s","progress":45,"isDone":%s,"error":null,
                 "createdAt":"2024-01-15T10:00:00.000Z","updatedAt":"2024-01-15T10:05:00.000Z",
                 "completedAt":null,"duration":null}
                """.formatted(id, state, TaskState.of(state).isEnded());
    }

    static List<String> ids(int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add("task-" + i);
        }
        return ids;
    }

    /** What a server has been asked and nobody has looked at yet. */
    static List<RecordedRequest> requests(MockWebServer server) throws InterruptedException {
        List<RecordedRequest> requests = new ArrayList<>();
        RecordedRequest next = server.takeRequest(0, TimeUnit.SECONDS);
        while (next != null) {
            requests.add(next);
            next = server.takeRequest(0, TimeUnit.SECONDS);
        }
        return requests;
    }

    static List<String> methods(MockWebServer server) throws InterruptedException {
        return requests(server).stream().map(RecordedRequest::getMethod).toList();
    }

    static <T> T value(Mono<T> mono) {
        AtomicReference<T> value = new AtomicReference<>();
        StepVerifier.create(mono).consumeNextWith(value::set).expectComplete().verify(LIMIT);
        return requireNonNull(value.get());
    }

    static <T> List<T> values(Flux<T> flux) {
        return value(flux.collectList());
    }

    static TaskException failure(Publisher<?> publisher) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        StepVerifier.create(publisher).expectErrorSatisfies(failure::set).verify(LIMIT);
        if (failure.get() instanceof TaskException expected) {
            return expected;
        }
        throw new AssertionError("Not a TaskException", failure.get());
    }

    /** Stops one task as a part of a bulk stop, which tells how it went in more detail. */
    static StopResult result(TaskClient client, String id) {
        List<StopResult> results = values(client.stopAll(Flux.just(id)));
        if (results.size() != 1) {
            throw new AssertionError("Not one result: " + results);
        }
        return results.get(0);
    }
}
