package dev.taskstop.spring;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskDecodingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.core.publisher.Flux;

/**
 * The same odd and broken answers to the client's own transport and to each connector of a {@code WebClient}: none makes
 * a false result of them, none lets them meet another request.
 */
class OddAnswersTest {

    private static final String ID = "9qQe2F8Z_nXx9-eJA0BD6";
    private static final String OWN = "reactor-netty";
    private static final List<String> ALL = List.of(OWN, "reactor", "jetty", "http-components", "jdk");

    private static final String BODY = stoppedBody(ID);
    private static final String LENGTH = "Content-Length: " + BODY.length() + "\r\n";
    private static final String GOOD = "HTTP/1.1 200 OK\r\n" + LENGTH + "\r\n" + BODY;
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String CHUNK = Integer.toHexString(BODY.length()) + "\r\n" + BODY + "\r\n";
    private static final String NOT_FOUND = "HTTP/1.1 404 X\r\nContent-Length: 2\r\n\r\n{}";

    /** Such as a proxy gives instead of an answer; it has not come to its end. */
    private static final String PAGE =
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9000\r\n\r\n<p>Please wait";

    /** The last thing that is said on a connection. */
    private static final String END = "<end>";

    /** What comes of an answer. */
    private enum Meaning {
        STOPPED {
            @Override
            void check(StopResult result) {
                assertThat(result)
                        .isInstanceOfSatisfying(
                                Stopped.class,
                                stopped -> assertThat(stopped.recovered()).isFalse());
            }
        },
        UNKNOWN {
            @Override
            void check(StopResult result) {
                assertThat(result)
                        .isInstanceOfSatisfying(
                                Failed.class,
                                failed -> assertThat(failed.error().isOutcomeUnknown())
                                        .isTrue());
            }
        },
        /** Some HTTP clients read it, some do not. */
        STOPPED_OR_UNKNOWN {
            @Override
            void check(StopResult result) {
                assertThat(result).satisfiesAnyOf(STOPPED::check, UNKNOWN::check);
            }
        },
        NOT_FOUND {
            @Override
            void check(StopResult result) {
                assertThat(result).isInstanceOf(NotFound.class);
            }
        },
        REFUSED {
            @Override
            void check(StopResult result) {
                assertThat(result)
                        .isInstanceOfSatisfying(
                                Failed.class,
                                failed -> assertThat(failed.error().isOutcomeUnknown())
                                        .isFalse());
            }
        };

        abstract void check(StopResult result);
    }

    private static Map<String, Meaning> answers() {
        Map<String, Meaning> all = new LinkedHashMap<>();
        all.put(GOOD, Meaning.STOPPED);
        all.put(GOOD.replace(" OK", ""), Meaning.STOPPED);
        all.put(GOOD.replace("1.1", "1.0") + END, Meaning.STOPPED);
        all.put("HTTP/1.1 200 X\r\n\r\n" + BODY + END, Meaning.STOPPED);
        all.put(GOOD.replace(LENGTH, LENGTH + "Connection: close\r\n") + END, Meaning.STOPPED);
        all.put(GOOD.replace(LENGTH, LENGTH + "X: " + "y".repeat(60_000) + "\r\n"), Meaning.STOPPED);
        all.put(CHUNKED + CHUNK + "0\r\nX-Trailer: 1\r\n\r\n", Meaning.STOPPED);
        all.put(CHUNKED + CHUNK.replaceFirst("\r\n", ";a=b\r\n") + "0\r\n\r\n", Meaning.STOPPED);
        all.put("HTTP/1.1 100 X\r\n\r\n" + GOOD, Meaning.STOPPED);
        all.put("HTTP/1.1 102 X\r\n\r\n" + GOOD, Meaning.STOPPED);
        all.put("HTTP/1.1 103 X\r\nLink: </a>\r\n\r\n" + GOOD, Meaning.STOPPED);
        all.put("HTTP/1.1 103 X\r\n\r\nHTTP/1.1 100 X\r\n\r\nHTTP/1.1 102 X\r\n\r\n" + GOOD, Meaning.STOPPED);
        all.put("HTTP/1.1 103 X\r\n\r\n" + END, Meaning.UNKNOWN);
        all.put("HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n" + GOOD + END, Meaning.UNKNOWN);
        all.put("HTTP/1.1 101 X\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n" + GOOD + END, Meaning.UNKNOWN);
        all.put("HTTP/1.1 204 X\r\n\r\n", Meaning.UNKNOWN);
        all.put("HTTP/1.1 204 X\r\n" + LENGTH + "\r\n" + BODY + END, Meaning.UNKNOWN);
        all.put("HTTP/1.1 204 X\r\n\r\n" + NOT_FOUND, Meaning.UNKNOWN);
        all.put("HTTP/1.1 304 X\r\n\r\n", Meaning.REFUSED);
        all.put("HTTP/1.1 307 X\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", Meaning.REFUSED);
        for (int status : new int[] {401, 402, 409}) {
            all.put(NOT_FOUND.replace("404", "" + status), Meaning.REFUSED);
        }
        for (int status : new int[] {408, 500, 503, 599, 600, 999, 99}) {
            all.put(NOT_FOUND.replace("404", "" + status), Meaning.UNKNOWN);
        }
        all.put(NOT_FOUND, Meaning.NOT_FOUND);
        all.put("HTTP/1.1 404 X\r\n\r\n{}" + END, Meaning.NOT_FOUND);
        all.put(NOT_FOUND.replace(": 2", ": 20") + END, Meaning.UNKNOWN);
        all.put("HTTP/1.1 404 X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n" + END, Meaning.UNKNOWN);
        all.put("HTTP/1.1 401 X\r\nContent-Length: 100000\r\n\r\n" + " ".repeat(100_000), Meaning.REFUSED);
        all.put("HTTP/1.1 404 X\r\nContent-Length: 900000\r\n\r\n" + " ".repeat(900_000), Meaning.NOT_FOUND);
        all.put("HTTP/1.1 200 X\r\nContent-Length: 900000\r\n\r\n" + " ".repeat(900_000), Meaning.UNKNOWN);
        all.put(GOOD.replace(LENGTH, "Content-Length: 9999\r\n") + END, Meaning.UNKNOWN);
        all.put(GOOD.replace(LENGTH, "Content-Length: 10\r\n"), Meaning.UNKNOWN);
        all.put(GOOD.replace(LENGTH, LENGTH + "Content-Length: 10\r\n") + END, Meaning.STOPPED_OR_UNKNOWN);
        all.put(GOOD.replace(LENGTH, "Content-Length: -1\r\n") + END, Meaning.STOPPED_OR_UNKNOWN);
        all.put(GOOD.replace(LENGTH, "Content-Length: many\r\n") + END, Meaning.UNKNOWN);
        all.put(
                CHUNKED.replace("\r\n\r\n", "\r\nContent-Length: 5\r\n\r\n") + CHUNK + "0\r\n\r\n" + END,
                Meaning.STOPPED_OR_UNKNOWN);
        all.put(CHUNKED + CHUNK + END, Meaning.UNKNOWN);
        all.put(CHUNKED + "zz\r\n" + BODY + "\r\n0\r\n\r\n" + END, Meaning.UNKNOWN);
        all.put(CHUNKED + "-1\r\n" + BODY + "\r\n0\r\n\r\n" + END, Meaning.UNKNOWN);
        all.put(GOOD.replace(LENGTH, LENGTH + "Content-Encoding: gzip\r\n") + END, Meaning.STOPPED_OR_UNKNOWN);
        all.put(GOOD.replace("\r\n", "\n") + END, Meaning.STOPPED_OR_UNKNOWN);
        all.put(GOOD.replace("HTTP/1.1", "ICY") + END, Meaning.UNKNOWN);
        all.put("garbage\r\n\r\n" + END, Meaning.UNKNOWN);
        all.put(END, Meaning.UNKNOWN);
        all.put(GOOD.substring(0, 20) + END, Meaning.UNKNOWN);
        all.put(GOOD.substring(0, GOOD.length() - 5) + END, Meaning.UNKNOWN);
        all.put(GOOD + NOT_FOUND, Meaning.STOPPED);
        all.put(GOOD + NOT_FOUND.repeat(3), Meaning.STOPPED);
        all.put(GOOD + "garbage\r\n\r\n" + END, Meaning.STOPPED);
        return all;
    }

    private static String stoppedBody(String id) {
        return "{\"task\":{\"id\":\"" + id + "\",\"status\":\"stopped\"}}";
    }

    static Stream<Arguments> oddAnswers() {
        return ALL.stream()
                .flatMap(transport -> answers().entrySet().stream()
                        .map(answer -> argumentSet(
                                transport + ": " + shown(answer.getKey()),
                                transport,
                                answer.getKey(),
                                answer.getValue())));
    }

    private static String shown(String answer) {
        String line = answer.replace("\r\n", " ").replace("\n", " ");
        return line.length() > 150 ? line.substring(0, 150) : line;
    }

    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private volatile String answer = "";
    private final CountDownLatch left = new CountDownLatch(1);

    OddAnswersTest() throws IOException {
        start(() -> {
            while (true) {
                Socket socket = listening.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                start(() -> {
                    try (socket) {
                        converse(socket);
                    }
                });
            }
        });
    }

    @AfterEach
    void end() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // The client or the test closed it.
                    }
                },
                "odd-answers");
        thread.setDaemon(true);
        thread.start();
    }

    /** Says to the stop of the one task what is tried, and to everything else what is right. */
    private void converse(Socket socket) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            int length = 0;
            for (String header = in.readLine(); header != null && !header.isEmpty(); header = in.readLine()) {
                if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                    length = Integer.parseInt(header.substring(15).strip());
                }
            }
            for (int i = 0; i < length; i++) {
                in.read();
            }
            if (line.contains("/stream")) {
                socket.getOutputStream().write(PAGE.getBytes(ISO_8859_1));
                socket.getOutputStream().flush();
                if (in.readLine() == null) {
                    left.countDown();
                }
                return;
            }
            String said = toSay(line);
            boolean last = said.endsWith(END);
            socket.getOutputStream()
                    .write(said.substring(0, said.length() - (last ? END.length() : 0))
                            .getBytes(ISO_8859_1));
            socket.getOutputStream().flush();
            if (last) {
                return;
            }
        }
    }

    private String toSay(String line) {
        String[] path = line.split(" ", -1)[1].split("/", -1);
        String id = path.length > 3 ? path[3] : "";
        if (line.startsWith("GET")) {
            return ok("{\"taskId\":\"" + id + "\",\"status\":\"processing\",\"isDone\":false}");
        }
        if (id.equals(ID)) {
            return answer;
        }
        return ok(stoppedBody(id)) + (id.startsWith("surplus") ? NOT_FOUND : "");
    }

    private static String ok(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private void on(String transport, Consumer<TaskClient> test) {
        ApplicationContextRunner context = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        TaskstopAutoConfiguration.class,
                        SslAutoConfiguration.class,
                        HttpClientAutoConfiguration.class,
                        ReactiveHttpClientAutoConfiguration.class,
                        WebClientAutoConfiguration.class))
                .withBean(ReactorResourceFactory.class, QuickLoops::factory)
                .withPropertyValues(
                        "taskstop.api-key=bb_secret",
                        "taskstop.base-url=http://127.0.0.1:" + listening.getLocalPort(),
                        "taskstop.concurrency=1",
                        "taskstop.retry.max-attempts=1",
                        "taskstop.retry.budget=0");
        if (!transport.equals(OWN)) {
            context = context.withPropertyValues(
                    "taskstop.transport=web-client", "spring.http.clients.reactive.connector=" + transport);
        }
        context.run(started -> test.accept(started.getBean(TaskClient.class)));
    }

    private static StopResult result(TaskClient client, String id) {
        return Signals.values(client.stopAll(Flux.just(id))).get(0);
    }

    @ParameterizedTest
    @MethodSource("oddAnswers")
    void an_odd_answer_means_the_same_whoever_reads_it(String transport, String odd, Meaning meaning) {
        answer = odd;
        on(transport, client -> {
            meaning.check(result(client, ID));

            // One of them may get the connection, which is just being closed, or on which there is garbage.
            List<StopResult> next = Stream.of("next-1", "next-2", "next-3")
                    .map(id -> result(client, id))
                    .toList();
            assertThat(next)
                    .filteredOn(result -> !(result instanceof Stopped stopped) || stopped.recovered())
                    .hasSizeLessThanOrEqualTo(1)
                    .allSatisfy(result ->
                            assertThat(result).satisfiesAnyOf(Meaning.UNKNOWN::check, Meaning.REFUSED::check));
        });
    }

    static Stream<String> transports() {
        return ALL.stream();
    }

    /** With one connection each request follows at once on an answer, and on what came with it. */
    @ParameterizedTest
    @MethodSource("transports")
    void a_surplus_answer_is_taken_for_no_other(String transport) {
        answer = GOOD + NOT_FOUND;
        on(transport, client -> {
            List<StopResult> results =
                    Signals.values(client.stopAll(Flux.range(0, 200).map(i -> i % 5 == 0 ? ID : "task-" + i)));

            assertThat(results).hasSize(200).allSatisfy(Meaning.STOPPED_OR_UNKNOWN::check);
            assertThat(results.stream().filter(Stopped.class::isInstance).count())
                    .isGreaterThan(120);
        });
    }

    @ParameterizedTest
    @MethodSource("transports")
    void a_page_in_the_place_of_a_log_is_told_before_its_end(String transport) {
        on(transport, client -> assertThat(Signals.failure(client.logs(ID))).isInstanceOf(TaskDecodingException.class));
    }

    /** Apache's client and Java's own leave it open until its server ends it. */
    @ParameterizedTest
    @ValueSource(strings = {OWN, "reactor", "jetty"})
    void a_page_in_the_place_of_a_log_keeps_no_connection(String transport) {
        on(transport, client -> {
            assertThat(Signals.failure(client.logs(ID))).isNotNull();

            assertThat(hasLeft()).isTrue();
        });
    }

    private boolean hasLeft() {
        try {
            return left.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
