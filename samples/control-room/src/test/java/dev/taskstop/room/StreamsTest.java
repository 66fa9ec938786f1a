package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.test.publisher.TestPublisher;

/** Which of the streams of a session give way to newer ones, and what they are told. */
class StreamsTest {

    private final Streams streams = new Streams();
    private final Map<String, List<String>> heard = new LinkedHashMap<>();
    private final Map<String, TestPublisher<String>> sources = new LinkedHashMap<>();

    private Disposable open(String session, String page) {
        return open(session, page, page);
    }

    /** Of a page that opens one more stream the second has another name. */
    private Disposable open(String session, String page, String name) {
        TestPublisher<String> source = TestPublisher.create();
        sources.put(name, source);
        List<String> events = new ArrayList<>();
        heard.put(name, events);
        return streams.bound(session, page, source.flux(), "farewell")
                .subscribe(events::add, error -> events.add(error.toString()), () -> events.add("end"));
    }

    private List<String> isToldBy(String name, String event) {
        source(name).next(event);
        return heard.getOrDefault(name, List.of());
    }

    private TestPublisher<String> source(String name) {
        return sources.getOrDefault(name, TestPublisher.create());
    }

    @Test
    void each_stream_above_the_bound_ends_the_oldest_with_a_farewell() {
        for (int page = 1; page <= 10; page++) {
            open("s", "page " + page);
        }

        for (int page = 1; page <= 10 - Streams.PER_SESSION; page++) {
            assertThat(heard).containsEntry("page " + page, List.of("farewell", "end"));
            source("page " + page).assertCancelled();
        }
        for (int page = 10 - Streams.PER_SESSION + 1; page <= 10; page++) {
            assertThat(isToldBy("page " + page, "news")).containsExactly("news");
        }
    }

    @Test
    void a_page_that_opens_a_second_stream_ends_its_first_and_no_other() {
        open("s", "a");
        open("s", "b");
        open("s", "c");
        open("s", "a", "a again");

        assertThat(heard).containsEntry("a", List.of("farewell", "end"));
        assertThat(List.of("b", "c", "a again"))
                .allSatisfy(name -> assertThat(isToldBy(name, "news")).containsExactly("news"));

        open("s", "d");
        assertThat(heard).as("the oldest is another one now").containsEntry("b", List.of("news", "farewell", "end"));
        assertThat(isToldBy("a again", "more")).containsExactly("news", "more");
    }

    @Test
    void a_stream_that_ends_fails_or_is_left_says_no_farewell_and_frees_its_place() {
        open("s", "ends");
        open("s", "fails");
        Disposable left = open("s", "left");
        source("ends").complete();
        source("fails").error(new IllegalStateException("broken"));
        left.dispose();

        assertThat(heard)
                .containsEntry("ends", List.of("end"))
                .containsEntry("fails", List.of("java.lang.IllegalStateException: broken"))
                .containsEntry("left", List.of());
        for (int page = 1; page <= Streams.PER_SESSION; page++) {
            open("s", "page " + page);
        }
        for (int page = 1; page <= Streams.PER_SESSION; page++) {
            assertThat(isToldBy("page " + page, "news")).containsExactly("news");
        }
    }

    @Test
    void one_session_takes_nothing_from_another() {
        open("s", "a");
        for (int page = 1; page <= 2 * Streams.PER_SESSION; page++) {
            open("t", "page " + page);
        }

        assertThat(isToldBy("a", "news")).containsExactly("news");
    }

    @Test
    void who_opens_a_stream_on_hearing_a_farewell_ends_the_then_oldest() {
        open("s", "a");
        List<String> first = new ArrayList<>();
        streams.bound("s", "b", TestPublisher.<String>create().flux(), "farewell")
                .subscribe(first::add, error -> {}, () -> open("s", "b", "b again"));
        open("s", "c");
        open("s", "d");
        open("s", "e");

        assertThat(first).containsExactly("farewell");
        assertThat(heard).containsEntry("c", List.of("farewell", "end"));
        assertThat(List.of("d", "e", "b again"))
                .allSatisfy(name -> assertThat(isToldBy(name, "news")).containsExactly("news"));
    }
}
