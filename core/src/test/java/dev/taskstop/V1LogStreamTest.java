package dev.taskstop;

import static dev.taskstop.StubLogs.refusal;
import static dev.taskstop.StubLogs.stream;
import static dev.taskstop.StubTransport.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.TaskLogEvent.Complete;
import dev.taskstop.TaskLogEvent.Log;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Log streams of the Agent API v1, which tell everything from the beginning each time. */
class V1LogStreamTest {

    private static final Duration LONG = Duration.ofMinutes(10);

    private static final StopRetry FOUR = StopRetry.defaults()
            .withMaxAttempts(4)
            .withBackoff(Duration.ofMillis(100), Duration.ofMillis(300))
            .withJitter(0);

    private static String delta(String text) {
        return "data: {\"type\":\"text-delta\",\"id\":\"m\",\"delta\":\"" + text + "\"}\n\n";
    }

    private static String finish(String state) {
        return "data: {\"type\":\"finish\",\"runId\":\"t1\",\"status\":\"" + state + "\"}\n\n";
    }

    private static String error() {
        return "data: {\"type\":\"error\",\"errorText\":\"Agent gave up\"}\n\n";
    }

    private static Mono<StubLogs.Answer> lost(String... chunks) {
        return stream(Flux.just(chunks).concatWith(Mono.error(new IOException("reset"))));
    }

    private static TaskClientBuilder client(StubLogs server) {
        return server.client().dialect(TaskDialect.agentV1()).retry(FOUR);
    }

    private static String brief(TaskLogEvent event) {
        if (event instanceof Log log) {
            return log.index() + " " + log.message();
        }
        return event instanceof Complete complete ? "C " + complete.state() : "error";
    }

    private static void assertGives(StubLogs server, String... events) {
        StepVerifier.withVirtualTime(() -> client(server)
                        .build()
                        .logs("t1")
                        .map(V1LogStreamTest::brief)
                        .collectList())
                .thenAwait(LONG)
                .expectNext(List.of(events))
                .expectComplete()
                .verify(Wire.LIMIT);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void what_was_given_before_a_break_is_not_given_again(int given) {
        String[] all = {delta("a"), delta("b"), delta("c")};
        StubLogs server = new StubLogs(
                lost(List.of(all).subList(0, given).toArray(String[]::new)),
                refusal(503),
                stream(delta("a") + delta("b"), delta("c"), finish("completed")));

        assertGives(server, "0 a", "1 b", "2 c", "C completed");
    }

    @Test
    void a_stream_from_an_index_begins_there_although_the_server_begins_before() {
        StubLogs server = new StubLogs(stream(delta("a"), delta("b"), delta("c"), finish("cancelled")));

        StepVerifier.create(client(server).build().logs("t1", 2).map(V1LogStreamTest::brief))
                .expectNext("2 c", "C cancelled")
                .expectComplete()
                .verify(Wire.LIMIT);
    }

    @Test
    void what_is_about_the_stream_rather_than_the_run_is_not_counted() {
        String session = "data: {\"type\":\"session-init\"}\n\ndata: {\"type\":\"start\",\"runId\":\"t1\"}\n\n";
        StubLogs server = new StubLogs(
                lost(session + delta("a") + ": beat\n\ndata:\n\ndata: [DONE]\n\n"),
                stream(delta("a"), session, delta("b"), finish("failed")));

        assertGives(server, "0 a", "1 b", "C failed");
    }

    @Test
    void what_a_tool_was_given_and_gave_is_an_entry_of_any_kind() {
        StubLogs server = new StubLogs(stream(
                "data: {\"type\":\"tool-call-start\",\"toolCallId\":\"c\",\"toolName\":\"bash\"}\n\n",
                "data: {\"type\":\"tool-output-available\",\"toolName\":\"bash\",\"output\":{\"exitCode\":0}}\n\n",
                "data: {\"type\":\"brand-new\",\"text\":\"x\",\"deep\":" + "[".repeat(900) + "]".repeat(900) + "}\n\n",
                "data: {\"type\":\"brand-new\",\"output\":" + "[".repeat(9_000) + "]".repeat(9_000) + "}\n\n",
                finish("completed")));

        StepVerifier.create(client(server).build().logs("t1").ofType(Log.class))
                .expectNext(new Log(0, "tool-call-start", null, null, null, "bash", null))
                .expectNext(new Log(1, "tool-output-available", null, "{\"exitCode\":0}", null, "bash", null))
                .expectNext(new Log(2, "brand-new", null, "x", null, null, null))
                .expectNext(new Log(3, "brand-new", null, null, null, null, null))
                .expectComplete()
                .verify(Wire.LIMIT);
    }

    @Test
    void an_entry_that_is_too_large_has_no_text_and_counts_all_the_same() {
        StubLogs server = new StubLogs(
                lost(delta("a"), delta("x".repeat(200_000)), delta("b")),
                stream(delta("a"), delta("x".repeat(200_000)), delta("b"), delta("c"), finish("completed")));

        assertGives(server, "0 a", "1 null", "2 b", "3 c", "C completed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: {\"type\":\"finish\"}\n\n",
                "data: {\"type\":\"finish\",\"status\":7}\n\n",
                "data: {\"type\":7}\n\n",
                "data: 7\n\n",
                "data: [1]\n\n",
                "data: null\n\n",
                "data: secret\n\n",
                "event: finish\ndata:\n\n"
            })
    void what_tells_nothing_is_passed_over(String event) {
        assertGives(
                new StubLogs(stream(delta("a"), event, delta("b"), finish("completed"))), "0 a", "1 b", "C completed");
    }

    @Test
    void a_stream_about_another_run_is_an_error() {
        StubLogs server = new StubLogs(
                stream(delta("a"), "data: {\"type\":\"finish\",\"runId\":\"another\",\"status\":\"completed\"}\n\n"));

        StepVerifier.create(client(server).build().logs("t1").map(V1LogStreamTest::brief))
                .expectNext("0 a")
                .expectError(TaskDecodingException.class)
                .verify(Wire.LIMIT);
    }

    @Test
    void a_stream_that_ends_with_the_failure_of_the_run_is_completed_by_its_status() {
        StubLogs server = new StubLogs(stream(delta("a"), error()));
        server.others.onStatus((request, taskId) ->
                Mono.just(response(200, "{\"runId\":\"t1\",\"status\":\"failed\",\"error\":\"Agent gave up\"}")));

        assertGives(server, "0 a", "error", "C failed");
        assertThat(server.others.statusRequests()).isEqualTo(1);
    }

    @Test
    void a_stream_that_ends_with_a_failure_of_the_server_is_resumed_while_the_run_goes_on() {
        StubLogs server =
                new StubLogs(stream(delta("a"), error()), stream(delta("a"), delta("b"), finish("completed")));
        server.others.onStatus(
                (request, taskId) -> Mono.just(response(200, "{\"runId\":\"t1\",\"status\":\"in_progress\"}")));

        assertGives(server, "0 a", "error", "1 b", "C completed");
    }

    @Test
    void a_run_can_be_awaited_by_its_log() {
        StubLogs server = new StubLogs(stream(delta("a"), finish("completed")));
        server.others.onStatus(
                (request, taskId) -> Mono.just(response(200, "{\"runId\":\"t1\",\"status\":\"completed\"}")));

        StepVerifier.create(client(server)
                        .build()
                        .awaitOrStop("t1", LONG, AwaitOptions.defaults().withLogStream(true)))
                .expectNextMatches(TaskOutcome.Finished.class::isInstance)
                .expectComplete()
                .verify(Wire.LIMIT);
        assertThat(server.openedFrom).hasSize(1);
    }
}
