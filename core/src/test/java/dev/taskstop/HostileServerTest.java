package dev.taskstop;

import static dev.taskstop.RawServer.bytes;
import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Stopped;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers that are odd or broken below the level of JSON: what comes of them, and that the next stop is not harmed. */
class HostileServerTest {

    private static final String BODY = Wire.stopped(ID);
    private static final String LENGTH = "Content-Length: " + BODY.length() + "\r\n";
    private static final String GOOD = "HTTP/1.1 200 OK\r\n" + LENGTH + "\r\n" + BODY;
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String CHUNK = Integer.toHexString(BODY.length()) + "\r\n" + BODY + "\r\n";

    private static final String INTERIM =
            "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 X\r\nContent-Length: 5\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n";

    private static final Duration DROP = Duration.ofMillis(50);

    @RegisterExtension
    final Wire wire = new Wire();

    static Stream<Arguments> readable() {
        return Stream.of(
                argumentSet("as it should be", GOOD),
                argumentSet("trailers", CHUNKED + CHUNK + "0\r\nX-Trailer: 1\r\nContent-Length: 3\r\n\r\n"),
                argumentSet(
                        "a chunk with an extension", CHUNKED + CHUNK.replaceFirst("\r\n", ";a=b\r\n") + "0\r\n\r\n"),
                argumentSet("100 before", "HTTP/1.1 100 Continue\r\n\r\n" + GOOD),
                argumentSet("100 twice before", "HTTP/1.1 100 Continue\r\n\r\n".repeat(2) + GOOD),
                argumentSet("103 before", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + GOOD),
                argumentSet("102, 103 and 100 before", INTERIM + GOOD),
                argumentSet("no reason", GOOD.replace(" OK", "")),
                argumentSet("another reason", GOOD.replace(" OK", " NOT OK 404 \u00E9")),
                argumentSet("HTTP/1.0", GOOD.replace("1.1", "1.0")),
                argumentSet("a header of no use", GOOD.replace(LENGTH, LENGTH + "X: \u00E9\r\nX-Empty:\r\n")));
    }

    @ParameterizedTest
    @MethodSource("readable")
    void an_answer_that_is_odd_and_clear_is_read(String answer) throws IOException {
        try (RawServer server = server(bytes(answer))) {
            TaskClient client = client(server);

            assertThat(Wire.result(client, ID))
                    .isInstanceOfSatisfying(
                            Stopped.class,
                            stopped -> assertThat(stopped.recovered()).isFalse());

            assertThat(server.requests).containsExactly("PATCH /api/tasks/" + ID + " HTTP/1.1");
            assertNextIsNotHarmed(client);
        }
    }

    @Test
    void an_answer_that_ends_with_its_connection_is_read() throws IOException {
        try (RawServer server = new RawServer(peer -> {
            peer.next();
            peer.say(bytes("HTTP/1.0 200 OK\r\n\r\n" + BODY));
        })) {
            assertThat(Wire.result(client(server), ID)).isInstanceOf(Stopped.class);
        }
    }

    static Stream<Arguments> unreadable() {
        String tooMany = Stream.iterate(0, i -> i + 1)
                .limit(20_000)
                .map(i -> "X-" + i + ": 1\r\n")
                .reduce("", String::concat);
        return Stream.of(
                argumentSet("nothing", ""),
                argumentSet("garbage", "GARBAGE\r\n\r\n"),
                argumentSet("garbage without an end", "\u0000\u0001\u0002".repeat(5_000)),
                argumentSet("an empty line or two", "\r\n\r\n"),
                argumentSet("another protocol", GOOD.replace("HTTP/1.1", "ICY")),
                argumentSet("a version of the future", GOOD.replace("1.1", "9.9x")),
                argumentSet("no number for a status", GOOD.replace("200", "abc")),
                argumentSet("a negative status", GOOD.replace("200", "-200")),
                argumentSet("a huge status", GOOD.replace("200", "99999999999")),
                argumentSet("a status line without an end", "HTTP/1.1 200 " + "O".repeat(100_000)),
                argumentSet("a header without an end", GOOD.replace(LENGTH, "X: " + "y".repeat(100_000))),
                argumentSet("too many headers", GOOD.replace(LENGTH, tooMany + LENGTH)),
                argumentSet("the same length twice", GOOD.replace(LENGTH, LENGTH + LENGTH)),
                argumentSet("a header of another alphabet", GOOD.replace(LENGTH, LENGTH + "X-\u00E9: 1\r\n")),
                argumentSet("a length too long", GOOD.replace(LENGTH, "Content-Length: 9999\r\n")),
                argumentSet("a length too short", GOOD.replace(LENGTH, "Content-Length: 20\r\n")),
                argumentSet("a length of none", GOOD.replace(LENGTH, "Content-Length: 0\r\n")),
                argumentSet("two lengths", GOOD.replace(LENGTH, "Content-Length: 20\r\n" + LENGTH)),
                argumentSet("a negative length", GOOD.replace(LENGTH, "Content-Length: -1\r\n")),
                argumentSet("no number for a length", GOOD.replace(LENGTH, "Content-Length: many\r\n")),
                argumentSet("a huge length", GOOD.replace(LENGTH, "Content-Length: 99999999999999999999\r\n")),
                argumentSet("no number for a chunk", CHUNKED + "zz\r\n" + BODY + "\r\n0\r\n\r\n"),
                argumentSet("a huge chunk", CHUNKED + "ffffffffffffffff\r\n" + BODY + "\r\n0\r\n\r\n"),
                argumentSet("a negative chunk", CHUNKED + "-1\r\n" + BODY + "\r\n0\r\n\r\n"),
                argumentSet("no last chunk", CHUNKED + CHUNK),
                argumentSet("a trailer without an end", CHUNKED + CHUNK + "0\r\nX: " + "y".repeat(100_000)),
                argumentSet(
                        "101", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n" + GOOD),
                argumentSet("100 and nothing else", "HTTP/1.1 100 Continue\r\n\r\n"));
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void an_answer_that_cannot_be_read_leaves_the_outcome_unknown(String answer) throws IOException {
        try (RawServer server = closingServer(bytes(answer))) {
            TaskClient client = client(server);

            assertThat(Wire.result(client, ID)).isInstanceOfSatisfying(Failed.class, failed -> {
                assertThat(failed.error()).isInstanceOfAny(TaskRequestException.class, TaskDecodingException.class);
                assertThat(failed.error().isOutcomeUnknown()).isTrue();
            });

            assertNextIsNotHarmed(client);
        }
    }

    static Stream<Arguments> forms() {
        return Stream.of(
                argumentSet("with a length", GOOD),
                argumentSet("in chunks", CHUNKED + CHUNK + "0\r\n\r\n"),
                argumentSet("after interim ones", INTERIM + GOOD),
                argumentSet("to the end of the connection", "HTTP/1.1 200 OK\r\n\r\n" + BODY.strip()));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void an_answer_that_is_cut_anywhere_is_none(String answer) throws IOException {
        AtomicInteger length = new AtomicInteger();
        try (RawServer server = new RawServer(peer -> {
            for (String request = peer.next(); request != null; request = peer.next()) {
                peer.say(answer(request, bytes(answer.substring(0, length.get()))));
                if (request.startsWith("PATCH")) {
                    return;
                }
            }
        })) {
            TaskClient client = client(server);
            for (; length.get() < answer.length(); length.incrementAndGet()) {
                StopResult result = Wire.result(client, ID);

                assertThat(result).as("cut after %d", length.get()).satisfies(HostileServerTest::isUnknown);
            }

            assertThat(Wire.result(client, ID)).satisfies(HostileServerTest::isStopped);
        }
    }

    @Test
    void a_second_answer_to_one_request_is_not_taken_for_the_answer_to_the_next() throws IOException {
        String notFound = "HTTP/1.1 404 X\r\nContent-Length: 2\r\n\r\n{}";
        for (String second : List.of(notFound, notFound.repeat(3), GOOD)) {
            try (RawServer server = server(bytes(GOOD + second))) {
                TaskClient client = client(server);

                assertThat(Wire.result(client, ID)).isInstanceOf(Stopped.class);

                assertNextIsNotHarmed(client);
            }
        }
    }

    /** It may break the connection just as the next request is on its way, whose outcome is then unknown. */
    @Test
    void garbage_after_an_answer_makes_no_other_answer_up() throws IOException {
        try (RawServer server = server(bytes(GOOD + "garbage\r\n\r\n"))) {
            TaskClient client = client(server);
            assertThat(Wire.result(client, ID)).isInstanceOf(Stopped.class);

            StopResult next = Wire.result(client, "next");

            if (!(next instanceof Stopped)) {
                assertThat(next)
                        .isInstanceOfSatisfying(
                                Failed.class,
                                failed -> assertThat(failed.error().isOutcomeUnknown())
                                        .isTrue());
            }
        }
    }

    /** One that is there before the request is written keeps it back: {@link SurplusOnIdleConnectionTest}. */
    @Test
    void an_answer_before_the_request_ends_in_one_result() throws IOException {
        for (String early :
                List.of(GOOD, "HTTP/1.1 408 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "garbage\r\n\r\n")) {
            try (RawServer server = new RawServer(peer -> {
                peer.say(bytes(early));
                peer.next();
            })) {
                assertThat(Wire.result(client(server), ID))
                        .satisfiesAnyOf(
                                HostileServerTest::isStopped,
                                HostileServerTest::isUnknown,
                                HostileServerTest::isNotSent);
            }
        }
    }

    static Stream<Arguments> dripping() {
        return Stream.of(
                argumentSet("a head", "", GOOD),
                argumentSet("a chunk's length", CHUNKED, "1;a=" + "b".repeat(2_000)),
                argumentSet("a trailer", CHUNKED + CHUNK, "0\r\nX: " + "y".repeat(2_000)));
    }

    @ParameterizedTest
    @MethodSource("dripping")
    void what_drips_is_given_up_though_no_single_wait_is_long(String begin, String drops) throws IOException {
        try (RawServer server = new RawServer(peer -> {
            String request = peer.next();
            if (request == null || request.startsWith("GET")) {
                return;
            }
            peer.say(bytes(begin));
            for (byte drop : bytes(drops)) {
                peer.say(new byte[] {drop});
                LockSupport.parkNanos(DROP.toNanos());
            }
        })) {
            TaskClient client = wire.client(
                    server.url(), settings -> settings.retry(Wire.ONCE).requestTimeout(DROP.multipliedBy(6)));
            long start = System.nanoTime();

            TaskException failure = Wire.failure(client.stop(ID));

            assertThat(failure).isInstanceOf(TaskRequestException.class).hasMessageContaining("ReadTimeoutException");
            assertThat(failure.isOutcomeUnknown()).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(DROP.multipliedBy(100));
        }
    }

    @Test
    void any_answer_that_is_spoilt_on_its_way_ends_in_one_result() {
        Seeds.someOf("spoilt on the wire", 2, random -> {
            try (RawServer server = closingServer(spoilt(random))) {
                TaskClient client = client(server);

                assertThat(Wire.result(client, ID).taskId()).isEqualTo(ID);
                // The next may get onto the connection that the server is just closing, which it then says.
                StopResult next = Wire.result(client, "next-1");
                assertThat(next)
                        .satisfiesAnyOf(
                                HostileServerTest::isStopped,
                                HostileServerTest::isUnknown,
                                HostileServerTest::isNotSent);
                isStopped(Wire.result(client, "next-2"));
            }
        });
    }

    private static void isStopped(StopResult result) {
        assertThat(result).isInstanceOf(StopResult.Stopped.class);
    }

    private static void isUnknown(StopResult result) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        StopResult.Failed.class,
                        failed -> assertThat(failed.error().isOutcomeUnknown()).isTrue());
    }

    private static void isNotSent(StopResult result) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.error())
                                .isInstanceOfSatisfying(
                                        TaskRequestException.class,
                                        error -> assertThat(error.reason())
                                                .isEqualTo(TaskRequestException.Reason.NOT_SENT)));
    }

    private static byte[] spoilt(Random random) {
        byte[] answer =
                bytes(Seeds.oneOf(random, GOOD, CHUNKED + CHUNK + "0\r\n\r\n", "HTTP/1.1 100 X\r\n\r\n" + GOOD));
        for (int i = random.nextInt(4); i >= 0; i--) {
            // Mostly in the head, where it matters to HTTP.
            int at = random.nextInt(random.nextBoolean() ? 60 : answer.length);
            int by = Seeds.oneOf(random, random.nextInt(256), (int) '\r', (int) '\n', (int) ':', (int) ' ', 0);
            answer[at] = (byte) by;
        }
        return answer;
    }

    private static RawServer server(byte[] toThisStop) throws IOException {
        return RawServer.answering(request -> answer(request, toThisStop));
    }

    /** Closes the connection after the answer, so that nobody has to wait for what does not come. */
    private static RawServer closingServer(byte[] toThisStop) throws IOException {
        return new RawServer(peer -> {
            for (String request = peer.next(); request != null; request = peer.next()) {
                byte[] answer = answer(request, toThisStop);
                peer.say(answer);
                if (answer == toThisStop) {
                    return;
                }
            }
        });
    }

    private static byte[] answer(String request, byte[] toThisStop) {
        String id = request.replaceFirst("^\\S+ /api/tasks/", "").replaceFirst("[/ ].*", "");
        if (request.startsWith("GET")) {
            return RawServer.json(200, Wire.status(id, "processing"));
        }
        return id.equals(ID) ? toThisStop : RawServer.json(200, Wire.stopped(id));
    }

    private TaskClient client(RawServer server) {
        return wire.client(
                server.url(),
                settings -> settings.retry(Wire.ONCE).concurrency(1).requestTimeout(Duration.ofSeconds(8)));
    }

    private static void assertNextIsNotHarmed(TaskClient client) {
        for (String next : List.of("next-1", "next-2")) {
            assertThat(Wire.value(client.stop(next)).taskId()).isEqualTo(next);
        }
    }
}
