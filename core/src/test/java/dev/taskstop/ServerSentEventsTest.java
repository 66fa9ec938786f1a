package dev.taskstop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.taskstop.ServerSentEvents.Event;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerSentEventsTest {

    private static final int LIMIT = ServerSentEvents.MAX_EVENT_BYTES;

    private static final TaskRequest REQUEST = TaskDialect.cloud()
            .logsRequest(new Origin(URI.create("https://cloud.blackbox.ai"), "bb_key", false), "t1", 0);

    private static ServerSentEvents parser(String... headers) {
        return new ServerSentEvents(new Answer(REQUEST, StubTransport.response(200, "", headers)), Set.of("log"));
    }

    private static List<Event> read(String stream) {
        return parser().feed(stream.getBytes(UTF_8));
    }

    static Stream<Arguments> streams() {
        return Stream.of(
                argumentSet("a name and data", "event: log\ndata: 1\n\n", List.of(new Event("log", "1"))),
                argumentSet("no name", "data: 1\n\n", List.of(new Event("message", "1"))),
                argumentSet("an empty name", "event\ndata: 1\n\n", List.of(new Event("message", "1"))),
                argumentSet("the last name counts", "event:a\nevent:b\ndata:1\n\n", List.of(new Event("b", "1"))),
                argumentSet(
                        "a name lasts for one event",
                        "event: a\ndata: 1\n\ndata: 2\n\n",
                        List.of(new Event("a", "1"), new Event("message", "2"))),
                argumentSet(
                        "data of many lines", "data: 1\ndata\ndata:  2\n\n", List.of(new Event("message", "1\n\n 2"))),
                argumentSet("empty data", "data\n\n", List.of(new Event("message", ""))),
                argumentSet("no data, no event", "event: a\n\ndata: 1\n\n", List.of(new Event("message", "1"))),
                argumentSet("a colon in the data", "data: a: b\n\n", List.of(new Event("message", "a: b"))),
                argumentSet(
                        "what is not for us",
                        ": hello\nid: 7\nretry: 10\n:\nother\nDATA: 0\n data: 0\ndata: 1\n\n",
                        List.of(new Event("message", "1"))),
                argumentSet(
                        "line ends of CR",
                        "event: a\rdata: 1\r\rdata: 2\r\r",
                        List.of(new Event("a", "1"), new Event("message", "2"))),
                argumentSet(
                        "line ends of CR LF",
                        "event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n",
                        List.of(new Event("a", "1"), new Event("message", "2"))),
                argumentSet(
                        "line ends of each kind",
                        "data: 1\r\ndata: 2\rdata: 3\n\r\n\n\r",
                        List.of(new Event("message", "1\n2\n3"))),
                argumentSet("a byte order mark", "\uFEFFdata: 1\n\n", List.of(new Event("message", "1"))),
                argumentSet("only the first one is a mark", "\uFEFF\uFEFFdata: 1\n\n", List.of()),
                argumentSet("a mark inside", "data: 1\n\n\uFEFFdata: 2\n\n", List.of(new Event("message", "1"))),
                argumentSet("an end in the middle", "data: 1\n\ndata: 2\n", List.of(new Event("message", "1"))),
                argumentSet("characters of 1 to 4 bytes", "data: aé…😀\n\n", List.of(new Event("message", "aé…😀"))),
                argumentSet("nothing", "", List.of()));
    }

    @ParameterizedTest
    @MethodSource("streams")
    void a_stream_is_read_as_the_standard_says(String stream, List<Event> expected) {
        assertThat(read(stream)).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("streams")
    void a_stream_that_comes_byte_by_byte_gives_the_same(String stream, List<Event> expected) {
        ServerSentEvents parser = parser();
        List<Event> events = new ArrayList<>();
        for (byte b : stream.getBytes(UTF_8)) {
            events.addAll(parser.feed(new byte[] {b}));
        }

        assertThat(events).isEqualTo(expected);
    }

    @Test
    void wherever_the_chunks_end_the_events_are_the_same() {
        long seed = ThreadLocalRandom.current().nextLong();
        System.out.println("seed of wherever_the_chunks_end_the_events_are_the_same: " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            byte[] stream = randomStream(random).getBytes(UTF_8);
            ServerSentEvents parser = parser();
            List<Event> events = new ArrayList<>();
            for (int from = 0, to; from < stream.length; from = to) {
                to = Math.min(stream.length, from + random.nextInt(12));
                events.addAll(parser.feed(Arrays.copyOfRange(stream, from, to)));
            }

            assertThat(events).as("seed %d, round %d", seed, round).isEqualTo(parser().feed(stream));
        }
    }

    private static String randomStream(Random random) {
        String[] parts = {
            "\n",
            "\r",
            "\r\n",
            "\n\n",
            ":",
            ": ",
            "event: log",
            "data: {\"a\":\"é…😀\"}",
            "data",
            "id: 1",
            " ",
            "\uFEFF",
            "x"
        };
        StringBuilder stream = new StringBuilder();
        for (int i = random.nextInt(40); i >= 0; i--) {
            stream.append(parts[random.nextInt(parts.length)]);
        }
        return stream.toString();
    }

    @Test
    void a_line_of_a_known_event_that_never_ends_is_refused_before_it_fills_the_memory() {
        ServerSentEvents parser = parser();
        parser.feed("event: log\ndata: ".getBytes(UTF_8));
        parser.feed("user@example.com".repeat(LIMIT / 16 - 1).getBytes(UTF_8));

        assertTooLarge(parser, "y".repeat(16));
    }

    @Test
    void data_of_a_known_event_that_never_ends_is_refused_though_its_lines_are_short() {
        ServerSentEvents parser = parser();
        String line = "data: 0123456789\n";
        parser.feed(("event: log\n" + line.repeat(LIMIT / (line.length() - 1))).getBytes(UTF_8));

        assertTooLarge(parser, line);
    }

    @Test
    void a_known_event_whose_name_comes_last_is_refused_all_the_same() {
        ServerSentEvents parser = parser();
        parser.feed(("data: " + "x".repeat(LIMIT) + "\nevent: log\n").getBytes(UTF_8));

        assertTooLarge(parser, "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {": ", ":", "id: ", "retry: ", "x", "other: ", "event: ", "data ", "dat"})
    void a_line_that_is_not_for_us_may_be_as_long_as_it_likes(String start) {
        ServerSentEvents parser = parser();
        parser.feed("event: log\n".getBytes(UTF_8));
        parser.feed(start.getBytes(UTF_8));
        byte[] more = "x".repeat(60_000).getBytes(UTF_8);
        for (int i = 0; i < 50; i++) {
            assertThat(parser.feed(more)).isEmpty();
        }

        assertThat(parser.feed("\nevent: log\ndata: 1\n\n".getBytes(UTF_8))).containsExactly(new Event("log", "1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"event: thinking\n", "event\n", "", "data: 0\n"})
    void of_an_event_that_is_unknown_and_too_large_the_beginning_is_given(String start) {
        ServerSentEvents parser = parser();
        List<Event> events = new ArrayList<>(parser.feed((start + "data: ").getBytes(UTF_8)));
        byte[] more = "x".repeat(60_000).getBytes(UTF_8);
        for (int i = 0; i < 50; i++) {
            events.addAll(parser.feed(more));
        }
        events.addAll(parser.feed("\ndata: y\n\ndata: 1\n\n".getBytes(UTF_8)));

        assertThat(events).hasSize(2);
        assertThat(events.get(0).cut()).isTrue();
        assertThat(events.get(0).data()).hasSizeLessThanOrEqualTo(LIMIT);
        assertThat(events.get(1)).isEqualTo(new Event("message", "1"));
    }

    private static void assertTooLarge(ServerSentEvents parser, String more) {
        assertThatThrownBy(() -> parser.feed(more.getBytes(UTF_8)))
                .isInstanceOf(TaskDecodingException.class)
                .hasMessage("GET /api/tasks/{taskId}/stream answered 200 with a body that has an event of more than"
                        + " 65536 bytes");
    }

    @Test
    void an_event_of_the_largest_size_is_read() {
        String data = "x".repeat(LIMIT - "data: ".length());

        assertThat(read("data: " + data + "\n\n")).containsExactly(new Event("message", data));
    }

    @Test
    void many_events_and_endless_comments_are_within_the_bound() {
        ServerSentEvents parser = parser();
        byte[] event = ("data: " + "x".repeat(60_000) + "\n\n").getBytes(UTF_8);
        byte[] comment = (": " + "x".repeat(60_000) + "\n").getBytes(UTF_8);
        for (int i = 0; i < 100; i++) {
            assertThat(parser.feed(event)).hasSize(1);
            assertThat(parser.feed(comment)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "Text/Event-Stream; charset=utf-8"})
    void a_body_that_says_what_it_is_is_read(String type) {
        assertThat(parser("Content-Type", type).feed("data: 1\n\n".getBytes(UTF_8)))
                .hasSize(1);
    }

    @Test
    void a_body_that_is_something_else_is_refused() {
        assertThatThrownBy(() -> parser("Content-Type", "text/html"))
                .isInstanceOf(TaskDecodingException.class)
                .hasMessageEndingWith("that is not text/event-stream");
    }
}
