package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Stopped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** In the Agent API v1 a follow-up is another run of the chat, so the chat is what has to stay quiet; in virtual time. */
class BulkStopWatchOfChatsTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String BEFORE = "2026-03-04T09:59:59.999Z";
    private static final String END = "2026-03-04T10:00:00.000Z";
    private static final String LATER = "2026-03-04T10:00:07.000Z";

    private final List<String> requests = new ArrayList<>();
    private @Nullable String chatOfRun = "chat-1";
    private @Nullable String endOfRun = END;
    private final List<String> queued = new ArrayList<>();
    private final List<String> running = new ArrayList<>();

    private static String quoted(@Nullable String text) {
        return text == null ? "null" : "\"" + text + "\"";
    }

    private static String item(String runId, String chatId, @Nullable String createdAt, String status) {
        return "{\"taskId\":\"%s\",\"runId\":\"%s\",\"chatId\":\"%s\",\"status\":\"%s\",\"createdAt\":%s}"
                .formatted(runId, runId, chatId, status, quoted(createdAt));
    }

    private Mono<TaskResponse> exchange(TaskRequest request) {
        String target = request.uri().getPath()
                + (request.uri().getQuery() == null ? "" : "?" + request.uri().getQuery());
        requests.add(request.method() + " " + target);
        if (request.method().equals("PATCH")) {
            return json("{\"success\":true,\"status\":\"cancelled\"}");
        }
        if (target.endsWith("/status")) {
            return json(
                    "{\"runId\":\"run-1\",\"status\":\"cancelled\",\"completedAt\":%s}".formatted(quoted(endOfRun)));
        }
        if (target.contains("?")) {
            List<String> items = target.contains("status=queued") ? queued : running;
            return json(Stream.of(items)
                    .flatMap(List::stream)
                    .collect(Collectors.joining(",", "{\"tasks\":[", "],\"page\":1,\"limit\":100,\"hasMore\":false}")));
        }
        return json(
                "{\"taskId\":\"run-1\",\"runId\":\"run-1\",\"chatId\":%s,\"status\":\"cancelled\",\"completedAt\":%s}"
                        .formatted(quoted(chatOfRun), quoted(endOfRun)));
    }

    private static Mono<TaskResponse> json(String body) {
        return Mono.just(StubTransport.response(200, body));
    }

    private StopResult result() {
        List<StopResult> results = new ArrayList<>();
        StepVerifier.withVirtualTime(() -> TaskClient.builder()
                        .apiKey("sk_test")
                        .dialect(TaskDialect.agentV1())
                        .transport(this::exchange)
                        .build()
                        .stopAll(Flux.just("run-1"), StopAllOptions.defaults().withConfirm(Duration.ofSeconds(10))))
                .thenAwait(Duration.ofMinutes(1))
                .recordWith(() -> results)
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
        return results.get(0);
    }

    private void assertRunsAgain(TaskState.Kind kind) {
        assertThat(result())
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.error())
                                .isInstanceOfSatisfying(TaskResponseException.class, again -> {
                                    assertThat(again.reason()).isEqualTo(TaskResponseException.Reason.RUNS_AGAIN);
                                    assertThat(again.state())
                                            .extracting(TaskState::kind)
                                            .isEqualTo(kind);
                                    assertThat(failed.taskId()).isEqualTo("run-1");
                                }));
    }

    @Test
    void a_newer_run_that_waits_in_the_chat_is_reported() {
        queued.add(item("run-2", "chat-1", LATER, "queued"));

        assertRunsAgain(TaskState.Kind.PENDING);
    }

    @Test
    void a_newer_run_of_the_chat_is_reported_also_one_of_the_same_moment() {
        running.add(item("run-2", "chat-1", END, "running"));

        assertRunsAgain(TaskState.Kind.PROCESSING);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-04T10:00:00Z,     2026-03-04T10:00:00.001Z, false",
        "2026-03-04T10:00:00Z,     2026-03-04T10:00:00.700Z, false",
        "2026-03-04T10:00:00Z,     2026-03-04T10:00:00.999Z, false",
        "2026-03-04T10:00:00Z,     2026-03-04T10:00:01.000Z, true",
        "2026-03-04T10:00:00.900Z, 2026-03-04T10:00:00.899Z, false",
        "2026-03-04T10:00:00.900Z, 2026-03-04T10:00:00.900Z, true",
        "2026-03-04T10:00:00.900Z, 2026-03-04T10:00:00.901Z, true"
    })
    void an_end_in_whole_seconds_says_nothing_about_a_run_of_the_same_second(
            String end, String createdAt, boolean reported) {
        endOfRun = end;
        running.add(item("run-2", "chat-1", createdAt, "running"));

        assertThat(result()).isInstanceOf(reported ? Failed.class : Stopped.class);
    }

    @Test
    void the_chat_is_asked_for_once_and_the_lists_at_each_look() {
        assertThat(result()).isInstanceOf(Stopped.class);

        assertThat(requests)
                .filteredOn(request -> request.endsWith("/tasks/run-1"))
                .containsExactly("PATCH /api/v1/tasks/run-1", "GET /api/v1/tasks/run-1");
        assertThat(requests)
                .filteredOn(request -> request.contains("status=queued"))
                .hasSizeBetween(4, 6);
        assertThat(requests)
                .filteredOn(request -> request.contains("status=running"))
                .hasSizeBetween(4, 6);
    }

    @Test
    void runs_of_other_chats_and_those_that_were_there_before_the_stop_do_not_count() {
        running.add(item("run-2", "chat-2", LATER, "running"));
        running.add(item("run-3", "chat-1", BEFORE, "running"));
        running.add(item("run-4", "chat-1", null, "running"));
        running.add(item("run-5", "chat-1", LATER, "completed"));
        running.add(item("run-1", "chat-1", LATER, "running"));

        assertThat(result()).isInstanceOf(Stopped.class);
    }

    @Test
    void where_the_server_does_not_tell_the_chat_nothing_is_claimed() {
        chatOfRun = null;
        running.add(item("run-2", "chat-1", LATER, "running"));

        assertThat(result()).isInstanceOf(Stopped.class);
        assertThat(requests).noneMatch(request -> request.contains("?"));
    }

    @Test
    void where_the_server_does_not_tell_when_the_run_ended_nothing_is_claimed() {
        endOfRun = null;
        running.add(item("run-2", "chat-1", LATER, "running"));

        assertThat(result()).isInstanceOf(Stopped.class);
    }
}
