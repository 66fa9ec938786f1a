package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** A 403 is about one task, or about the key, and which of both is found out. */
class ApiForbiddenTest {

    private final List<String> requests = new ArrayList<>();

    /** A server that refuses some tasks, and perhaps lists. */
    private TaskTransport server(Predicate<String> refuses, int statusOfList) {
        return request -> Mono.fromSupplier(() -> {
            String path = request.uri().getPath();
            boolean isList = path.endsWith("/tasks");
            String id = path.substring(path.lastIndexOf('/') + 1);
            requests.add(request.method() + " " + (isList ? "list" : id));
            if (isList) {
                return StubTransport.response(statusOfList, "{\"tasks\":[]}");
            }
            String stopped = path.contains("/v1/")
                    ? "{\"success\":true,\"status\":\"cancelled\"}"
                    : "{\"task\":{\"id\":\"%s\",\"status\":\"stopped\"}}".formatted(id);
            return refuses.test(id)
                    ? StubTransport.response(403, "{\"error\":\"Forbidden\"}")
                    : StubTransport.response(200, stopped);
        });
    }

    private static List<TaskDialect> dialects() {
        return List.of(TaskDialect.cloud(), TaskDialect.agentV1());
    }

    private List<StopResult> stopAll(TaskDialect dialect, TaskTransport server, int ids, int concurrency) {
        requests.clear();
        List<StopResult> results = Flux.fromStream(IntStream.range(0, ids).mapToObj(i -> "t" + i))
                .transform(TaskClient.builder()
                        .apiKey("bb_test")
                        .dialect(dialect)
                        .transport(server)
                        .concurrency(concurrency)
                        .build()::stopAll)
                .collectList()
                .toFuture()
                .orTimeout(10, java.util.concurrent.TimeUnit.SECONDS)
                .join();
        assertThat(results).hasSize(ids);
        return results;
    }

    private static int number(String id) {
        return Integer.parseInt(id.substring(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 30, 100})
    void tasks_of_somebody_elses_fail_and_the_others_are_stopped(int refusedAtFirst) {
        for (TaskDialect dialect : dialects()) {
            TaskTransport server = server(id -> number(id) < refusedAtFirst, 200);

            List<StopResult> results = stopAll(dialect, server, 200, 4);

            assertThat(results).filteredOn(Failed.class::isInstance).hasSize(refusedAtFirst);
            assertThat(results).filteredOn(Stopped.class::isInstance).hasSize(200 - refusedAtFirst);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 64})
    void a_key_that_is_refused_everywhere_ends_the_batch(int concurrency) {
        for (TaskDialect dialect : dialects()) {
            List<StopResult> results = stopAll(dialect, server(id -> true, 403), 5_000, concurrency);

            assertThat(results).filteredOn(Failed.class::isInstance).hasSizeBetween(1, Math.max(2, concurrency));
            assertThat(results).filteredOn(Skipped.class::isInstance).hasSizeGreaterThan(4_900);
            assertThat(requests.size()).isLessThanOrEqualTo(Math.max(2, concurrency) + 2);
        }
    }

    @Test
    void a_plan_that_lapses_in_the_middle_ends_the_batch() {
        for (TaskDialect dialect : dialects()) {
            List<StopResult> results = stopAll(dialect, server(id -> number(id) >= 1_000, 403), 5_000, 4);

            assertThat(results).filteredOn(Stopped.class::isInstance).hasSize(1_000);
            assertThat(results).filteredOn(Failed.class::isInstance).hasSizeLessThan(20);
        }
    }

    @Test
    void one_task_alone_is_asked_about_only_where_a_403_has_two_meanings() {
        stopAll(TaskDialect.cloud(), server(id -> true, 200), 1, 1);
        assertThat(requests).containsExactly("PATCH t0");

        stopAll(TaskDialect.agentV1(), server(id -> true, 200), 1, 1);
        assertThat(requests).containsExactly("PATCH t0", "GET list");
    }

    @Test
    void those_who_are_refused_together_ask_once() {
        TaskTransport server = server(id -> true, 200);
        TaskTransport slow = request -> server.exchange(request).delayElement(Duration.ofMillis(100));

        stopAll(TaskDialect.agentV1(), slow, 64, 64);

        assertThat(requests).filteredOn("GET list"::equals).hasSizeLessThan(8);
    }

    /** None of these comes before the key has been looked at. */
    @ParameterizedTest
    @ValueSource(ints = {200, 206, 400, 404})
    void any_answer_to_the_list_that_only_a_good_key_gets_is_help(int statusOfList) {
        TaskTransport server = server(id -> number(id) < 2, statusOfList);
        TaskTransport odd = request -> server.exchange(request)
                .map(answer -> request.uri().getPath().endsWith("/tasks")
                        ? StubTransport.response(statusOfList, "[]")
                        : answer);
        for (TaskDialect dialect : dialects()) {
            assertThat(stopAll(dialect, odd, 100, 1))
                    .filteredOn(Stopped.class::isInstance)
                    .hasSize(98);
        }
    }

    @Test
    void where_a_list_is_no_help_the_cloud_api_takes_the_answers_for_other_tasks() {
        List<StopResult> all = stopAll(TaskDialect.cloud(), server(id -> true, 500), 100, 1);
        assertThat(all).filteredOn(Failed.class::isInstance).hasSize(2);

        List<StopResult> some = stopAll(TaskDialect.cloud(), server(id -> number(id) % 3 != 2, 500), 99, 1);
        assertThat(some).filteredOn(Skipped.class::isInstance).isNotEmpty();

        List<StopResult> mostlyGood = stopAll(TaskDialect.cloud(), server(id -> number(id) % 3 == 1, 500), 99, 1);
        assertThat(mostlyGood).filteredOn(Stopped.class::isInstance).hasSize(66);
    }

    /** Its stop is refused, and then the question what became of an earlier request. */
    @Test
    void one_task_that_is_refused_twice_says_no_more_about_the_key_than_once() {
        TaskTransport others = server(id -> false, 500);
        AtomicBoolean first = new AtomicBoolean(true);
        TaskTransport losesOne = request -> first.getAndSet(false)
                ? Mono.error(TaskRequestException.noAnswer(request, new TimeoutException()))
                : request.uri().getPath().contains("/t0")
                        ? Mono.just(StubTransport.response(403, "{}"))
                        : others.exchange(request);

        List<StopResult> results = stopAll(TaskDialect.cloud(), losesOne, 3, 1);

        assertThat(results).hasExactlyElementsOfTypes(Failed.class, Stopped.class, Stopped.class);
    }

    /** The answer has come, whatever the batch's deadline keeps from being found out. */
    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void a_deadline_while_it_is_found_out_what_a_refusal_means_does_not_make_it_unknown(int status) {
        for (TaskDialect dialect : dialects()) {
            AtomicInteger keys = new AtomicInteger();
            TaskClient client = TaskClient.builder()
                    .apiKey(() -> keys.getAndIncrement() == 0 ? Mono.just("bb_test") : Mono.never())
                    .dialect(dialect)
                    .transport(request -> request.method().equals("GET")
                            ? Mono.never()
                            : Mono.just(StubTransport.response(status, "{\"error\":\"no\"}")))
                    .build();

            StepVerifier.create(client.stopAll(
                            Flux.just("t0", "t1", "t2"),
                            StopAllOptions.defaults().withConcurrency(1).withDeadline(Duration.ofMillis(200))))
                    .recordWith(ArrayList::new)
                    .expectNextCount(3)
                    .consumeRecordedWith(results -> assertThat(results)
                            .filteredOn(Failed.class::isInstance)
                            .isNotEmpty()
                            .allSatisfy(result -> {
                                TaskException error = ((Failed) result).error();
                                assertThat(error.isOutcomeUnknown()).isFalse();
                                assertThat(error).isInstanceOf(TaskResponseException.class);
                            }))
                    .expectComplete()
                    .verify(Duration.ofSeconds(10));
        }
    }
}
