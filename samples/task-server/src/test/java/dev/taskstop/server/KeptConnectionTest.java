package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests of every two kinds right behind each other on a connection of HTTP/1.1 that is kept, and one more behind
 * them: each is answered, in the order in which they came, whichever thread answers and whether a body is read or not.
 */
class KeptConnectionTest {

    private static final String ENDED = "3f2b8d1c-5a6e-4c7f-9b0a-1d2e3f4a5b6c";
    private static final String NO_KEY = "";
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final String TOO_LARGE = " ".repeat(RequestBody.MAX_BYTES + 1);
    private static final String UNKNOWN_ROUTE = "/nowhere";

    private static final String KEY = "Authorization: Bearer " + TaskServerOptions.DEFAULT_KEY + "\r\n";

    private static final TaskServer PROMPT = TaskServer.start(options());

    /** All is answered on another thread, so that whatever is queued waits for it. */
    private static final TaskServer LATE = TaskServer.start(options().withLatency(Duration.ofMillis(1)));

    /** How close behind each other the requests come. */
    private enum Pace {
        TWO_IN_ONE_PIECE,
        THREE_IN_ONE_PIECE,
        /** The next one when the answer to the one before begins. */
        WITH_THE_ANSWER
    }

    /**
     * A kind of request, about a task that runs.
     *
     * @param request makes one about a task with this id
     * @param told what is a part of the answer; ID stands for the task's
     */
    private record Kind(String name, UnaryOperator<String> request, int status, String told) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static TaskServerOptions options() {
        return TaskServerOptions.defaults().withTask(ENDED, Status.COMPLETED);
    }

    private static List<Kind> cloud() {
        String one = "/api/tasks/ID";
        return Stream.concat(
                        Stream.of(
                                get("list", "/api/tasks?status=active", "\"hasMore\""),
                                get("get", one, "\"id\":\"ID\""),
                                get("status", one + "/status", "\"taskId\":\"ID\""),
                                get("log stream", "/api/tasks/" + ENDED + "/stream", "event: complete"),
                                body("create", "POST", "/api/tasks", "{\"prompt\":\"p\"}", 200, "pending"),
                                body("follow-up", "POST", one + "/continue", "{\"currentPrompt\":\"p\"}", 200, "true")),
                        either(one, TestClient.STOP, 500, "\"id\":\"ID\""))
                .toList();
    }

    private static List<Kind> agentV1() {
        String one = "/api/v1/tasks/ID";
        return Stream.concat(
                        Stream.of(
                                get("list", "/api/v1/tasks?status=running", "\"hasMore\""),
                                get("get", one, "\"taskId\":\"ID\""),
                                get("status", one + "/status", "\"runId\":\"ID\""),
                                get("logs", one + "/logs", "\"eventCount\""),
                                get("log stream", "/api/v1/tasks/" + ENDED + "/logs/stream", "\"finish\""),
                                get("agent status", "/api/v1/agent/status?runId=ID", "\"runId\":\"ID\""),
                                get("agent stream", "/api/v1/agent/stream?runId=" + ENDED, "\"finish\""),
                                body("create", "POST", "/api/v1/tasks", "{\"message\":\"m\"}", 200, "chatId"),
                                body("continue", "POST", one + "/continue", "{\"prompt\":\"p\"}", 200, "previousRun")),
                        either(one, TestClient.CANCEL, 400, "\"success\":true"))
                .toList();
    }

    /** What both have: stops of all kinds, and what is answered before anybody looks at its body. */
    private static Stream<Kind> either(String one, String stop, int brokenJson, String stopped) {
        String chunked = "Transfer-Encoding: chunked\r\n";
        String chunk = Integer.toHexString(stop.length()) + "\r\n" + stop + "\r\n0\r\n\r\n";
        String tooLargeChunk = Integer.toHexString(TOO_LARGE.length()) + "\r\n" + TOO_LARGE + "\r\n0\r\n\r\n";
        return Stream.of(
                body("stop", "PATCH", one, stop, 200, stopped),
                kind("chunked stop", "PATCH", one, KEY + JSON + chunked, chunk, 200, stopped),
                kind("expectant stop", "PATCH", one, expecting(stop), stop, 200, stopped),
                body("stop of an unknown task", "PATCH", one + "x", stop, 404, "not found"),
                body("broken stop", "PATCH", one, "{", brokenJson, "error"),
                body("stop without an action", "PATCH", one, "{}", 400, "error"),
                body("large stop", "PATCH", one, TOO_LARGE, 413, "too large"),
                kind("large chunked stop", "PATCH", one, KEY + JSON + chunked, tooLargeChunk, 413, "too large"),
                kind("stop that is no JSON", "PATCH", one, KEY + length(stop), stop, 400, "Content-Type"),
                kind("stop without a key", "PATCH", one, JSON + length(stop), stop, 401, "Unauthorized"),
                kind("list without a key", "GET", one.replace("/ID", ""), NO_KEY, "", 401, "Unauthorized"),
                get("status of an unknown task", one + "x/status", 404, "not found"),
                get("absolute form", "http://localhost" + one + "/status?x=/y", "ID"),
                get("unknown route", UNKNOWN_ROUTE, 404, "Not found"),
                body("unknown route with a body", "POST", UNKNOWN_ROUTE, stop, 404, "Not found"),
                kind("wrong method", "DELETE", one, KEY, "", 405, "not allowed"),
                kind("head", "HEAD", one, KEY, "", 405, ""),
                kind("options", "OPTIONS", one, NO_KEY, "", 405, "not allowed"),
                kind(
                        "preflight",
                        "OPTIONS",
                        one,
                        "Origin: http://example.com\r\nAccess-Control-Request-Method: PATCH\r\n",
                        "",
                        204,
                        ""),
                kind("list of a page", "GET", one.replace("/ID", ""), KEY + "Origin: null\r\n", "", 200, "hasMore"));
    }

    private static String expecting(String body) {
        return KEY + JSON + "Expect: 100-continue\r\n" + length(body);
    }

    private static String length(String body) {
        return "Content-Length: " + body.length() + "\r\n";
    }

    private static Kind get(String name, String path, String told) {
        return get(name, path, 200, told);
    }

    private static Kind get(String name, String path, int status, String told) {
        return kind(name, "GET", path, KEY, "", status, told);
    }

    private static Kind body(String name, String method, String path, String body, int status, String told) {
        return kind(name, method, path, KEY + JSON + length(body), body, status, told);
    }

    private static Kind kind(
            String name, String method, String path, String headers, String body, int status, String told) {
        String request = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n" + body;
        return new Kind(name, id -> request.replace("ID", id), status, told);
    }

    static Stream<Arguments> firsts() {
        return Stream.of(IdForm.values())
                .flatMap(dialect -> Stream.of(Pace.values())
                        .flatMap(pace -> kinds(dialect).stream().map(first -> Arguments.of(dialect, pace, first))));
    }

    private static List<Kind> kinds(IdForm dialect) {
        return dialect == IdForm.NANOID ? cloud() : agentV1();
    }

    @AfterAll
    static void close() {
        PROMPT.close();
        LATE.close();
    }

    @ParameterizedTest
    @MethodSource("firsts")
    void whatever_comes_behind_a_request_is_answered_and_what_comes_then_is_too(IdForm dialect, Pace pace, Kind first)
            throws IOException {
        for (Kind second : kinds(dialect)) {
            exchange(PROMPT, dialect, pace, first, second);
        }
    }

    static Stream<Arguments> lateFirsts() {
        return firsts().filter(arguments -> arguments.get()[1] == Pace.THREE_IN_ONE_PIECE);
    }

    @ParameterizedTest
    @MethodSource("lateFirsts")
    void so_it_is_when_each_answer_comes_late(IdForm dialect, Pace pace, Kind first) throws IOException {
        for (Kind second : kinds(dialect)) {
            exchange(LATE, dialect, pace, first, second);
        }
    }

    private static void exchange(TaskServer server, IdForm dialect, Pace pace, Kind first, Kind second)
            throws IOException {
        Kind last = kinds(dialect).stream()
                .filter(kind -> kind.name().equals("status"))
                .findFirst()
                .orElseThrow();
        List<Kind> kinds = List.of(first, second, pace == Pace.THREE_IN_ONE_PIECE ? second : last, last);
        List<String> ids = server.createTasks(
                TaskServerOptions.DEFAULT_USER, kinds.size(), Lifecycle.staysIn(Status.PROCESSING), dialect);
        try (RawConnection connection = new RawConnection(server.baseUrl())) {
            int sent = 0;
            for (int i = 0; i < kinds.size(); i++) {
                int upTo = Math.max(sent, i < inOnePiece(pace) ? inOnePiece(pace) : i + 1);
                connection.send(requests(kinds, ids, sent, upTo));
                sent = upTo;
                if (pace == Pace.WITH_THE_ANSWER && sent < kinds.size()) {
                    connection.awaitAnswer();
                    connection.send(requests(kinds, ids, sent, sent + 1));
                    sent++;
                }
                check(connection, kinds, i, ids.get(i));
            }
        }
    }

    private static int inOnePiece(Pace pace) {
        return switch (pace) {
            case TWO_IN_ONE_PIECE -> 2;
            case THREE_IN_ONE_PIECE -> 3;
            case WITH_THE_ANSWER -> 1;
        };
    }

    private static String requests(List<Kind> kinds, List<String> ids, int from, int to) {
        StringBuilder requests = new StringBuilder();
        for (int i = from; i < to; i++) {
            requests.append(kinds.get(i).request().apply(ids.get(i)));
        }
        return requests.toString();
    }

    private static void check(RawConnection connection, List<Kind> kinds, int number, String id) throws IOException {
        Kind kind = kinds.get(number);
        String what = "answer " + (number + 1) + " to " + kinds;
        try {
            RawConnection.Answer answer =
                    connection.read(kind.request().apply(id).startsWith("HEAD "));
            assertThat(answer.status()).as(what).isEqualTo(kind.status());
            assertThat(answer.body()).as(what).contains(kind.told().replace("ID", id));
            assertThat(answer.head().toLowerCase(Locale.ROOT)).as(what).doesNotContain("connection: close");
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no " + what, e);
        }
    }
}
