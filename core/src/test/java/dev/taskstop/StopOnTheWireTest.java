package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static dev.taskstop.Wire.KEY;
import static dev.taskstop.Wire.requests;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Stopped;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class StopOnTheWireTest {

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    @BeforeEach
    void everyTaskRuns() {
        Wire.dispatch(server, Wire::running);
    }

    @Test
    void a_stop_is_the_request_that_the_API_documents() throws InterruptedException {
        Wire.value(wire.client(server).stop(ID));

        List<RecordedRequest> requests = requests(server);
        assertThat(requests).hasSize(1);
        RecordedRequest stop = requests.get(0);
        assertThat(stop.getRequestLine()).isEqualTo("PATCH /api/tasks/" + ID + " HTTP/1.1");
        assertThat(stop.getHeaders().values("Authorization")).containsExactly("Bearer " + KEY);
        assertThat(stop.getHeaders().values("Content-Type")).containsExactly("application/json");
        assertThat(stop.getHeaders().values("Content-Length")).containsExactly("17");
        assertThat(stop.getHeaders().values("Transfer-Encoding")).isEmpty();
        assertThat(stop.getHeaders().values("Accept")).containsExactly("application/json");
        assertThat(stop.getBody().utf8()).isEqualTo("{\"action\":\"stop\"}");
    }

    @Test
    void a_question_for_the_status_is_the_request_that_the_API_documents() throws InterruptedException {
        TaskStatus status = Wire.value(wire.client(server).status(ID));

        RecordedRequest question = requests(server).get(0);
        assertThat(question.getRequestLine()).isEqualTo("GET /api/tasks/" + ID + "/status HTTP/1.1");
        assertThat(question.getHeaders().values("Authorization")).containsExactly("Bearer " + KEY);
        assertThat(question.getBodySize()).isZero();
        assertThat(status.state().kind()).isEqualTo(TaskState.Kind.PROCESSING);
        assertThat(status.progress()).isEqualTo(45);
        assertThat(status.createdAt()).isEqualTo(Instant.parse("2024-01-15T10:00:00Z"));
        assertThat(status.completedAt()).isNull();
    }

    @Test
    void the_documented_answer_becomes_a_stopped_task() {
        StoppedTask task = Wire.value(wire.client(server).stop(ID));

        assertThat(task)
                .isEqualTo(new StoppedTask(
                        ID,
                        TaskState.of("stopped"),
                        Wire.USER,
                        "Task was stopped by user",
                        Instant.parse("2024-01-15T10:30:00Z"),
                        Instant.parse("2024-01-15T10:30:01.500Z")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            quoteCharacter = '\0',
            value = {
                "a%b?c#d:e@f a%25b%3Fc%23d%3Ae%40f",
                "a%2Fb a%252Fb",
                "a;b=c&d+e a%3Bb%3Dc%26d%2Be",
                "\"'<>^`{|} %22%27%3C%3E%5E%60%7B%7C%7D",
                "... ...",
                "-_.~ -_.~"
            })
    void an_id_is_escaped_as_one_segment(String id, String segment) throws InterruptedException {
        TaskClient client = wire.client(server);

        // The answer is about the escaped id, so it is one that cannot be read; what was sent is of interest.
        Wire.result(client, id);

        assertThat(requests(server))
                .isNotEmpty()
                .allSatisfy(request -> assertThat(request.getTarget())
                        .isIn("/api/tasks/" + segment, "/api/tasks/" + segment + "/status"));
    }

    @Test
    void the_path_of_the_base_address_is_kept() throws InterruptedException {
        for (String path : List.of("/gateway", "/gateway/")) {
            URI base = URI.create("http://127.0.0.1:" + server.getPort() + path);
            Wire.dispatch(server, request -> Wire.json(200, Wire.stopped(ID)));

            Wire.value(wire.client(base, settings -> settings).stop(ID));

            assertThat(requests(server))
                    .extracting(RecordedRequest::getTarget)
                    .containsExactly("/gateway/api/tasks/" + ID);
        }
    }

    static Stream<String> badIds() {
        return Stream.of(
                "",
                " ",
                "\t \n",
                ".",
                "..",
                "a/b",
                "../status",
                "a\\b",
                "a b",
                "abc\n",
                "abc\r\nHost: elsewhere",
                "abc\u0000def",
                "abc\u007F",
                "\u00FCber",
                "abc\uD800def",
                "\uD83D\uDE00",
                "x".repeat(300));
    }

    // The ids stay out of the display name: a report in XML cannot hold them all.
    @ParameterizedTest(name = "{index}")
    @MethodSource("badIds")
    void an_id_that_cannot_be_one_sends_nothing_and_is_not_repeated(String id) {
        TaskClient client = wire.client(server);

        for (Mono<?> call : List.of(client.stop(id), client.status(id))) {
            TaskException failure = Wire.failure(call);

            assertThat(failure).isInstanceOf(TaskRequestException.class).hasNoCause();
            assertThat(failure.isOutcomeUnknown()).isFalse();
            if (id.length() > 2 && !id.isBlank()) {
                assertThat(failure.getMessage()).isNotBlank().doesNotContain(id);
            }
        }
        assertThat(server.getRequestCount()).isZero();
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("badIds")
    void a_bad_id_fails_alone_among_good_ones(String id) throws InterruptedException {
        TaskClient client = wire.client(server);
        StopAllOptions ordered = StopAllOptions.defaults().withOrdered(true);

        List<StopResult> results = Wire.values(client.stopAll(Flux.just("first", id, "last"), ordered));

        assertThat(results).extracting(StopResult::taskId).containsExactly("first", id, "last");
        assertThat(results.get(0)).isInstanceOf(Stopped.class);
        assertThat(results.get(1)).isInstanceOf(Failed.class);
        assertThat(results.get(2)).isInstanceOf(Stopped.class);
        assertThat(requests(server))
                .extracting(RecordedRequest::getTarget)
                .containsExactlyInAnyOrder("/api/tasks/first", "/api/tasks/last");
    }

    @Test
    void nothing_is_sent_before_a_subscription_and_each_subscription_sends_anew() {
        Mono<StoppedTask> stop = wire.client(server).stop(ID);
        assertThat(server.getRequestCount()).isZero();

        Wire.value(stop);
        Wire.value(stop);

        assertThat(server.getRequestCount()).isEqualTo(2);
    }
}
