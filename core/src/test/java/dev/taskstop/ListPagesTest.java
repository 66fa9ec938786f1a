package dev.taskstop;

import static dev.taskstop.StubTransport.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Lists, on a server in a map: its active tasks go from the list as they are stopped. */
class ListPagesTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** Id and time of creation, in seconds. */
    private final Map<String, Integer> active = new LinkedHashMap<>();

    private final List<String> pages = new ArrayList<>();
    private final AtomicInteger created = new AtomicInteger();
    private boolean oneMoreWithEachPage;
    private int failuresBeforeAPage;
    private boolean keyIsRefused;

    private final TaskTransport server = request -> Mono.fromSupplier(() -> {
        if (request.method().equals("PATCH")) {
            if (keyIsRefused) {
                return response(401, "");
            }
            String id =
                    java.nio.file.Path.of(request.uri().getPath()).getFileName().toString();
            return active.remove(id) == null
                    ? response(404, "")
                    : response(200, "{\"task\":{\"id\":\"%s\",\"status\":\"stopped\"}}".formatted(id));
        }
        return request.uri().getPath().endsWith("/status")
                ? response(200, "{\"taskId\":\"%s\",\"status\":\"processing\"}".formatted(idOf(request)))
                : page(request);
    });

    private static String idOf(TaskRequest request) {
        return java.nio.file.Path.of(request.uri().getPath()).getName(2).toString();
    }

    private synchronized TaskResponse page(TaskRequest request) {
        pages.add(request.uri().getRawQuery());
        if (failuresBeforeAPage-- > 0) {
            return response(503, "");
        }
        int offset = Integer.parseInt(request.uri().getQuery().replaceAll(".*offset=(\\d+).*", "$1"));
        int limit = Integer.parseInt(request.uri().getQuery().replaceAll(".*limit=(\\d+).*", "$1"));
        List<String> ids = List.copyOf(active.keySet());
        List<String> shown = ids.subList(Math.min(offset, ids.size()), Math.min(offset + limit, ids.size()));
        String tasks = shown.stream()
                .map(id -> "{\"id\":\"%s\",\"status\":\"processing\",\"createdAt\":\"2024-01-15T10:%02d:%02d.000Z\"}"
                        .formatted(id, second(id) / 60, second(id) % 60))
                .collect(Collectors.joining(","));
        boolean more = offset + limit < ids.size();
        if (oneMoreWithEachPage) {
            create(1, 120);
        }
        return response(
                200, "{\"tasks\":[%s],\"hasMore\":%b}".formatted(tasks, more), "Date", "Mon, 15 Jan 2024 10:01:00 GMT");
    }

    private int second(String id) {
        return active.getOrDefault(id, 0);
    }

    private void create(int count, int second) {
        for (int i = 0; i < count; i++) {
            active.put("t" + created.getAndIncrement(), second);
        }
    }

    private TaskClient client() {
        return TaskClient.builder().apiKey("bb_test").transport(server).build();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 9, 10, 11, 95})
    void a_list_has_every_task_once(int count) {
        create(count, 0);

        StepVerifier.create(client().list(TaskQuery.active().withPageSize(10)).map(TaskSummary::taskId))
                .expectNextSequence(List.copyOf(active.keySet()))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void a_page_is_read_when_more_is_asked_for_than_the_pages_before_had() {
        create(100, 0);

        StepVerifier.create(client().list(TaskQuery.active().withPageSize(10)), 0)
                .expectSubscription()
                .thenRequest(10)
                .expectNextCount(10)
                .then(() -> assertThat(pages).hasSize(1))
                .thenRequest(1)
                .expectNextCount(1)
                .then(() -> assertThat(pages).hasSize(2))
                .thenRequest(10)
                .expectNextCount(10)
                .then(() -> assertThat(pages).hasSize(3))
                .thenCancel()
                .verify(LIMIT);
        assertThat(pages).hasSize(3).first().isEqualTo("offset=0&limit=10&status=active");
    }

    @Test
    void a_page_that_fails_for_a_reason_that_passes_is_read_again() {
        create(5, 0);
        failuresBeforeAPage = 2;

        StepVerifier.create(client().list(TaskQuery.all()))
                .expectNextCount(5)
                .expectComplete()
                .verify(LIMIT);
        assertThat(pages).containsExactly("offset=0&limit=100", "offset=0&limit=100", "offset=0&limit=100");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 101, 5000})
    void every_active_task_is_stopped_although_stopping_changes_the_list(int count) {
        create(count, 0);

        StepVerifier.create(client().stopActive(TaskQuery.active(), StopAllOptions.defaults()))
                .thenConsumeWhile(Stopped.class::isInstance)
                .expectComplete()
                .verify(LIMIT);

        assertThat(active).isEmpty();
    }

    @Test
    void tasks_that_come_meanwhile_are_left_alone_so_that_it_ends() {
        create(500, 0);
        oneMoreWithEachPage = true;

        StepVerifier.create(client().stopActive(TaskQuery.active(), StopAllOptions.defaults()))
                .expectNextCount(500)
                .expectComplete()
                .verify(LIMIT);

        assertThat(active)
                .isNotEmpty()
                .allSatisfy((id, second) -> assertThat(second).isEqualTo(120));
    }

    @Test
    void a_list_that_repeats_itself_for_ever_does_not_hold_a_stop_of_what_is_active() {
        String page =
                "{\"tasks\":[{\"id\":\"t1\",\"status\":\"saving\"},{\"id\":\"t2\",\"status\":\"saving\"}],\"hasMore\":true}";
        TaskTransport server = request -> request.method().equals("GET")
                ? Mono.just(StubTransport.response(200, page))
                : StubTransport.stopped().to(request, Wire.taskId(request.uri().getPath()));

        StepVerifier.create(TaskClient.builder()
                        .apiKey(Wire.KEY)
                        .transport(server)
                        .build()
                        .stopActive(TaskQuery.active(), StopAllOptions.defaults()))
                .expectNextCount(2)
                .expectComplete()
                .verify(LIMIT);
    }

    /** A page of tasks whose ids begin alike, of which the server says whether more follow. */
    private static String pageOf(String prefix, int count, boolean hasMore) {
        String tasks = IntStream.range(0, count)
                .mapToObj(i -> "{\"id\":\"%s%d\",\"status\":\"saving\"}".formatted(prefix, i))
                .collect(Collectors.joining(","));
        return "{\"tasks\":[%s],\"hasMore\":%b}".formatted(tasks, hasMore);
    }

    @Test
    void a_list_that_gives_two_pages_in_turns_for_ever_does_not_hold_a_stop_of_what_is_active() {
        List<String> inTurns = List.of(pageOf("a", 1_000, true), pageOf("b", 1_000, true));
        TaskTransport server = request -> request.method().equals("GET")
                ? Mono.fromSupplier(() -> response(200, inTurns.get(created.getAndIncrement() % 2)))
                : StubTransport.stopped().to(request, idOf(request));
        TaskClient client =
                TaskClient.builder().apiKey(Wire.KEY).transport(server).build();

        StepVerifier.create(client.stopActive(TaskQuery.active(), StopAllOptions.defaults()))
                .expectNextCount(2_000)
                .expectComplete()
                .verify(LIMIT);
        assertThat(created).hasValueLessThan(100);
    }

    /** Pages of a server that always says that more follow. */
    private TaskClient giving(IntFunction<String> pages) {
        return TaskClient.builder()
                .apiKey(Wire.KEY)
                .transport(request -> Mono.fromSupplier(() -> response(200, pages.apply(created.getAndIncrement()))))
                .build();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64})
    void pages_that_come_in_turns_for_ever_end_a_list_and_a_stop_although_nothing_matches(int turns) {
        List<String> inTurns = IntStream.range(0, turns)
                .mapToObj(i -> pageOf("p" + i + "-", 10, true))
                .toList();
        TaskClient client = giving(page -> inTurns.get(page % turns));

        StepVerifier.create(client.stopActive(TaskQuery.active().withAgent("claude"), StopAllOptions.defaults()))
                .expectComplete()
                .verify(LIMIT);
        StepVerifier.create(client.list(TaskQuery.all()))
                .thenConsumeWhile(task -> true)
                .expectComplete()
                .verify(LIMIT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "7", "{}", "{\"id\":7,\"status\":\"saving\"}", "{\"id\":\"a\",\"status\":[]}"})
    void pages_of_which_nothing_can_be_read_do_not_hold_a_list_for_ever(String item) {
        for (int size : new int[] {1, 100}) {
            String tasks = IntStream.range(0, size).mapToObj(i -> item).collect(Collectors.joining(","));
            TaskClient client = giving(page -> "{\"tasks\":[%s],\"hasMore\":true}".formatted(tasks));

            StepVerifier.create(client.stopActive(TaskQuery.active(), StopAllOptions.defaults()))
                    .expectComplete()
                    .verify(LIMIT);
        }
    }

    @Test
    void pages_without_tasks_do_not_hold_a_list_for_ever() {
        TaskClient client = giving(page -> "{\"tasks\":[],\"hasMore\":true}");

        StepVerifier.create(client.list(TaskQuery.all())).expectComplete().verify(LIMIT);

        assertThat(created).hasValueLessThan(110);
    }

    /** A server that cuts pages first, and then picks out of each what is active: every seventh, or hardly any. */
    @ParameterizedTest
    @CsvSource({"cloud, 7", "cloud, 35", "cloud, 100", "agent_v1, 7", "agent_v1, 35", "agent_v1, 100"})
    void a_page_of_which_nothing_is_picked_out_is_followed_by_those_behind_it(String name, int every) {
        TaskDialect dialect = name.equals("cloud") ? TaskDialect.cloud() : TaskDialect.agentV1();
        TaskClient client = TaskClient.builder()
                .apiKey(Wire.KEY)
                .dialect(dialect)
                .transport(request ->
                        Mono.fromSupplier(() -> cutAndThenPicked(request.uri().getQuery(), every)))
                .build();

        StepVerifier.create(client.list(TaskQuery.all().withPageSize(10))
                        .map(TaskSummary::taskId)
                        .distinct())
                .expectNextSequence(IntStream.range(1, 301)
                        .filter(i -> i % every == 0)
                        .mapToObj(i -> "t" + i)
                        .toList())
                .expectComplete()
                .verify(LIMIT);
    }

    private static TaskResponse cutAndThenPicked(String query, int every) {
        int place = Integer.parseInt(query.replaceAll("(?:offset|page)=(\\d+).*", "$1"));
        int limit = Integer.parseInt(query.replaceAll(".*limit=(\\d+).*", "$1"));
        int offset = query.startsWith("offset") ? place : (place - 1) * limit;
        String tasks = IntStream.range(offset + 1, Math.min(offset + limit, 300) + 1)
                .filter(i -> i % every == 0)
                .mapToObj(i -> "{\"id\":\"t%d\",\"runId\":\"t%d\",\"status\":\"saving\"}".formatted(i, i))
                .collect(Collectors.joining(","));
        return response(200, "{\"tasks\":[%s],\"hasMore\":%b}".formatted(tasks, offset + limit < 300));
    }

    /** Beside many that cannot be read. */
    @ParameterizedTest
    @ValueSource(ints = {1, 100})
    void what_is_behind_many_items_that_cannot_be_read_is_listed(int pageSize) {
        int odd = 5_000;
        TaskClient client = TaskClient.builder()
                .apiKey(Wire.KEY)
                .transport(request -> Mono.fromSupplier(() -> {
                    int offset = Integer.parseInt(request.uri().getQuery().replaceAll(".*offset=(\\d+).*", "$1"));
                    return response(
                            200,
                            offset < odd
                                    ? "{\"tasks\":[%s],\"hasMore\":true}"
                                            .formatted(String.join(",", Collections.nCopies(pageSize, "null")))
                                    : pageOf("t", 1, false));
                }))
                .build();

        StepVerifier.create(client.list(TaskQuery.all().withPageSize(pageSize)).map(TaskSummary::taskId))
                .expectNext("t0")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void a_task_behind_many_that_cannot_be_stopped_is_found_when_the_list_is_read_again() {
        String many = pageOf("t", 12_000, false);
        List<String> rounds = List.of(many, many.replace("]", ",{\"id\":\"new\",\"status\":\"saving\"}]"));
        TaskTransport server = request -> request.method().equals("GET")
                ? Mono.fromSupplier(() -> response(200, rounds.get(Math.min(created.getAndIncrement(), 1))))
                : Mono.fromSupplier(() -> response(409, ""));
        TaskClient client =
                TaskClient.builder().apiKey(Wire.KEY).transport(server).build();

        StepVerifier.create(client.stopActive(TaskQuery.active(), StopAllOptions.defaults())
                        .map(StopResult::taskId)
                        .skip(12_000))
                .expectNext("new")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void where_the_server_tells_no_times_and_tasks_keep_coming_it_ends_after_a_thousand_rounds() {
        TaskTransport endless = request -> Mono.fromSupplier(() -> response(
                200,
                request.method().equals("PATCH")
                        ? "{\"task\":{\"id\":\"%s\",\"status\":\"stopped\"}}".formatted(idOf(request))
                        : "{\"tasks\":[{\"id\":\"t%d\",\"status\":\"saving\"}]}".formatted(created.getAndIncrement())));
        TaskClient client =
                TaskClient.builder().apiKey("bb_test").transport(endless).build();

        StepVerifier.create(client.stopActive(TaskQuery.active(), StopAllOptions.defaults()))
                .expectNextCount(1_000)
                .expectComplete()
                .verify(LIMIT);
    }

    /** A list of which each page has a task more; it is stopped at once, or refused as the key is. */
    private TaskTransport endless(int stopStatus) {
        return request -> Mono.delay(Duration.ofMillis(10)).map(tick -> {
            pages.add(request.method());
            return switch (request.method()) {
                case "PATCH" ->
                    response(stopStatus, "{\"task\":{\"id\":\"%s\",\"status\":\"stopped\"}}".formatted(idOf(request)));
                default ->
                    response(
                            200,
                            "{\"tasks\":[{\"id\":\"t%d\",\"status\":\"saving\"}],\"hasMore\":true}"
                                    .formatted(created.getAndIncrement()));
            };
        });
    }

    @Test
    void the_deadline_ends_the_reading_of_a_list_without_end() {
        List<StopResult> results = new ArrayList<>();
        StepVerifier.withVirtualTime(() -> TaskClient.builder()
                        .apiKey(Wire.KEY)
                        .transport(endless(200))
                        .build()
                        .stopActive(
                                TaskQuery.active(), StopAllOptions.defaults().withDeadline(Duration.ofSeconds(1))))
                .thenAwait(Duration.ofSeconds(1))
                .recordWith(() -> results)
                .thenConsumeWhile(result -> true)
                .expectComplete()
                .verify(LIMIT);

        assertThat(results).filteredOn(StopResult.Stopped.class::isInstance).hasSizeGreaterThan(40);
        assertThat(results)
                .filteredOn(result -> !(result instanceof StopResult.Stopped))
                .hasSizeLessThan(3);
    }

    @Test
    void the_deadline_ends_the_waiting_for_a_list_that_hangs() {
        StepVerifier.withVirtualTime(() -> TaskClient.builder()
                        .apiKey(Wire.KEY)
                        .transport(request -> Mono.never())
                        .build()
                        .stopActive(
                                TaskQuery.active(), StopAllOptions.defaults().withDeadline(Duration.ofSeconds(1))))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(999))
                .thenAwait(Duration.ofMillis(1))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void an_abort_ends_the_reading_of_a_list_without_end() {
        List<StopResult> results = new ArrayList<>();
        StepVerifier.withVirtualTime(() -> TaskClient.builder()
                        .apiKey(Wire.KEY)
                        .transport(endless(401))
                        .build()
                        .stopActive(TaskQuery.active(), StopAllOptions.defaults()))
                .thenAwait(Duration.ofSeconds(1))
                .recordWith(() -> results)
                .thenConsumeWhile(result -> true)
                .expectComplete()
                .verify(LIMIT);

        assertThat(results).isNotEmpty();
        assertThat(pages).filteredOn("GET"::equals).hasSizeLessThan(10);
    }

    @Test
    void after_a_refused_key_the_list_is_not_read_again() {
        create(3, 0);
        keyIsRefused = true;

        StepVerifier.create(client().stopActive(TaskQuery.active(), StopAllOptions.defaults()))
                .expectNextCount(3)
                .expectComplete()
                .verify(LIMIT);

        assertThat(pages).hasSize(1);
    }

    @Test
    void a_dry_run_says_what_would_be_stopped_and_stops_nothing() {
        create(250, 0);

        StepVerifier.create(client().stopActive(
                                TaskQuery.active(), StopAllOptions.defaults().withDryRun(true))
                        .distinct(StopResult::taskId))
                .thenConsumeWhile(result -> result.equals(new Skipped(result.taskId(), Skipped.Reason.DRY_RUN)))
                .expectComplete()
                .verify(LIMIT);

        assertThat(active).hasSize(250);
    }

    @Test
    void a_page_size_out_of_range_is_refused() {
        assertThatThrownBy(() -> TaskQuery.all().withPageSize(101))
                .hasMessage("pageSize takes a number from 1 to 100, not 101");
    }

    @Test
    void queries_do_not_change() {
        TaskQuery query = TaskQuery.all();

        query.withStatus(TaskQuery.Status.FAILED).withKind(TaskQuery.Kind.BATCH).withPageSize(3);

        assertThat(query.status()).isNull();
        assertThat(query.kind()).isNull();
        assertThat(query.pageSize()).isEqualTo(100);
    }
}
