package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.test.StepVerifier;

class FaultsTest {

    private static final Lifecycle PROCESSING = Lifecycle.staysIn(Status.PROCESSING);

    static Stream<Arguments> faultsWithAnAnswer() {
        return both(Stream.of(
                Arguments.of(FaultKind.ERROR_BEFORE, 500, "application/json", Status.PROCESSING),
                Arguments.of(FaultKind.ERROR_AFTER, 500, "application/json", Status.STOPPED),
                Arguments.of(FaultKind.RATE_LIMITED, 429, "application/json", Status.PROCESSING),
                Arguments.of(FaultKind.RATE_LIMITED_BARE, 429, "application/json", Status.PROCESSING),
                Arguments.of(FaultKind.HTML_BEFORE, 502, "text/html; charset=utf-8", Status.PROCESSING),
                Arguments.of(FaultKind.HTML_AFTER, 200, "text/html; charset=utf-8", Status.STOPPED),
                Arguments.of(FaultKind.LATENCY, 200, "application/json", Status.STOPPED),
                Arguments.of(FaultKind.OVERSIZED, 200, "application/json", Status.STOPPED),
                Arguments.of(FaultKind.GO_AWAY, 200, "application/json", Status.STOPPED),
                Arguments.of(FaultKind.OK_BEFORE, 200, "application/json", Status.PROCESSING),
                Arguments.of(FaultKind.OK_AFTER, 200, "application/json", Status.STOPPED),
                Arguments.of(FaultKind.SURPLUS, 200, "application/json", Status.STOPPED),
                Arguments.of(FaultKind.GO_AWAY_OPEN, 200, "application/json", Status.STOPPED),
                Arguments.of(FaultKind.CLOSED_WINDOW, 200, "application/json", Status.STOPPED),
                Arguments.of(FaultKind.CLOSED_CONNECTION_WINDOW, 200, "application/json", Status.STOPPED)));
    }

    static Stream<Arguments> faultsWithoutAnAnswer() {
        return both(Stream.of(
                Arguments.of(FaultKind.CUT_BEFORE, IOException.class, Status.PROCESSING),
                Arguments.of(FaultKind.CUT_AFTER, IOException.class, Status.STOPPED),
                Arguments.of(FaultKind.REFUSED_STREAM, IOException.class, Status.PROCESSING),
                Arguments.of(FaultKind.HANG_BEFORE, TimeoutException.class, Status.PROCESSING),
                Arguments.of(FaultKind.HANG_AFTER, TimeoutException.class, Status.STOPPED)));
    }

    @ParameterizedTest
    @MethodSource("faultsWithAnAnswer")
    void a_fault_answers_as_it_says_and_has_the_effect_that_it_says(
            HttpProtocol protocol, FaultKind kind, int status, String contentType, Status effect) {
        try (TaskServer server = start(always(kind).withLatency(Duration.ofMillis(20)))) {
            String id = server.createTasks(1, PROCESSING).get(0);

            TestClient.Reply reply = new TestClient(server, server.key(), protocol).stop(id);

            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.headers().get("content-type")).isEqualTo(contentType);
            assertThat(server.ledger().of(id).status()).isEqualTo(effect);
            assertThat(server.ledger().totals().faults()).isEqualTo(Map.of(kind, 1L));
            assertThat(server.ledger().totals().answers(Route.STOP, status)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("faultsWithoutAnAnswer")
    void a_fault_without_an_answer_has_the_effect_that_it_says(
            HttpProtocol protocol, FaultKind kind, Class<? extends Throwable> error, Status effect) {
        try (TaskServer server = start(always(kind))) {
            String id = server.createTasks(1, PROCESSING).get(0);
            Mono<TestClient.Reply> stopping = new TestClient(server, server.key(), protocol).stopping(id);

            // The client gives up only when the server has done what it does, however long that takes.
            Mono<Long> afterEffect = when(() -> server.ledger().inProgress() == 1
                            && server.ledger().of(id).status() == effect)
                    .then(Mono.delay(Duration.ofMillis(300)));
            StepVerifier.create(error == TimeoutException.class ? stopping.timeout(afterEffect) : stopping)
                    .expectError(error)
                    .verify(TestClient.PATIENCE);

            assertThat(server.ledger().of(id).status()).isEqualTo(effect);
            assertThat(server.ledger().totals().answers(Route.STOP, 0)).isEqualTo(1);
            StepVerifier.create(when(() -> server.ledger().inProgress() == 0))
                    .expectNext(true)
                    .expectComplete()
                    .verify(TestClient.PATIENCE);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpProtocol.class,
            names = {"HTTP11", "H2C"})
    void what_is_answered_late_is_done_at_once_although_nobody_waits_for_the_answer(HttpProtocol protocol) {
        try (TaskServer server = start(always(FaultKind.LATENCY).withLatency(Duration.ofHours(1)))) {
            String id = create(server);
            Mono<TestClient.Reply> stopping = new TestClient(server, server.key(), protocol).stopping(id);

            StepVerifier.create(
                            stopping.timeout(when(() -> server.ledger().of(id).status() == Status.STOPPED)))
                    .expectError(TimeoutException.class)
                    .verify(TestClient.PATIENCE);

            StepVerifier.create(when(() -> server.ledger().inProgress() == 0))
                    .expectNext(true)
                    .expectComplete()
                    .verify(TestClient.PATIENCE);
        }
    }

    private static Mono<Boolean> when(Callable<Boolean> condition) {
        return Mono.fromCallable(condition)
                .filter(met -> met)
                .repeatWhenEmpty(Integer.MAX_VALUE, tries -> tries.delayElements(Duration.ofMillis(5)));
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpProtocol.class,
            names = {"HTTP11", "H2C"})
    void a_request_beside_one_that_is_cut_is_answered(HttpProtocol protocol) {
        Faults half = Faults.none().with(FaultKind.CUT_AFTER, 0.5);
        try (TaskServer server = start(half)) {
            List<String> ids = server.createTasks(50, PROCESSING);
            TestClient client = TestClient.onOneConnection(server, protocol);

            List<Integer> answers = Objects.requireNonNull(Flux.fromIterable(ids)
                    .flatMap(id ->
                            client.stopping(id).map(TestClient.Reply::status).onErrorReturn(IOException.class, 0))
                    .collectList()
                    .block(TestClient.PATIENCE));

            LedgerTotals totals = server.ledger().totals();
            assertThat(Collections.frequency(answers, 200)).isEqualTo((int) totals.answers(Route.STOP, 200));
            assertThat(Collections.frequency(answers, 0)).isEqualTo((int) totals.answers(Route.STOP, 0));
            assertThat(Collections.frequency(answers, 0)).isBetween(10, 40);
        }
    }

    @Test
    void an_oversized_body_has_the_chosen_size_and_is_still_json() {
        try (TaskServer server = start(always(FaultKind.OVERSIZED).withOversizedBytes(3 << 20))) {
            TestClient.Reply reply = new TestClient(server).stop(create(server));

            assertThat(reply.body()).hasSize(3 << 20);
            assertThat(reply.json().path("task").path("status").asString()).isEqualTo("stopped");
        }
    }

    @Test
    void a_pending_task_is_not_stopped_by_a_fault_after_the_effect() {
        try (TaskServer server = start(always(FaultKind.HTML_AFTER))) {
            String id = server.createTasks(1, Lifecycle.staysIn(Status.PENDING)).get(0);

            assertThat(new TestClient(server).stop(id).status()).isEqualTo(400);
            assertThat(server.ledger().of(id).effectiveRequest()).isZero();
        }
    }

    @Test
    void a_bare_429_does_not_say_when_to_come_back() {
        try (TaskServer server = start(always(FaultKind.RATE_LIMITED_BARE))) {
            assertThat(new TestClient(server).stop(create(server)).headers().contains("retry-after"))
                    .isFalse();
        }
    }

    @Test
    void faults_spare_the_other_routes_unless_their_scope_is_wider() {
        Faults faults = always(FaultKind.ERROR_BEFORE);
        assertThat(statuses(faults)).containsExactly(200, 200, 200);
        assertThat(statuses(faults.withScope(Faults.Scope.STOP_AND_STATUS))).containsExactly(500, 200, 200);
        assertThat(statuses(faults.withScope(Faults.Scope.ALL))).containsExactly(500, 500, 500);
    }

    @Test
    void a_missing_key_is_refused_before_any_fault() {
        try (TaskServer server = start(always(FaultKind.ERROR_AFTER))) {
            assertThat(new TestClient(server, "wrong", HttpProtocol.HTTP11)
                            .stop(create(server))
                            .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void the_same_seed_gives_the_same_faults_in_whatever_order_requests_come() {
        Faults faults = mixed();
        List<String> ids = new ArrayList<>(ids(1));

        Map<String, List<Integer>> forward = stopTwice(faults, 1, ids);
        Collections.shuffle(ids, new Random(7));

        assertThat(stopTwice(faults, 1, ids)).isEqualTo(forward);
    }

    /** Each kind of question about a task, in whatever order the tasks are asked about. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/tasks/ID/status",
                "/api/tasks/ID",
                "/api/v1/tasks/ID",
                "/api/v1/tasks/ID/logs",
                "/api/v1/agent/status?runId=ID"
            })
    void what_goes_wrong_with_a_question_about_a_task_depends_on_that_task_only(String path) {
        Faults faults = mixed().withScope(Faults.Scope.ALL);
        List<String> ids = new ArrayList<>(ids(1));

        Map<String, Integer> forward = askOnce(faults, path, ids);
        Collections.shuffle(ids, new Random(7));

        assertThat(askOnce(faults, path, ids)).isEqualTo(forward);
        assertThat(forward.values()).contains(200, 429, 500);
    }

    private static Map<String, Integer> askOnce(Faults faults, String path, List<String> order) {
        try (TaskServer server = start(faults)) {
            server.createTasks(order.size(), PROCESSING);
            TestClient client = new TestClient(server);
            Map<String, Integer> statuses = new HashMap<>();
            order.forEach(
                    id -> statuses.put(id, client.get(path.replace("ID", id)).status()));
            return statuses;
        }
    }

    @Test
    void another_seed_gives_other_faults_and_other_ids() {
        assertThat(choices(1)).isEqualTo(choices(1)).isNotEqualTo(choices(2));
        assertThat(ids(1)).isEqualTo(ids(1)).doesNotContainAnyElementsOf(ids(2));
    }

    @Test
    void each_kind_happens_at_its_rate() {
        Faults faults = mixed();
        List<@Nullable FaultKind> choices = new ArrayList<>();
        NewIds ids = new NewIds(5);
        for (int i = 0; i < 100_000; i++) {
            choices.add(faults.choose(5, ids.next(IdForm.NANOID), 1 + i % 3));
        }

        for (FaultKind kind : List.of(FaultKind.ERROR_BEFORE, FaultKind.RATE_LIMITED, FaultKind.HTML_AFTER)) {
            assertThat(Collections.frequency(choices, kind) / 100_000.0).isCloseTo(0.2, within(0.01));
        }
        assertThat(Collections.frequency(choices, null) / 100_000.0).isCloseTo(0.4, within(0.01));
    }

    @Test
    void rates_that_make_no_sense_are_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Faults.none().with(FaultKind.LATENCY, -0.1))
                .withMessage("the rate of LATENCY must be between 0 and 1: -0.1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> always(FaultKind.LATENCY).with(FaultKind.OVERSIZED, 0.5))
                .withMessage("the fault rates add up to more than 1: 1.5");
    }

    private static Faults always(FaultKind kind) {
        return Faults.none().with(kind, 1);
    }

    private static Faults mixed() {
        return Faults.none()
                .with(FaultKind.ERROR_BEFORE, 0.2)
                .with(FaultKind.RATE_LIMITED, 0.2)
                .with(FaultKind.HTML_AFTER, 0.2);
    }

    private static TaskServer start(Faults faults) {
        return TaskServer.start(TaskServerOptions.defaults().withFaults(faults));
    }

    private static String create(TaskServer server) {
        return server.createTasks(1, PROCESSING).get(0);
    }

    private static List<Integer> statuses(Faults faults) {
        try (TaskServer server = start(faults)) {
            TestClient client = new TestClient(server);
            String id = create(server);
            return List.of(
                    client.get("/api/tasks/" + id + "/status").status(),
                    client.get("/api/tasks/" + id).status(),
                    client.get("/api/tasks").status());
        }
    }

    private static List<String> ids(long seed) {
        NewIds ids = new NewIds(seed);
        return Stream.generate(() -> ids.next(IdForm.NANOID)).limit(40).toList();
    }

    private static List<@Nullable FaultKind> choices(long seed) {
        List<@Nullable FaultKind> choices = new ArrayList<>();
        for (String id : ids(9)) {
            choices.add(mixed().choose(seed, id, 1));
        }
        return choices;
    }

    /** Stops each task twice and returns both HTTP statuses by id. */
    private static Map<String, List<Integer>> stopTwice(Faults faults, long seed, List<String> order) {
        try (TaskServer server =
                TaskServer.start(TaskServerOptions.defaults().withSeed(seed).withFaults(faults))) {
            server.createTasks(order.size(), PROCESSING);
            TestClient client = new TestClient(server);
            return Objects.requireNonNull(Flux.fromIterable(order)
                    .flatMap(id -> client.stopping(id)
                            .concatWith(client.stopping(id))
                            .map(TestClient.Reply::status)
                            .collectList()
                            .map(statuses -> Map.entry(id, statuses)))
                    .collectMap(Map.Entry::getKey, Map.Entry::getValue)
                    .block(TestClient.PATIENCE));
        }
    }

    private static Stream<Arguments> both(Stream<Arguments> rows) {
        return rows.flatMap(row -> Stream.of(HttpProtocol.HTTP11, HttpProtocol.H2C)
                .map(protocol -> Arguments.of(Stream.concat(Stream.of(protocol), Arrays.stream(row.get()))
                        .toArray())));
    }
}
