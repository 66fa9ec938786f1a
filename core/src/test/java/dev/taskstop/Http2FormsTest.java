package dev.taskstop;

import static dev.taskstop.RawHttp2.CONTINUATION;
import static dev.taskstop.RawHttp2.DATA;
import static dev.taskstop.RawHttp2.END_HEADERS;
import static dev.taskstop.RawHttp2.END_STREAM;
import static dev.taskstop.RawHttp2.HEADERS;
import static dev.taskstop.RawHttp2.INITIAL_WINDOW_SIZE;
import static dev.taskstop.RawHttp2.NO_ERROR;
import static dev.taskstop.RawHttp2.PADDED;
import static dev.taskstop.RawHttp2.PING;
import static dev.taskstop.RawHttp2.PRIORITY;
import static dev.taskstop.RawHttp2.UNKNOWN;
import static dev.taskstop.RawHttp2.WINDOW_UPDATE;
import static dev.taskstop.RawHttp2.block;
import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.taskstop.RawHttp2.Request;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Stopped;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers over HTTP/2 in every form that there is: those that are one are read, the others leave it unknown. */
class Http2FormsTest {

    private static final int ALTSVC = 10;
    private static final int ORIGIN = 12;
    private static final int PRIORITY_UPDATE = 16;
    private static final int NEVER_OPENED = 99;
    private static final byte[] ONE = {0, 0, 0, 1};
    private static final byte[] WEIGHT = {0, 0, 0, 0, 1};

    @RegisterExtension
    final Wire wire = new Wire();

    private interface Answer {
        void say(RawHttp2 connection, Request request) throws IOException;
    }

    private static byte[] body(Request request) {
        return RawServer.bytes(Wire.stopped(request.taskId()));
    }

    private static RawHttp2 head(RawHttp2 connection, Request request, String... fields) throws IOException {
        return connection.frame(HEADERS, END_HEADERS, request.stream(), block(fields));
    }

    /** A head with other fields than usual, and the body. */
    private static Answer with(String... fields) {
        return (connection, request) ->
                head(connection, request, fields).frame(DATA, END_STREAM, request.stream(), body(request));
    }

    private static byte[] padded(byte[] payload) {
        byte[] all = new byte[1 + payload.length + 5];
        all[0] = 5;
        System.arraycopy(payload, 0, all, 1, payload.length);
        return all;
    }

    private static RawHttp2 inThree(RawHttp2 connection, Request request, byte[] block) throws IOException {
        return connection
                .frame(HEADERS, 0, request.stream(), Arrays.copyOf(block, 3))
                .frame(CONTINUATION, 0, request.stream(), new byte[0])
                .frame(CONTINUATION, END_HEADERS, request.stream(), Arrays.copyOfRange(block, 3, block.length));
    }

    private static Map<String, Answer> answers() {
        Map<String, Answer> forms = new LinkedHashMap<>();
        forms.put("as usual", RawHttp2::answerWell);
        forms.put(
                "padded",
                (connection, request) -> connection
                        .frame(HEADERS, END_HEADERS | PADDED, request.stream(), padded(block(":status", "200")))
                        .frame(DATA, END_STREAM | PADDED, request.stream(), padded(body(request))));
        forms.put(
                "a head in three frames",
                (connection, request) -> inThree(connection, request, block(":status", "200", "x-a", "b"))
                        .frame(DATA, END_STREAM, request.stream(), body(request)));
        forms.put(
                "early hints in three frames",
                (connection, request) -> inThree(connection, request, block(":status", "103", "link", "b"))
                        .answerWell(request));
        forms.put(
                "trailers",
                (connection, request) -> head(connection, request, ":status", "200")
                        .frame(DATA, 0, request.stream(), body(request))
                        .frame(HEADERS, END_HEADERS | END_STREAM, request.stream(), block("x-checksum", "1")));
        forms.put(
                "empty frames",
                (connection, request) -> head(connection, request, ":status", "200")
                        .frame(DATA, 0, request.stream(), new byte[0])
                        .frame(DATA, 0, request.stream(), body(request))
                        .frame(DATA, 0, request.stream(), new byte[0])
                        .frame(DATA, END_STREAM, request.stream(), new byte[0]));
        forms.put("byte by byte", (connection, request) -> {
            head(connection, request, ":status", "200");
            for (byte one : body(request)) {
                connection.frame(DATA, 0, request.stream(), new byte[] {one});
            }
            connection.frame(DATA, END_STREAM, request.stream(), new byte[0]);
        });
        forms.put(
                "its length",
                (connection, request) -> with(":status", "200", "content-length", "" + body(request).length)
                        .say(connection, request));
        forms.put("frames of other use between", (connection, request) -> {
            connection
                    .frame(ALTSVC, 0, 0, new byte[] {0, 1, 'a', 'b'})
                    .frame(ORIGIN, 0, 0, new byte[] {0, 1, 'a'})
                    .frame(UNKNOWN, 0xff, 0, ONE);
            head(connection, request, ":status", "200")
                    .frame(ALTSVC, 0, request.stream(), new byte[] {0, 0, 'a', 'b'})
                    .frame(PRIORITY_UPDATE, 0, 0, new byte[] {0, 0, 0, 1, 'u'})
                    .frame(PRIORITY, 0, request.stream(), WEIGHT)
                    .frame(WINDOW_UPDATE, 0, request.stream(), ONE)
                    .frame(WINDOW_UPDATE, 0, 0, ONE)
                    .frame(PING, 0, 0, new byte[8])
                    .settings(RawHttp2.MAX_CONCURRENT_STREAMS, 5)
                    .frame(DATA, END_STREAM, request.stream(), body(request));
        });
        forms.put(
                "frames on streams that nobody opened",
                (connection, request) -> connection
                        .frame(UNKNOWN, 0, NEVER_OPENED, ONE)
                        .frame(UNKNOWN, 0, NEVER_OPENED + 1, ONE)
                        .frame(PRIORITY, 0, NEVER_OPENED, WEIGHT)
                        .answerWell(request));
        forms.put(
                "frames after the end",
                (connection, request) -> connection
                        .answerWell(request)
                        .frame(UNKNOWN, 0xff, request.stream(), ONE)
                        .frame(WINDOW_UPDATE, 0, request.stream(), ONE)
                        .frame(PRIORITY, 0, request.stream(), WEIGHT)
                        .reset(request, NO_ERROR));
        forms.put(
                "another answer after the end",
                (connection, request) -> connection.answerWell(request).answer(request, 404, "{}"));
        forms.put(
                "another body after the end",
                (connection, request) -> connection.answerWell(request).body(request, "{}"));
        forms.put(
                "a reset after the end",
                (connection, request) -> connection.answerWell(request).reset(request, 8));
        forms.put(
                "two warnings to go before",
                (connection, request) -> connection
                        .goAway(Integer.MAX_VALUE, NO_ERROR)
                        .goAway(request.stream(), NO_ERROR)
                        .answerWell(request));
        forms.put("a window that closes and opens", (connection, request) -> {
            connection.settings(INITIAL_WINDOW_SIZE, 1).settings(INITIAL_WINDOW_SIZE, 0);
            head(connection, request, ":status", "200")
                    .settings(INITIAL_WINDOW_SIZE, 65_535)
                    .frame(DATA, END_STREAM, request.stream(), body(request));
        });
        return forms;
    }

    private static Map<String, Answer> broken() {
        Map<String, Answer> forms = new LinkedHashMap<>();
        forms.put("a length too long", with(":status", "200", "content-length", "9999"));
        forms.put("a length too short", with(":status", "200", "content-length", "10"));
        forms.put("a length of none", with(":status", "200", "content-length", "0"));
        forms.put("no number for a length", with(":status", "200", "content-length", "x"));
        forms.put("two lengths", with(":status", "200", "content-length", "10", "content-length", "11"));
        forms.put(
                "a length too long, and an end that comes later",
                (connection, request) -> head(connection, request, ":status", "200", "content-length", "9999")
                        .frame(DATA, 0, request.stream(), body(request))
                        .frame(DATA, END_STREAM, request.stream(), new byte[0]));
        forms.put(
                "a length too long, and trailers",
                (connection, request) -> head(connection, request, ":status", "200", "content-length", "9999")
                        .frame(DATA, 0, request.stream(), body(request))
                        .frame(HEADERS, END_HEADERS | END_STREAM, request.stream(), block("x-checksum", "1")));
        forms.put("no status", with("x", "y"));
        forms.put("no number for a status", with(":status", "2x0"));
        forms.put("an empty status", with(":status", ""));
        forms.put("a short status", with(":status", "20"));
        forms.put("a long status", with(":status", "2000"));
        forms.put("two statuses", with(":status", "404", ":status", "200"));
        forms.put("a status after other fields", with("x", "y", ":status", "200"));
        forms.put("a field in capitals", with(":status", "200", "X-A", "b"));
        forms.put("a field of HTTP/1.1", with(":status", "200", "connection", "close"));
        forms.put("another protocol", with(":status", "101"));
        forms.put("two heads", (connection, request) -> {
            head(connection, request, ":status", "200");
            with(":status", "200").say(connection, request);
        });
        forms.put(
                "another head as trailers",
                (connection, request) -> head(connection, request, ":status", "200")
                        .frame(DATA, 0, request.stream(), body(request))
                        .head(request, 404, END_STREAM));
        forms.put(
                "no end",
                (connection, request) -> head(connection, request, ":status", "200")
                        .frame(DATA, 0, request.stream(), body(request))
                        .reset(request, NO_ERROR));
        forms.put(
                "more padding than there is",
                (connection, request) -> head(connection, request, ":status", "200")
                        .frame(DATA, END_STREAM | PADDED, request.stream(), new byte[] {50, 1, 2}));
        forms.put(
                "another answer, on a stream that nobody opened",
                (connection, request) -> connection
                        .frame(HEADERS, END_HEADERS, NEVER_OPENED, block(":status", "200"))
                        .answerWell(request));
        forms.put(
                "a body of no stream",
                (connection, request) ->
                        connection.frame(DATA, 0, 0, body(request)).answerWell(request));
        return forms;
    }

    private static Stream<Arguments> withAndWithoutTls(Map<String, Answer> forms) {
        return forms.entrySet().stream()
                .flatMap(form -> Stream.of(
                        argumentSet(form.getKey(), form.getValue(), false),
                        argumentSet(form.getKey() + " over TLS", form.getValue(), true)));
    }

    static Stream<Arguments> formsOfAnswers() {
        return withAndWithoutTls(answers());
    }

    static Stream<Arguments> formsOfNone() {
        return withAndWithoutTls(broken());
    }

    @ParameterizedTest
    @MethodSource("formsOfAnswers")
    void an_answer_is_read_in_each_form_that_it_may_have(Answer form, boolean tls) throws IOException {
        try (RawServer server = answering(tls, form)) {
            TaskClient client = client(server, tls);

            assertStopped(Wire.result(client, ID));

            assertStopped(Wire.result(client, "next-1"));
            assertStopped(Wire.result(client, "next-2"));
        }
    }

    @ParameterizedTest
    @MethodSource("formsOfNone")
    void what_is_no_answer_leaves_the_outcome_unknown_and_harms_no_other(Answer form, boolean tls) throws IOException {
        try (RawServer server = answering(tls, form)) {
            TaskClient client = client(server, tls);

            assertThat(Wire.result(client, ID))
                    .isInstanceOfSatisfying(
                            Failed.class,
                            failed -> assertThat(failed.error().isOutcomeUnknown())
                                    .isTrue());

            assertStopped(Wire.result(client, "next-1"));
            assertStopped(Wire.result(client, "next-2"));
        }
    }

    private static void assertStopped(StopResult result) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        Stopped.class,
                        stopped -> assertThat(stopped.recovered()).isFalse());
    }

    private static RawServer answering(boolean tls, Answer form) throws IOException {
        return RawHttp2.server(tls, connection -> {
            connection.settings();
            for (Request request = connection.next(); request != null; request = connection.next()) {
                if (request.isStop() && request.taskId().equals(ID)) {
                    form.say(connection, request);
                } else {
                    connection.answerWell(request);
                }
            }
        });
    }

    private TaskClient client(RawServer server, boolean tls) {
        return wire.client(server.url(), settings -> {
            TaskClientBuilder once = settings.retry(Wire.ONCE).requestTimeout(Duration.ofSeconds(9));
            return tls ? once.httpClient(RawTls.TRUSTING) : once.http2PriorKnowledge();
        });
    }
}
